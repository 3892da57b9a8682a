import Foundation

/// Where tokens may go.
struct AllowedHosts: Sendable, CustomStringConvertible {
    private let names: Set<String>
    private let allowInsecureLoopback: Bool

    /// Throws `InvalidArgument` for what no URL has as its host.
    init(_ names: Set<String>, allowInsecureLoopback: Bool) throws {
        guard !names.isEmpty else { throw refusal("no hosts: no request would ever carry a token") }
        self.names = Set(try names.map(canonical))
        self.allowInsecureLoopback = allowInsecureLoopback
    }

    func allow(_ url: URL?) -> Bool {
        guard let url, !url.hasLogin, let host = url.host.map(withoutBrackets) else { return false }
        let scheme = url.scheme?.lowercased()
        let isSafe = scheme == "https" || (scheme == "http" && allowInsecureLoopback && isLoopback(host))
        return isSafe && names.contains(host)
    }

    var description: String { names.sorted().joined(separator: ", ") }
}

extension URL {
    /// Whether it has a user or a password before its host.
    var hasLogin: Bool { user != nil || password != nil }
}

/// As a URL has it.
private func canonical(_ name: String) throws -> String {
    let host = withoutBrackets(name)
    let isName = host.wholeMatch(of: /[a-z0-9._-]+/) != nil
    var address = in6_addr()
    guard isName || inet_pton(AF_INET6, host, &address) == 1 else {
        throw refusal("\(name): hosts are named one by one, without port, in ASCII")
    }
    return host
}

/// Some versions of Foundation put them around IPv6 addresses.
private func withoutBrackets(_ host: String) -> String {
    host.lowercased().trimmingCharacters(in: ["[", "]"])
}

private func refusal(_ reason: String) -> StepUpError {
    .InvalidArgument(argument: "allowed_hosts", reason: reason)
}

private func isLoopback(_ host: String) -> Bool {
    let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    let isVersion4 = numbers.count == 4 && !numbers.contains(nil) && numbers.first == 127
    return host == "localhost" || host == "::1" || isVersion4
}
