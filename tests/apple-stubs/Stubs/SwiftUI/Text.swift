// Texts and pictures.

public struct LocalizedStringKey: Equatable, ExpressibleByStringInterpolation {
    public init(_ value: String) {}
    public init(stringLiteral value: String) {}
    public init(stringInterpolation: StringInterpolation) {}
    public struct StringInterpolation: StringInterpolationProtocol {
        public init(literalCapacity: Int, interpolationCount: Int) {}
        public mutating func appendLiteral(_ literal: String) {}
        public mutating func appendInterpolation(_ string: String) {}
        public mutating func appendInterpolation(_ value: Int) {}
    }
}
public struct Text: Primitive {
    public enum DateStyle: Sendable {
        case date, time
        // More cases stay unused.
    }
    nonisolated public init(_ key: LocalizedStringKey) {}
    nonisolated public init(verbatim content: String) {}
    @_disfavoredOverload nonisolated public init<S: StringProtocol>(_ content: S) {}
    nonisolated public init(_ date: Date, style: DateStyle) {}
    nonisolated public func fontWeight(_ weight: Font.Weight?) -> Text { self }
    nonisolated public func font(_ font: Font?) -> Text { self }
    nonisolated public func monospacedDigit() -> Text { self }
}
public struct Image: Primitive {
    nonisolated public init(systemName: String) {}
}
public struct Font: Hashable, Sendable {
    public static let title2 = Font(), body = Font(), callout = Font(), footnote = Font()
    public enum Weight: Hashable, Sendable { case regular, semibold }
    public func weight(_ weight: Weight) -> Font { self }
    public func monospaced() -> Font { self }
    public func monospacedDigit() -> Font { self }
}
public struct Label<Title: View, Icon: View>: Primitive {
    nonisolated public init(@ViewBuilder title: () -> Title, @ViewBuilder icon: () -> Icon) {}
}
extension Label where Title == Text, Icon == Image {
    nonisolated public init(_ titleKey: LocalizedStringKey, systemImage name: String) {}
}
