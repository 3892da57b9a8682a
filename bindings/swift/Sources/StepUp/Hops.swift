import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Puts the headers of one call on its request and on each redirect, where they may go.
final class Hops: NSObject, URLSessionTaskDelegate, Sendable {
    /// What no host may see that is not listed, whoever has set it.
    private static let guarded = ["authorization", "x-dyn-elevated-access-token"]
    /// What a server may ask for on a connection that is trusted already.
    private static let logins: Set = [
        NSURLAuthenticationMethodDefault, NSURLAuthenticationMethodHTTPBasic,
        NSURLAuthenticationMethodHTTPDigest, NSURLAuthenticationMethodHTMLForm,
        NSURLAuthenticationMethodNTLM, NSURLAuthenticationMethodNegotiate,
    ]

    private let hosts: AllowedHosts
    private let headers: [HttpHeader]

    init(hosts: AllowedHosts, headers: [HttpHeader]) {
        (self.hosts, self.headers) = (hosts, headers)
    }

    /// Whether this is the name of a header that carries a token.
    static func isGuarded(_ name: String) -> Bool { guarded.contains(name.lowercased()) }

    func first(_ request: URLRequest) -> URLRequest {
        dressed(request, with: headers)
    }

    /// The system has copied the headers of the hop before.
    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        // What it says would become a header with a login.
        guard request.url?.hasLogin != true else { return completionHandler(nil) }
        let repeatable = hosts.allow(request.url) ? headers.filter { !$0.singleUse } : []
        completionHandler(dressed(request, with: repeatable))
    }

    /// Whom the server trusts is said by the tokens; whether the server is trusted, the system says.
    func urlSession(
        _ session: URLSession, task: URLSessionTask, didReceive challenge: URLAuthenticationChallenge,
        completionHandler: @escaping @Sendable (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
    ) {
        let isLogin = Self.logins.contains(challenge.protectionSpace.authenticationMethod)
        // Foundation on Linux then cancels the request; with its default it never ends.
        completionHandler(isLogin ? .rejectProtectionSpace : .performDefaultHandling, nil)
    }

    private func dressed(_ request: URLRequest, with headers: [HttpHeader]) -> URLRequest {
        var request = request
        Self.guarded.forEach { request.setValue(nil, forHTTPHeaderField: $0) }
        headers.forEach { request.setValue($0.value, forHTTPHeaderField: $0.name) }
        return request
    }
}
