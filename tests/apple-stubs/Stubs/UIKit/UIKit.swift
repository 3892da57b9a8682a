@_exported import Foundation

// The windows of an app. Tests make scenes and windows; an app of Apple's gets them from the system.

@MainActor open class UIResponder: NSObject {}
@MainActor open class UIView: UIResponder {}
@MainActor open class UIWindow: UIView {
    public init(windowScene: UIWindowScene) {
        self.windowScene = windowScene
        super.init()
    }
    open weak var windowScene: UIWindowScene?
    open var isHidden = false
    open var isKeyWindow: Bool { UIApplication.shared.key === self }
    open func makeKey() { UIApplication.shared.key = self }
}
@MainActor open class UISceneSession: NSObject {
    public let persistentIdentifier: String
    init(_ identifier: String) { persistentIdentifier = identifier }
}
@MainActor open class UIScene: UIResponder {
    public enum ActivationState: Int, Sendable {
        case unattached = -1
        case foregroundActive, foregroundInactive, background
    }
    public let session: UISceneSession
    init(session: UISceneSession) { self.session = session }
    open internal(set) var activationState: UIScene.ActivationState = .unattached
}
@MainActor open class UIWindowScene: UIScene {
    open internal(set) var keyWindow: UIWindow?
    open var windows: [UIWindow] { keyWindow.map { [$0] } ?? [] }
}
@MainActor open class UIApplication: UIResponder {
    open class var shared: UIApplication { simulated }
    private static let simulated = UIApplication()
    open internal(set) var connectedScenes: Set<UIScene> = []
    weak var key: UIWindow?

    /// Lets go of all windows.
    public func simulateNoScenes() { connectedScenes = [] }
    /// Opens a window in a scene of its own.
    public func simulateScene(_ state: UIScene.ActivationState, identifier: String = "") -> UIWindow {
        let scene = UIWindowScene(session: UISceneSession(identifier))
        let window = UIWindow(windowScene: scene)
        (scene.activationState, scene.keyWindow) = (state, window)
        connectedScenes.insert(scene)
        return window
    }
}
