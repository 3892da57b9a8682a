import Foundation

/// Where tokens may go.
struct AllowedHosts: Sendable, CustomStringConvertible {
    private let names: Set<String>
    private let allowInsecureLoopback: Bool

    init(_ names: Set<String>, allowInsecureLoopback: Bool) {
        self.names = Set(names.map { $0.lowercased() })
        self.allowInsecureLoopback = allowInsecureLoopback
    }

    func allow(_ url: URL?) -> Bool {
        // Brackets stand around IPv6 addresses in some versions of Foundation.
        guard let url, let host = url.host?.lowercased().trimmingCharacters(in: ["[", "]"]) else {
            return false
        }
        let scheme = url.scheme?.lowercased()
        let isSafe = scheme == "https" || (scheme == "http" && allowInsecureLoopback && isLoopback(host))
        return isSafe && names.contains(host)
    }

    var description: String { names.sorted().joined(separator: ", ") }
}

private func isLoopback(_ host: String) -> Bool {
    let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    let isVersion4 = numbers.count == 4 && !numbers.contains(nil) && numbers.first == 127
    return host == "localhost" || host == "::1" || isVersion4
}
