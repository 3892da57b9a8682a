import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A request as the sandbox saw it.
public struct Exchange: Decodable, Sendable {
    /// HTTP method.
    public let method: String
    /// Path without the query.
    public let path: String
    /// HTTP status of the answer; none if there was no answer.
    public let status: Int?
}

extension Sandbox {
    /// Any call of the control API, below `/sandbox/`; the calls below are made of it.
    @discardableResult
    public func control(
        _ method: String, _ path: String, _ body: String? = nil, headers: [(String, String)] = []
    ) async throws -> Answer {
        guard let url = URL(string: "\(url)/sandbox/\(path)") else { throw Failure(reason: path) }
        var request = URLRequest(url: url)
        request.httpMethod = method
        if let body {
            request.httpBody = Data(body.utf8)
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        }
        for (name, value) in headers {
            request.setValue(value, forHTTPHeaderField: name)
        }
        // A task of its own, which nobody cancels: Foundation on Linux sometimes crashes on a cancelled
        // request.
        let exchange = Task { [request] in try await URLSession.shared.data(for: request) }
        let (data, response) = try await exchange.value
        return Answer(status: (response as? HTTPURLResponse)?.statusCode ?? 0, body: data)
    }

    private func accepted(_ method: String, _ path: String, _ body: String? = nil) async throws -> Answer {
        let answer = try await control(method, path, body)
        guard answer.status == 200 else {
            throw Failure(reason: "\(path): \(String(decoding: answer.body, as: UTF8.self))")
        }
        return answer
    }

    /// The latest code that was sent to an address or number.
    public func code(for recipient: String) async throws -> String {
        let query = recipient.replacingOccurrences(of: "+", with: "%2B")
        let messages: [[String: Any]]? =
            try await accepted("GET", "outbox?to=\(query)").field("messages")
        guard let code = messages?.lazy.compactMap({ $0["code"] as? String }).first else {
            throw Failure(reason: "no code was sent to \(recipient)")
        }
        return code
    }

    /// The latest registration link that was sent to an address.
    public func registrationLink(for recipient: String) async throws -> String {
        let messages: [[String: Any]]? =
            try await accepted("GET", "outbox?to=\(recipient)").field("messages")
        guard let link = messages?.lazy.compactMap({ $0["link"] as? String }).first else {
            throw Failure(reason: "no link was sent to \(recipient)")
        }
        return link
    }

    /// The user consents on a provider's page: the redirect.
    public func approve(page: String, account: String) async throws -> String {
        try await text(
            "redirectUrl", of: "oauth/approve", ["authorizationUrl": page, "account": ["id": account]])
    }

    /// The provider ends the visit to its page with an error: the redirect.
    public func deny(page: String, error: String) async throws -> String {
        try await text("redirectUrl", of: "oauth/deny", ["authorizationUrl": page, "error": error])
    }

    /// The address of a wallet that has its key here.
    public func wallet(_ name: String, chain: String) async throws -> String {
        let address: String? = try await accepted("GET", "wallets/\(name)?chain=\(chain)").field("address")
        guard let address else { throw Failure(reason: "the wallet \(name) has no address") }
        return address
    }

    /// Has a wallet sign a text.
    public func sign(_ message: String, wallet name: String, chain: String) async throws -> String {
        try await text("signature", of: "wallets/\(name)/sign", ["message": message, "chain": chain])
    }

    /// A JWT of the app's own backend. `claims` is the body of the control API's call, JSON.
    public func externalJwt(_ claims: String) async throws -> String {
        let jwt: String? = try await accepted("POST", "external-jwt", claims).field("jwt")
        guard let jwt else { throw Failure(reason: "there is no JWT") }
        return jwt
    }

    private func text(_ field: String, of path: String, _ body: [String: Any]) async throws -> String {
        let json = try JSONSerialization.data(withJSONObject: body)
        let text: String? =
            try await accepted("POST", path, String(decoding: json, as: UTF8.self)).field(field)
        guard let text else { throw Failure(reason: "\(path) answers without \(field)") }
        return text
    }

    /// Changes a part of the policy, given as JSON.
    public func patchPolicy(_ part: String) async throws {
        _ = try await accepted("PATCH", "policy", part)
    }

    /// Breaks the next requests to an endpoint: `rest` holds the members of the rule beside method and path.
    public func fault(_ method: String, _ path: String, _ rest: String) async throws {
        _ = try await accepted("POST", "faults", #"{"method":"\#(method)","path":"\#(path)",\#(rest)}"#)
    }

    /// Ends what `fault` began.
    public func clearFaults() async throws {
        _ = try await accepted("DELETE", "faults")
    }

    /// Moves the clock and answers with what it shows then.
    public func advanceClock(seconds: Int) async throws -> Date {
        let answer = try await accepted("POST", "clock", #"{"advanceSeconds":\#(seconds)}"#)
        let now: String? = answer.field("now")
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: now?.contains(".") ?? false)
        return try format.parse(now ?? "")
    }

    /// Requests to an endpoint, oldest first; to any if none is named.
    public func requests(to path: String = "") async throws -> [Exchange] {
        let answer = try await accepted("GET", "log")
        let log = try JSONDecoder().decode([String: [Exchange]].self, from: answer.body)
        return (log["exchanges"] ?? []).filter { $0.path.hasSuffix(path) }
    }

    /// Runs a WebAuthn ceremony on the virtual authenticator of a phone.
    public func authenticate(phone: String, ceremony: String, options: String) async throws -> Answer {
        let body = #"{"origin":"http://localhost","options":\#(options)}"#
        return try await control("POST", "authenticators/\(phone)/\(ceremony)", body)
    }
}
