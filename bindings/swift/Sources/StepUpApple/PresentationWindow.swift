#if canImport(AuthenticationServices)
    import AuthenticationServices
    import StepUp

    #if canImport(UIKit)
        import UIKit
    #elseif canImport(AppKit)
        import AppKit
    #endif

    /// The window above which the system shows its sheets: the active one, if the app names none.
    ///
    /// Of several windows side by side more than one is active: then the app's key window is taken; if that
    /// is none of them, the key window of the scene whose session has the lowest identifier, always the same
    /// one. An app that has such names the window in which the person acts, before it begins what shows a
    /// sheet.
    @MainActor
    public final class PresentationWindow {
        private weak var named: ASPresentationAnchor?

        /// The active window.
        public nonisolated init() {}

        /// From now on this window is meant, for as long as it is there; with none, the active one again.
        public func use(_ window: ASPresentationAnchor?) {
            named = window
        }

        /// - Throws: `PlatformError.Unsupported` if the app has no window in the foreground.
        func anchor() throws -> ASPresentationAnchor {
            guard let window = named ?? Self.active else { throw PlatformError.Unsupported }
            return window
        }

        private static var active: ASPresentationAnchor? {
            #if canImport(UIKit)
                let scenes = UIApplication.shared.connectedScenes.compactMap { $0 as? UIWindowScene }
                    .sorted { $0.session.persistentIdentifier < $1.session.persistentIdentifier }
                // While a sheet or an alert of the system goes away, the scene is inactive.
                for state in [UIScene.ActivationState.foregroundActive, .foregroundInactive] {
                    let windows = scenes.filter { $0.activationState == state }.compactMap { $0.keyWindow }
                    let window = windows.first { $0.isKeyWindow } ?? windows.first
                    if let window { return window }
                }
                return nil
            #elseif canImport(AppKit)
                return NSApplication.shared.keyWindow ?? NSApplication.shared.mainWindow
            #else
                return nil
            #endif
        }
    }
#endif
