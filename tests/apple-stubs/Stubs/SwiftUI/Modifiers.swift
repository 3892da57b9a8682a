import Foundation

#if canImport(UIKit)
    import UIKit
#endif

// How a view looks and what it does.

extension View {
    nonisolated public func id<ID: Hashable>(_ id: ID) -> some View { EmptyView() }
    nonisolated public func disabled(_ disabled: Bool) -> some View { EmptyView() }
    nonisolated public func font(_ font: Font?) -> some View { EmptyView() }
    nonisolated public func foregroundStyle<Style: ShapeStyle>(_ style: Style) -> some View { EmptyView() }
    nonisolated public func background<Style: ShapeStyle>(_ style: Style) -> some View { EmptyView() }
    nonisolated public func padding() -> some View { EmptyView() }
    nonisolated public func safeAreaInset<Inset: View>(
        edge: VerticalEdge, @ViewBuilder content: () -> Inset
    ) -> some View { EmptyView() }
    nonisolated public func aspectRatio(_ ratio: CGFloat?, contentMode: ContentMode) -> some View {
        EmptyView()
    }
    nonisolated public func frame(maxWidth: CGFloat?) -> some View { EmptyView() }
    nonisolated public func labelStyle(_ style: IconOnlyLabelStyle) -> some View { EmptyView() }
    nonisolated public func textSelection(_ selectability: EnabledTextSelectability) -> some View {
        EmptyView()
    }
}

// Fields.
extension View {
    #if canImport(UIKit)
        nonisolated public func textContentType(_ type: UITextContentType?) -> some View { EmptyView() }
        nonisolated public func keyboardType(_ type: UIKeyboardType) -> some View { EmptyView() }
    #endif
    nonisolated public func textInputAutocapitalization(
        _ autocapitalization: TextInputAutocapitalization?
    ) -> some View { EmptyView() }
    nonisolated public func autocorrectionDisabled(_ disable: Bool = true) -> some View { EmptyView() }
    nonisolated public func onSubmit(_ action: @escaping () -> Void) -> some View { EmptyView() }
}

// Screens.
extension View {
    nonisolated public func navigationTitle(_ titleKey: LocalizedStringKey) -> some View { EmptyView() }
    nonisolated public func navigationBarTitleDisplayMode(_ mode: TitleDisplayMode) -> some View {
        EmptyView()
    }
    nonisolated public func toolbar<Content: View>(@ViewBuilder content: () -> Content) -> some View {
        EmptyView()
    }
    nonisolated public func toolbar<Content: ToolbarContent>(
        @ToolbarContentBuilder content: () -> Content
    ) -> some View { EmptyView() }
    nonisolated public func sheet<Item: Identifiable, Content: View>(
        item: Binding<Item?>, onDismiss: (() -> Void)? = nil,
        @ViewBuilder content: @escaping (Item) -> Content
    ) -> some View { EmptyView() }
    nonisolated public func presentationDetents(_ detents: Set<PresentationDetent>) -> some View {
        EmptyView()
    }
    nonisolated public func alert<Actions: View, Item>(
        _ titleKey: LocalizedStringKey, isPresented: Binding<Bool>, presenting data: Item?,
        @ViewBuilder actions: (Item) -> Actions
    ) -> some View { EmptyView() }
    nonisolated public func confirmationDialog<Actions: View, Message: View, Item>(
        _ titleKey: LocalizedStringKey, isPresented: Binding<Bool>, titleVisibility: Visibility = .automatic,
        presenting data: Item?, @ViewBuilder actions: (Item) -> Actions,
        @ViewBuilder message: (Item) -> Message
    ) -> some View { EmptyView() }
    nonisolated public func swipeActions<Actions: View>(@ViewBuilder content: () -> Actions) -> some View {
        EmptyView()
    }
}

// What happens.
extension View {
    nonisolated public func task(
        priority: TaskPriority = .userInitiated,
        @_inheritActorContext _ action: @escaping @Sendable () async -> Void
    ) -> some View { EmptyView() }
    nonisolated public func refreshable(action: @escaping @Sendable () async -> Void) -> some View {
        EmptyView()
    }
    nonisolated public func onChange<Value: Equatable>(
        of value: Value, initial: Bool = false, _ action: @escaping (_ old: Value, _ new: Value) -> Void
    ) -> some View { EmptyView() }
    nonisolated public func onOpenURL(perform action: @escaping (URL) -> Void) -> some View { EmptyView() }
    nonisolated public func onAppear(perform action: (() -> Void)? = nil) -> some View { EmptyView() }
    nonisolated public func onDisappear(perform action: (() -> Void)? = nil) -> some View { EmptyView() }
}

// What VoiceOver reads.
extension View {
    nonisolated public func accessibilityElement(children: AccessibilityChildBehavior = .ignore) -> some View
    {
        EmptyView()
    }
    nonisolated public func accessibilityLabel(_ labelKey: LocalizedStringKey) -> some View { EmptyView() }
    nonisolated public func accessibilityHidden(_ hidden: Bool) -> some View { EmptyView() }
    nonisolated public func accessibilityAddTraits(_ traits: AccessibilityTraits) -> some View { EmptyView() }
}

public protocol ShapeStyle {}
public struct HierarchicalShapeStyle: ShapeStyle, Sendable {}
extension ShapeStyle where Self == HierarchicalShapeStyle {
    public static var secondary: Self { Self() }
}
public struct Material: ShapeStyle, Sendable {}
extension ShapeStyle where Self == Material {
    public static var bar: Self { Self() }
}
public struct Color: ShapeStyle, Sendable {
    public static let black = Color(), white = Color()
}
public enum VerticalEdge: Sendable { case top, bottom }
public enum ContentMode: Sendable { case fit, fill }
public struct IconOnlyLabelStyle: Sendable {
    public static let iconOnly = IconOnlyLabelStyle()
}
public struct EnabledTextSelectability: Sendable {
    public static let enabled = EnabledTextSelectability()
}
public struct TextInputAutocapitalization: Sendable {
    public static let never = TextInputAutocapitalization()
}
public enum TitleDisplayMode: Sendable { case automatic, inline, large }
public struct PresentationDetent: Hashable, Sendable {
    private let name: String
    public static let medium = PresentationDetent(name: "medium"), large = PresentationDetent(name: "large")
}
public enum Visibility: Sendable { case automatic, visible, hidden }
public struct AccessibilityChildBehavior: Sendable {
    public static let ignore = Self(), combine = Self()
}
public struct AccessibilityTraits: Sendable {
    public static let updatesFrequently = AccessibilityTraits()
}
