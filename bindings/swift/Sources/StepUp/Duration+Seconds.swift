import Foundation

extension Duration {
    /// In seconds. The generated code ends the process on a negative one; the core answers zero with an
    /// error.
    var limit: TimeInterval {
        let (seconds, attoseconds) = components
        return max(0, TimeInterval(seconds) + TimeInterval(attoseconds) * 1e-18)
    }
}
