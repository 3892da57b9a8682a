import Foundation

// What a view draws by itself.

public struct Path: Sendable {
    public init(_ rect: CGRect) {}
}
public struct GraphicsContext {
    public struct Shading: Sendable {
        public static func color(_ color: Color) -> Shading { Shading() }
    }
    public func fill(_ path: Path, with shading: Shading) {}
}
public struct Canvas: Primitive {
    nonisolated public init(renderer: @escaping (inout GraphicsContext, CGSize) -> Void) {}
}
