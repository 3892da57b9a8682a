import StepUpGenerated

/// Limits of network calls. What is not given stays at its default. Times are longer than zero and at most an
/// hour.
public struct Limits: Sendable, Hashable {
    /// Time for making a connection. Default 10 s.
    public var connectTimeout: Duration?
    /// Time for a whole call, connection and body included. Default 30 s.
    public var requestTimeout: Duration?
    /// Size of an answer's body, in bytes, from 1 KiB to 64 MiB. Default 1 MiB.
    public var maxBodyBytes: UInt64?

    /// The parameters are the properties.
    public init(
        connectTimeout: Duration? = nil, requestTimeout: Duration? = nil, maxBodyBytes: UInt64? = nil
    ) {
        self.connectTimeout = connectTimeout
        self.requestTimeout = requestTimeout
        self.maxBodyBytes = maxBodyBytes
    }

    var core: StepUpGenerated.Limits {
        StepUpGenerated.Limits(
            connectTimeout: connectTimeout, requestTimeout: requestTimeout, maxBodyBytes: maxBodyBytes)
    }
}
