import Foundation

/// Where tokens may go.
struct AllowedHosts: Sendable, CustomStringConvertible {
    /// In lower case, with the port if it is not the usual one of the scheme.
    private let names: Set<String>
    private let allowInsecureLoopback: Bool

    init(_ names: Set<String>, allowInsecureLoopback: Bool) {
        self.names = Set(names.map { $0.lowercased() })
        self.allowInsecureLoopback = allowInsecureLoopback
    }

    func allow(_ url: URL?) -> Bool {
        guard let url, let host = url.host?.lowercased(), let scheme = url.scheme?.lowercased() else {
            return false
        }
        let usualPort: Int
        switch scheme {
        case "https": usualPort = 443
        case "http" where allowInsecureLoopback && isLoopback(host): usualPort = 80
        default: return false
        }
        let name = if let port = url.port, port != usualPort { "\(host):\(port)" } else { host }
        return names.contains(name)
    }

    var description: String { names.sorted().joined(separator: ", ") }
}

private func isLoopback(_ host: String) -> Bool {
    let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    return host == "localhost" || (numbers.count == 4 && !numbers.contains(nil) && numbers.first == 127)
}
