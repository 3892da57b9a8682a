import Foundation
import StepUp

/// An authenticator app with one account (RFC 6238: SHA-1, six digits, thirty seconds).
struct AuthenticatorApp: Sendable {
    let deviceId: String
    private let secret: Data

    init(_ enrollment: TotpEnrollment) {
        (deviceId, secret) = (enrollment.deviceId, Self.base32(enrollment.secret))
    }

    func code(at time: Date) -> String {
        let counter = UInt64(time.timeIntervalSince1970) / 30
        let message = withUnsafeBytes(of: counter.bigEndian) { Data($0) }
        let hash = hmacSha1(key: secret, message: message)
        let offset = Int(hash[19] & 0x0f)
        let number = hash[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7fff_ffff
        let digits = String(number % 1_000_000)
        return String(repeating: "0", count: 6 - digits.count) + digits
    }

    /// RFC 4648 §6, without padding.
    private static func base32(_ text: String) -> Data {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var (bytes, bits, count) = (Data(), UInt32(0), 0)
        for symbol in text.uppercased() {
            guard let value = alphabet.firstIndex(of: symbol) else { continue }
            bits = bits << 5 | UInt32(value)
            count += 5
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }
}
