import Foundation

extension String {
    /// The code in what was pasted: where it is numeric, six digits if they stand there, as in the text of a
    /// message, else the whole of it, as a recovery code may have six digits in a row too.
    func code(isNumeric: Bool) -> String {
        if isNumeric, let digits = firstMatch(of: /\b\d{3}[ -]?\d{3}\b/) {
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
