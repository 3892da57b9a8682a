import Foundation
import StepUp

/// What a browser session waits for, from the redirect that the client is configured with.
enum BrowserCallback: Equatable, Sendable {
    /// A link of the app's own domain.
    case https(host: String, path: String)
    /// A scheme of the app's own.
    case customScheme(String)

    /// - Parameter isHttpsPossible: whether the system can wait for a link: from iOS 17.4 and macOS 14.4 on.
    /// - Throws: `PlatformError.Configuration` if nothing can be waited for.
    init(redirectUrl: String, isHttpsPossible: Bool) throws {
        guard let parts = URLComponents(string: redirectUrl), let scheme = parts.scheme?.lowercased() else {
            throw PlatformError.Configuration(reason: "the redirect is no URL")
        }
        switch scheme {
        case "https":
            guard isHttpsPossible else {
                throw PlatformError.Configuration(
                    reason: "this system cannot wait for an https redirect: below iOS 17.4 and macOS 14.4 "
                        + "oauthRedirectUrl must have a scheme of the app's own")
            }
            guard let host = parts.host, !host.isEmpty, parts.port == nil || parts.port == 443 else {
                throw PlatformError.Configuration(reason: "an https redirect has a host, and no port")
            }
            self = .https(host: host.lowercased(), path: parts.path.isEmpty ? "/" : parts.path)
        case "http":
            throw PlatformError.Configuration(
                reason: "no browser session waits for http: take a scheme of the app's own in development")
        default:
            self = .customScheme(scheme)
        }
    }
}
