// ASWebAuthenticationSession.h and ASWebAuthenticationSessionCallback.h. The session is of no actor, and its
// handler is called on any thread.

@MainActor @preconcurrency
public protocol ASWebAuthenticationPresentationContextProviding: NSObjectProtocol {
    func presentationAnchor(for session: ASWebAuthenticationSession) -> ASPresentationAnchor
}

open class ASWebAuthenticationSession: NSObject {
    public typealias CompletionHandler = (URL?, (any Error)?) -> Void

    /// From iOS 17.4 and macOS 14.4 on.
    open class Callback: NSObject, @unchecked Sendable {
        /// What it was made of, for tests.
        public let simulated: String
        init(_ simulated: String) { self.simulated = simulated }
        public static func customScheme(_ customScheme: String) -> Callback { Callback(customScheme) }
        public static func https(host: String, path: String) -> Callback {
            Callback("https://\(host)\(path)")
        }
    }

    let url: URL
    let callback: String?
    let completionHandler: CompletionHandler
    open weak var presentationContextProvider: (any ASWebAuthenticationPresentationContextProviding)?
    open var prefersEphemeralWebBrowserSession = false
    public init(
        url URL: URL, callbackURLScheme: String?,
        completionHandler: @escaping ASWebAuthenticationSession.CompletionHandler
    ) {
        (url, callback, self.completionHandler) = (URL, callbackURLScheme, completionHandler)
    }
    public init(
        url URL: URL, callback: ASWebAuthenticationSession.Callback,
        completionHandler: @escaping ASWebAuthenticationSession.CompletionHandler
    ) {
        (url, self.callback, self.completionHandler) = (URL, callback.simulated, completionHandler)
    }
    open var canStart: Bool { true }
    @discardableResult open func start() -> Bool { SimulatedBrowser.open(self) }
    open func cancel() { SimulatedBrowser.cancel(self) }
}

public let ASWebAuthenticationSessionErrorDomain = "com.apple.AuthenticationServices.WebAuthenticationSession"

public struct ASWebAuthenticationSessionError: Error, CustomNSError, @unchecked Sendable {
    public enum Code: Int, Sendable {
        case canceledLogin = 1
        case presentationContextNotProvided, presentationContextInvalid
    }
    public let code: Code
    public let userInfo: [String: Any]
    public init(_ code: Code, userInfo: [String: Any] = [:]) { (self.code, self.userInfo) = (code, userInfo) }
    public static var errorDomain: String { ASWebAuthenticationSessionErrorDomain }
    public var errorCode: Int { code.rawValue }
    public var errorUserInfo: [String: Any] { userInfo }
}
