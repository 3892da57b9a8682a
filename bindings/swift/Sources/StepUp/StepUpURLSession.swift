import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Calls the app's own backend with the session's bearer and the elevated token of a scope.
///
/// Both go to the hosts that are listed and to no other, over https, and each redirect is looked at again: to
/// a host that is not listed it is followed without them. A single-use token goes out on one hop only. Each
/// call has a connection of its own, so that none is repeated because an old one has broken.
public struct StepUpURLSession: Sendable {
    private let stepUp: StepUpAuthClient
    private let hosts: AllowedHosts
    private let configuration: URLSessionConfiguration

    /// - Parameters:
    ///   - client: Whose session and tokens are used.
    ///   - allowedHosts: Names or addresses, without port, of the hosts that may see the tokens, and no
    ///     others: `api.example.com` does not stand for what is below it.
    ///   - allowInsecureLoopback: Allows `http` to a loopback address that is listed, for development against
    ///     a local server.
    ///   - configuration: Of the connections; by default one that keeps nothing. Its cache is not used: what
    ///     one may see after a step-up is not for a cache that outlives the session.
    public init(
        client: StepUpClient, allowedHosts: Set<String>, allowInsecureLoopback: Bool = false,
        configuration: URLSessionConfiguration = .ephemeral
    ) {
        stepUp = client.stepUp
        hosts = AllowedHosts(allowedHosts, allowInsecureLoopback: allowInsecureLoopback)
        self.configuration = configuration.copy() as? URLSessionConfiguration ?? configuration
        self.configuration.urlCache = nil
    }

    /// Sends a request, once, with what `StepUpAuthClient.authorizationHeaders` answers for the scope: a
    /// single-use token is spent by it, whatever becomes of the request.
    ///
    /// - Returns: The body and the answer, whatever its status.
    /// - Throws: `StepUpRequired` if a token is needed and none is held, before anything is sent, and if the
    ///   backend says so: 403 with `elevated access token` in its error, as text or code. `InvalidArgument`
    ///   for a host that is not listed. Else as `authorizationHeaders`, and what `URLSession` throws.
    public func data(for request: URLRequest, scope: String) async throws -> (Data, HTTPURLResponse) {
        guard hosts.allow(request.url) else {
            throw StepUpError.InvalidArgument(
                argument: "request", reason: "its host is not listed, or no https")
        }
        return try await send(request, scope: scope, headers: stepUp.authorizationHeaders(scope: scope))
    }

    /// Sends a request; if a step-up is needed for it, has the user do that, and sends it again if the
    /// backend had refused it. At most twice in all, and never twice if its body is a stream, which is read
    /// but once.
    ///
    /// - Parameters:
    ///   - request: What to send.
    ///   - scope: The permission that it needs.
    ///   - present: Shows the flow, as in `StepUpAuthClient.withStepUp`.
    /// - Returns: The body and the answer, whatever its status.
    /// - Throws: As `data(for:scope:)`, and `StepUpAuthClient.withStepUp`.
    public func data(
        for request: URLRequest, scope: String, present: @escaping @Sendable (StepUpFlow) async -> Void
    ) async throws -> (Data, HTTPURLResponse) {
        guard request.httpBodyStream != nil, hosts.allow(request.url) else {
            return try await stepUp.withStepUp(scope: scope, present: present) {
                try await data(for: request, scope: scope)
            }
        }
        let headers = try await stepUp.withStepUp(scope: scope, present: present) {
            try await stepUp.authorizationHeaders(scope: scope)
        }
        return try await send(request, scope: scope, headers: headers)
    }

    private func send(
        _ request: URLRequest, scope: String, headers: [HttpHeader]
    ) async throws -> (Data, HTTPURLResponse) {
        let hops = Hops(hosts: hosts, headers: headers)
        let session = URLSession(configuration: configuration, delegate: hops, delegateQueue: nil)
        defer { session.finishTasksAndInvalidate() }
        let (body, response) = try await session.data(for: hops.first(request))
        guard let answer = response as? HTTPURLResponse else { throw URLError(.badServerResponse) }
        if hosts.allow(answer.url), wantsElevation(status: answer.statusCode, body: body) {
            throw StepUpError.StepUpRequired(
                operation: "http_request", scope: scope, tokenWasAttached: hops.holdElevatedToken)
        }
        return (body, answer)
    }
}

extension StepUpURLSession: CustomStringConvertible, CustomReflectable {
    /// Its hosts: the configuration may hold secrets of the app.
    public var description: String { "StepUpURLSession(\(hosts.description))" }
    /// Shows no part.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
