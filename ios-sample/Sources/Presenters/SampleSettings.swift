import Foundation
import StepUp

/// What the client of this app is made from.
public struct SampleSettings: Codable, Equatable, Sendable {
    /// The environment's id, a UUID.
    public var environmentId: String
    /// The API: of a sandbox, the `baseUrl` that it prints when it starts.
    public var baseUrl: String

    /// The parameters are the properties.
    public init(environmentId: String = "", baseUrl: String = "http://127.0.0.1:4040/api/v0") {
        (self.environmentId, self.baseUrl) = (environmentId, baseUrl)
    }

    /// Where the app's backend is: the sandbox plays it too.
    var backendUrl: URL? {
        guard let url = URL(string: baseUrl), let host = url.host, !host.isEmpty else { return nil }
        return URL(string: "/", relativeTo: url)?.absoluteURL
    }

    /// As a sandbox knows every app.
    static let trialOrigin = "http://localhost"

    /// Whether the server is a sandbox on this machine.
    var isTrial: Bool { backendUrl?.scheme?.lowercased() == "http" }

    private var isLoopback: Bool {
        isTrial && ["127.0.0.1", "localhost", "::1", "[::1]"].contains(backendUrl?.host?.lowercased())
    }

    /// Why no client can be made of them; none if one can. Over `http` only a server on this machine is
    /// asked, which a release does not do.
    func problem(allowsLoopback: Bool) -> TextKey? {
        guard UUID(uuidString: environmentId) != nil else { return .environment }
        let isSafe = backendUrl?.scheme?.lowercased() == "https" || allowsLoopback && isLoopback
        return isSafe ? nil : .address
    }

    /// The client's configuration. A sandbox knows the app as `http://localhost` and leads back to it by a
    /// scheme of its own, as nobody can prove a domain for the simulator; everything else goes by links of
    /// the app's domain.
    ///
    /// - Parameters:
    ///   - domain: Of the app: the one in its entitlement *Associated Domains*.
    ///   - scheme: Of the app, for trials.
    public func config(domain: String, scheme: String) -> ClientConfig {
        let origin = isTrial ? Self.trialOrigin : "https://\(domain)"
        return ClientConfig(
            environmentId: environmentId, baseUrl: baseUrl, clientVersion: "StepUpSample/1.0",
            appOrigin: origin, appName: "StepUp Sample", appLinks: [origin],
            oauthRedirectUrl: isTrial ? "\(scheme)://oauth" : "\(origin)/oauth", allowCustomSchemes: isTrial,
            allowInsecureLoopback: isTrial)
    }
}
