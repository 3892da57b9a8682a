import Foundation
import StepUp
import StepUpTesting
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Which of the headers that matter a request had.
struct Seen {
    let hasBearer: Bool
    let token: String?
    let hasCookie: Bool
    let hasAppHeader: Bool

    var hasToken: Bool { token != nil }
}

/// Ends every request as the system does when it cancels one.
final class CancelledProtocol: URLProtocol {
    override class func canInit(with request: URLRequest) -> Bool { true }
    override class func canonicalRequest(for request: URLRequest) -> URLRequest { request }
    override func startLoading() { client?.urlProtocol(self, didFailWithError: URLError(.cancelled)) }
    override func stopLoading() {}
}

/// The app's own backend, played by the sandbox.
extension World {
    /// An endpoint that shows what it was asked and can be broken.
    static var endpoint: String { "users/mfa/methods" }

    var backend: StepUpURLSession {
        get throws { try backend(listing: ["127.0.0.1"]) }
    }

    func backend(
        listing hosts: Set<String>, configuration: URLSessionConfiguration = .ephemeral
    ) throws -> StepUpURLSession {
        try StepUpURLSession(
            client: client, allowedHosts: hosts, allowInsecureLoopback: true, configuration: configuration)
    }

    /// To the resource that demands a token.
    var exportRequest: URLRequest {
        get throws {
            var request = URLRequest(url: try #require(URL(string: "\(sandbox.url)/sandbox/protected")))
            request.httpMethod = "POST"
            request.httpBody = Data(#"{"scope":"\#(TokenScope.walletExport)"}"#.utf8)
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
            return request
        }
    }

    private var page: String { "\(sandbox.baseUrl)/sdk/\(sandbox.environmentId)/\(World.endpoint)" }

    func request() throws -> URLRequest {
        URLRequest(url: try #require(URL(string: page)))
    }

    func refuseForWantOfAStepUp(method: String = "GET", count: Int) async throws {
        let body = #"{"error":"Elevated access token required"}"#
        try await sandbox.fault(method, World.endpoint, #""status":403,"body":\#(body),"count":\#(count)"#)
    }

    /// To another host: the other name of this machine.
    func redirect(to world: World, status: Int, login: String = "") async throws {
        let page = world.page.replacingOccurrences(of: "127.0.0.1", with: "\(login)localhost")
        let headers = #"{"Location":"\#(page)"}"#
        try await sandbox.fault("GET", World.endpoint, #""status":\#(status),"headers":\#(headers)"#)
    }

    func headers(at path: String) async throws -> [Seen] {
        struct Log: Decodable {
            struct Entry: Decodable {
                let path: String
                let headers: [String: String]
            }
            let exchanges: [Entry]
        }
        let log = try JSONDecoder().decode(Log.self, from: try await sandbox.control("GET", "log").body)
        return log.exchanges.filter { $0.path.hasSuffix(path) }.map {
            Seen(
                hasBearer: $0.headers["authorization"] != nil,
                token: $0.headers["x-dyn-elevated-access-token"],
                hasCookie: $0.headers["cookie"] != nil, hasAppHeader: $0.headers["x-app"] != nil)
        }
    }
}
