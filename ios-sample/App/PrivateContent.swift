import SwiftUI

/// Hides what is secret in the app switcher, and while the screen is recorded or mirrored.
struct PrivateContent<Content: View>: View {
    @ViewBuilder let content: Content
    @Environment(\.scenePhase) private var scenePhase
    @Environment(\.isSceneCaptured) private var isSceneCaptured

    var body: some View {
        if isSceneCaptured || scenePhase != .active {
            Label("private.hidden", systemImage: "eye.slash")
        } else {
            content
        }
    }
}
