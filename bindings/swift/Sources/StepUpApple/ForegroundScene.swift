#if canImport(SwiftUI)
    import StepUp
    import SwiftUI

    extension Scene {
        /// Has a client know whether the app is in the foreground (`StepUpClient.setForeground`): whether any
        /// window of this scene is.
        ///
        /// To be put on the app's scene: `WindowGroup { … }.reportsForeground(to: client)`. An app with
        /// several scenes groups them first. An app without SwiftUI calls `setForeground` by itself, from
        /// `sceneWillEnterForeground` and `sceneDidEnterBackground`.
        public func reportsForeground(to client: StepUpClient) -> some Scene {
            ForegroundScene(content: self, client: client)
        }
    }

    /// Reads the phase of all windows of its content.
    struct ForegroundScene<Content: Scene>: Scene {
        @Environment(\.scenePhase) private var phase
        private let content: Content
        private let client: StepUpClient

        init(content: Content, client: StepUpClient) {
            (self.content, self.client) = (content, client)
        }

        var body: some Scene {
            content.onChange(of: phase) { client.report($0) }
        }
    }

    extension StepUpClient {
        /// While something of the system's lies above the app, it is inactive, and still there.
        func report(_ phase: ScenePhase) {
            switch phase {
            case .active, .inactive: setForeground(true)
            case .background: setForeground(false)
            @unknown default: break
            }
        }
    }
#endif
