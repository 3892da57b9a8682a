import Foundation

extension Data {
    /// Base64url (RFC 4648 §5), with or without padding; none if it is not that.
    init?(base64url text: some StringProtocol) {
        guard text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_=".contains($0)) }) else {
            return nil
        }
        let digits = text.prefix { $0 != "=" }
        guard digits.count % 4 != 1, text.dropFirst(digits.count).allSatisfy({ $0 == "=" }) else {
            return nil
        }
        let base64 = digits.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        let padding = String(repeating: "=", count: (4 - base64.count % 4) % 4)
        self.init(base64Encoded: base64 + padding)
    }

    /// Base64url without padding.
    var base64url: String {
        base64EncodedString()
            .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }
}
