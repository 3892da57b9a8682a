import Foundation
import StepUp

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// The app's own backend. In this sample the sandbox plays it; an app has its own in place of this.
public struct AppBackend: Sendable {
    private let session: StepUpURLSession
    private let url: URL

    /// - Parameters:
    ///   - client: Whose session and tokens go with the requests.
    ///   - url: The sandbox's.
    ///   - allowsLoopback: Whether it may be one on this machine, over `http`.
    /// - Throws: `InvalidArgument` for a URL without a host.
    init(client: StepUpClient, url: URL, allowsLoopback: Bool) throws {
        let hosts = Set([url.host].compactMap { $0 })
        session = try StepUpURLSession(
            client: client, allowedHosts: hosts, allowInsecureLoopback: allowsLoopback)
        self.url = url.appendingPathComponent("sandbox")
    }

    /// Exports the key: the call that only a user may make who has just proven who they are. Answers with the
    /// HTTP status.
    func exportKey(present: @escaping @Sendable (StepUpFlow) async -> Void) async throws -> Int {
        let scope = TokenScope.walletExport
        let request = try request("protected", ["scope": scope])
        return try await session.data(for: request, scope: scope, present: present).1.statusCode
    }

    /// A JWT in which the backend says who the user is, and with scopes, that it has made sure of that.
    ///
    /// - Parameter subject: The backend's own name for the user, or the user's id.
    func assertion(subject: String, scopes: [String] = []) async throws -> String {
        var claims = ["sub": subject]
        claims["scope"] = scopes.isEmpty ? nil : scopes.joined(separator: " ")
        let (body, _) = try await URLSession.shared.data(for: request("external-jwt", claims))
        return try JSONDecoder().decode([String: String].self, from: body)["jwt"] ?? ""
    }

    private func request(_ path: String, _ body: [String: String]) throws -> URLRequest {
        var request = URLRequest(url: url.appendingPathComponent(path))
        request.httpMethod = "POST"
        request.httpBody = try JSONEncoder().encode(body)
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        return request
    }
}
