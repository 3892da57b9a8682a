import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Calls the app's own backend with the session's bearer and the elevated token of a scope.
///
/// Both go to the hosts that are listed and to no other, over https, and each redirect is looked at again: to
/// a host that is not listed it is followed without them, to an address with a user or a password not at
/// all. A single-use token goes out on one hop only. Each call has a connection of its own, so that none is
/// repeated because an old one has broken. An HTTP login that a server asks for (`WWW-Authenticate`) is not
/// done: its 401 is the answer; Foundation on Linux ends the request with `Cancelled` instead.
///
/// Pinning of certificates is not offered: the delegate of the connections is the library's own, and servers
/// are trusted as the system trusts them, with what the app's `Info.plist` says (`NSPinnedDomains`).
public struct StepUpURLSession: Sendable {
    private let stepUp: StepUpAuthClient
    private let hosts: AllowedHosts
    private let configuration: URLSessionConfiguration

    /// - Parameters:
    ///   - client: Whose session and tokens are used.
    ///   - allowedHosts: Names or addresses, without port, of the hosts that may see the tokens, and no
    ///     others: `api.example.com` does not stand for what is below it.
    ///   - allowInsecureLoopback: Allows `http` to a loopback address that is listed, for development against
    ///     a local server; on Apple's systems the app's `Info.plist` has to allow it too, with
    ///     `NSAllowsLocalNetworking`.
    ///   - configuration: Of the connections; by default one that keeps nothing. Not one for the background:
    ///     its requests have no answer to wait for. Of its copy that is used here, cache, cookies, stored
    ///     logins and headers with tokens are taken away: what one may see after a step-up is not for a cache
    ///     that outlives the session, and what authorises a request is the session alone.
    /// - Throws: `InvalidArgument` for no hosts, and for one that no request can have: with a port, a path,
    ///   a `*`, or letters beyond ASCII, which are written as `xn--…`.
    public init(
        client: StepUpClient, allowedHosts: Set<String>, allowInsecureLoopback: Bool = false,
        configuration: URLSessionConfiguration = .ephemeral
    ) throws {
        stepUp = client.stepUp
        hosts = try AllowedHosts(allowedHosts, allowInsecureLoopback: allowInsecureLoopback)
        self.configuration = configuration.copy() as? URLSessionConfiguration ?? configuration
        self.configuration.urlCache = nil
        self.configuration.httpCookieStorage = nil
        self.configuration.urlCredentialStorage = nil
        // They would be put on each hop again.
        self.configuration.httpAdditionalHeaders = configuration.httpAdditionalHeaders?
            .filter { !Hops.isGuarded("\($0.key)") }
    }

    /// Sends a request, once, with what `StepUpAuthClient.authorizationHeaders` answers for the scope: a
    /// single-use token is spent by it, whatever becomes of the request.
    ///
    /// - Returns: The body and the answer, whatever its status.
    /// - Throws: `StepUpRequired` if a token is needed and none is held, before anything is sent, and if the
    ///   backend says so, as `StepUpAuthClient.ensureNotRefused` understands it: the token that it refused is
    ///   dropped. `InvalidArgument` for a host that is not listed, or a URL with a user or a password.
    ///   `Cancelled` if the task is cancelled, on Linux not before the answer has come. Else as
    ///   `authorizationHeaders`, and the `URLError` of a request that fails.
    public func data(for request: URLRequest, scope: String) async throws -> (Data, HTTPURLResponse) {
        guard hosts.allow(request.url) else {
            throw StepUpError.InvalidArgument(
                argument: "request", reason: "its host is not listed, or no https, or it names a user")
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
        let (body, response) = try await Self.answer(to: hops.first(request), in: session)
        guard let answer = response as? HTTPURLResponse else { throw URLError(.badServerResponse) }
        // What another host says leads to no step-up; the core looks at no other body either.
        if answer.statusCode == 403, hosts.allow(answer.url) {
            try await stepUp.ensureNotRefused(
                scope: scope, headers: headers, status: answer.statusCode, body: body)
        }
        return (body, answer)
    }

    private static func answer(
        to request: URLRequest, in session: URLSession
    ) async throws -> (Data, URLResponse) {
        do {
            #if os(Linux)
                // A task of its own, which nobody cancels: Foundation on Linux sometimes crashes on a
                // cancelled request.
                let exchange = Task { try await session.data(for: request) }
                let answer = try await exchange.value
                try Task.checkCancellation()
                return answer
            #else
                return try await session.data(for: request)
            #endif
        } catch let error as URLError where error.code == .cancelled {
            throw StepUpError.Cancelled
        } catch is CancellationError {
            throw StepUpError.Cancelled
        }
    }
}

extension StepUpURLSession: CustomStringConvertible, CustomReflectable {
    /// Its hosts: the configuration may hold secrets of the app.
    public var description: String { "StepUpURLSession(\(hosts.description))" }
    /// Shows no part.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
