@_exported import Foundation

// os.Logger, of the Swift overlay. What is logged is kept, so that tests can read it.

public struct OSLogType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let `default` = Self(rawValue: 0x00)
    public static let info = Self(rawValue: 0x01)
    public static let debug = Self(rawValue: 0x02)
    public static let error = Self(rawValue: 0x10)
    public static let fault = Self(rawValue: 0x11)
}

public struct OSLogPrivacy: Sendable {
    let isPublic: Bool
    public static var `public`: OSLogPrivacy { OSLogPrivacy(isPublic: true) }
    public static var `private`: OSLogPrivacy { OSLogPrivacy(isPublic: false) }
    public static var sensitive: OSLogPrivacy { OSLogPrivacy(isPublic: false) }
    public static var auto: OSLogPrivacy { OSLogPrivacy(isPublic: false) }
}

public struct OSLogMessage: ExpressibleByStringInterpolation {
    let text: String
    public init(stringLiteral value: String) { text = value }
    public init(stringInterpolation: OSLogInterpolation) { text = stringInterpolation.text }
}

public struct OSLogInterpolation: StringInterpolationProtocol {
    var text = ""
    public init(literalCapacity: Int, interpolationCount: Int) {}
    public mutating func appendLiteral(_ literal: String) { text += literal }
    /// As on a phone, what is not public cannot be read.
    public mutating func appendInterpolation(
        _ argumentString: @autoclosure @escaping () -> String, privacy: OSLogPrivacy = .auto
    ) {
        text += privacy.isPublic ? argumentString() : "<private>"
    }
}

public struct Logger: @unchecked Sendable {
    let subsystem: String
    let category: String
    public init(subsystem: String, category: String) {
        (self.subsystem, self.category) = (subsystem, category)
    }
    public func log(level: OSLogType, _ message: OSLogMessage) {
        SimulatedLog.shared.append(.init(subsystem: subsystem, level: level, text: message.text))
    }
}

/// What was logged.
public final class SimulatedLog: @unchecked Sendable {
    public struct Line: Hashable, Sendable {
        public let subsystem: String
        public let level: OSLogType
        public let text: String
    }
    public static let shared = SimulatedLog()
    private let lock = NSLock()
    private var kept: [Line] = []
    func append(_ line: Line) { lock.withLock { kept.append(line) } }
    public var lines: [Line] { lock.withLock { kept } }
}
