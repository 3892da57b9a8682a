import Foundation

// What a person touches, and what says that something is under way.

public struct ButtonRole: Equatable, Sendable {
    public static let destructive = ButtonRole(), cancel = ButtonRole()
}
public struct Button<Label: View>: Primitive {
    nonisolated public init(
        action: @escaping @MainActor () -> Void, @ViewBuilder label: () -> Label
    ) {}
}
extension Button where Label == Text {
    nonisolated public init(_ titleKey: LocalizedStringKey, action: @escaping @MainActor () -> Void) {}
    nonisolated public init(
        _ titleKey: LocalizedStringKey, role: ButtonRole?, action: @escaping @MainActor () -> Void
    ) {}
}
public protocol Transferable {}
extension String: Transferable {}
public struct PasteButton: Primitive {
    nonisolated public init<Payload: Transferable>(
        payloadType: Payload.Type, onPaste: @escaping ([Payload]) -> Void
    ) {}
}
public struct ShareLink: Primitive {
    nonisolated public init(_ titleKey: LocalizedStringKey, item: String) {}
}
public struct TextField<Label: View>: Primitive {}
extension TextField where Label == Text {
    nonisolated public init(_ titleKey: LocalizedStringKey, text: Binding<String>) {}
    nonisolated public init(_ titleKey: LocalizedStringKey, text: Binding<String>, axis: Axis) {}
}
public enum Axis: Sendable { case horizontal, vertical }
public struct Toggle<Label: View>: Primitive {}
extension Toggle where Label == Text {
    nonisolated public init(_ titleKey: LocalizedStringKey, isOn: Binding<Bool>) {}
}
public struct NavigationLink<Label: View, Destination: View>: Primitive {
    nonisolated public init(
        @ViewBuilder destination: () -> Destination, @ViewBuilder label: () -> Label
    ) {}
}
extension NavigationLink where Label == Text {
    nonisolated public init(
        _ titleKey: LocalizedStringKey, @ViewBuilder destination: () -> Destination
    ) {}
}
public struct ProgressView<Label: View>: Primitive {
    nonisolated public init(@ViewBuilder label: () -> Label) {}
}
extension ProgressView where Label == EmptyView {
    nonisolated public init() {}
}
extension ProgressView where Label == Text {
    nonisolated public init(_ titleKey: LocalizedStringKey) {}
}
