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

        @Test func ofSeveralActiveOnesTheKeyWindowIsMeant() throws {
            let others = (0..<10).map {
                UIApplication.shared.simulateScene(.foregroundActive, identifier: "\($0)")
            }
            for window in others {
                window.makeKey()
                #expect(try PresentationWindow().anchor() === window)
            }
        }

        @Test func withoutAKeyWindowItIsAlwaysTheSame() throws {
            UIApplication.shared.simulateNoScenes()
            let windows = (0..<10).reversed().map {
                UIApplication.shared.simulateScene(.foregroundActive, identifier: "\($0)")
            }
            // One that is not active is not meant, even if it is the key window.
            UIApplication.shared.simulateScene(.foregroundInactive, identifier: "").makeKey()
            #expect(try PresentationWindow().anchor() === windows.last)
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
