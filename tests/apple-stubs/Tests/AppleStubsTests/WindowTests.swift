import StepUp
import Testing
import UIKit

@testable import StepUpApple

extension AppleTests {
    @MainActor @Suite struct WindowTests {
        private let active = newDevice()

        @Test func theActiveWindowIsMeant() throws {
            _ = UIApplication.shared.simulateScene(.background)
            _ = UIApplication.shared.simulateScene(.foregroundInactive)
            #expect(try PresentationWindow().anchor() === active)
        }

        @Test func aWindowBelowSomethingOfTheSystemsWillDo() throws {
            UIApplication.shared.simulateNoScenes()
            let inactive = UIApplication.shared.simulateScene(.foregroundInactive)
            #expect(try PresentationWindow().anchor() === inactive)
        }

        @Test func ofSeveralTheOneThatIsNamedIsMeantAsLongAsItIsThere() throws {
            let window = PresentationWindow()
            var second: UIWindow? = UIApplication.shared.simulateScene(.foregroundActive)
            window.use(second)
            #expect(try window.anchor() === second)
            UIApplication.shared.simulateNoScenes()
            second = nil
            #expect(throws: PlatformError.Unsupported) { try window.anchor() }
            let third = UIApplication.shared.simulateScene(.foregroundActive)
            #expect(try window.anchor() === third)
            window.use(active)
            window.use(nil)
            #expect(try window.anchor() === third)
        }
    }
}
