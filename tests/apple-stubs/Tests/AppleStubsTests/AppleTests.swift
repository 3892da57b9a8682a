import AuthenticationServices
import Security
import StepUp
import Testing
import UIKit

/// Everything, one after the other: there is one keychain, one screen and one log.
///
/// What stands in for Apple's modules has just enough behaviour for the adapters to run. That shows that
/// their own logic is right; how Apple's modules behave, it does not show.
@MainActor @Suite(.serialized) struct AppleTests {}

/// A device as it comes from the shop, with the app on its screen.
@MainActor func newDevice() -> UIWindow {
    SimulatedKeychain.shared.reset()
    SimulatedSheet.reset()
    SimulatedBrowser.reset()
    UIApplication.shared.simulateNoScenes()
    return UIApplication.shared.simulateScene(.foregroundActive)
}

/// What a callback throws, if it is what it may throw.
@MainActor func thrown<Answer>(by call: @MainActor () async throws -> Answer) async -> PlatformError? {
    do {
        _ = try await call()
        return nil
    } catch let error as PlatformError {
        return error
    } catch {
        Issue.record(error)
        return nil
    }
}

private let patience = Duration.seconds(20)

struct NeverHappened: Error {
    let what: String
}

/// Waits for what another task brings about; where it never does, the test fails.
@MainActor func eventually(_ what: String, _ holds: () async throws -> Bool) async throws {
    let clock = ContinuousClock()
    let end = clock.now + patience
    while try await !holds() {
        guard clock.now < end else { throw NeverHappened(what: what) }
        try await Task.sleep(for: .milliseconds(5))
    }
}
