import Foundation

extension String {
    /// The code in what was pasted: six digits if they stand there, as in the text of a message, else the
    /// whole of it, as a recovery code has letters too.
    var code: String {
        if let digits = firstMatch(of: /\b\d{3}[ -]?\d{3}\b/) {
            return String(digits.output.filter(\.isNumber))
        }
        return trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// How many seconds are left until a point in time; none if it has come.
func seconds(from now: Date, until end: Date?) -> Int {
    guard let end else { return 0 }
    return max(0, Int(end.timeIntervalSince(now).rounded(.up)))
}
