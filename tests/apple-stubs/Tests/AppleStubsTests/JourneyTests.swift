import AuthenticationServices
import Foundation
import Security
import StepUp
import StepUpTesting
import SwiftUI
import Testing
import UIKit

@testable import StepUpApple

private let email = "ada@example.com"

extension AppleTests {
    /// The adapters under the real library, against the sandbox: it looks at every signature and passkey.
    @MainActor @Suite struct JourneyTests {
        private let window = newDevice()
        private let sandbox: Sandbox
        private let config: ClientConfig

        init() async throws {
            sandbox = try Sandbox()
            try await sandbox.patchPolicy(
                #"{"deviceRegistration":true,"providers":[{"provider":"google"},{"provider":"passkey"}]}"#)
            config = ClientConfig(
                environmentId: sandbox.environmentId, baseUrl: sandbox.baseUrl, appOrigin: "http://localhost",
                appLinks: ["http://localhost"], oauthRedirectUrl: "https://app.example/oauth",
                allowInsecureLoopback: true)
        }

        @discardableResult
        private func signIn(_ client: StepUpClient) async throws -> SignInOutcome {
            _ = try await client.auth.sendEmailOtp(email: email)
            return try await client.auth.signInWithOtp(code: sandbox.code(for: email))
        }

        @Test func aSessionOutlivesTheProcess() async throws {
            let first = try StepUp.apple(config)
            try await signIn(first)
            // The server checks the signature of the device key.
            #expect(try await first.deviceRegistration.list().map(\.isCurrent) == [true])
            #expect(try StepUp.apple(config) === first)
            first.shutdown()

            let second = try StepUp.apple(config)
            #expect(second !== first)
            #expect(try await second.auth.session()?.user.email == email)
            #expect(try await second.deviceRegistration.list().map(\.isCurrent) == [true])
            try await second.auth.logout()
            second.shutdown()
            #expect(try await StepUp.apple(config).auth.session() == nil)
        }

        @Test(arguments: [\SimulatedKeychain.isLocked, \.isHidden])
        func aLockedDeviceLosesNothing(state: ReferenceWritableKeyPath<SimulatedKeychain, Bool> & Sendable)
            async throws
        {
            let first = try StepUp.apple(config)
            try await signIn(first)
            first.shutdown()
            SimulatedKeychain.shared[keyPath: state] = true
            let second = try StepUp.apple(config)
            await #expect(throws: StepUpError.StorageFailed(reason: .locked)) { try await second.restore() }
            SimulatedKeychain.shared[keyPath: state] = false
            #expect(try await second.auth.session()?.user.email == email)
            #expect(try await second.deviceRegistration.list().map(\.isCurrent) == [true])
        }

        @Test func aPasskeyIsMadeAndVerifies() async throws {
            let client = try StepUp.apple(
                config, platform: .apple(window: PresentationWindow(), logSink: nil))
            try await signIn(client)
            _ = try await client.stepUp.sendOtp()
            _ = try await client.stepUp.verifyOtp(
                code: sandbox.code(for: email), scopes: [TokenScope.credentialLink])
            let registration = Task { try await client.passkeys.register() }
            try await act(ceremony: "create")
            _ = try await registration.value

            let proof = Task { try await client.stepUp.verifyPasskey(scopes: [TokenScope.walletExport]) }
            try await act(ceremony: "get")
            #expect(try await proof.value.scopes.contains(TokenScope.walletExport))
            #expect(SimulatedSheet.shown.allSatisfy { $0.window === window })
        }

        /// The person at the sheet, whose passkeys the sandbox's authenticator keeps.
        private func act(ceremony: String) async throws {
            try await eventually("a sheet is shown") { SimulatedSheet.count == 1 }
            let request = try #require(SimulatedSheet.shown.last?.request)
            let answer = try await sandbox.authenticate(
                phone: "iphone", ceremony: ceremony, options: request.optionsJson)
            SimulatedSheet.decide(try #require(SimulatedSheet.Decision(answer)))
            SimulatedSheet.decision = .waits
        }

        @Test func aSocialAccountSignsIn() async throws {
            let client = try StepUp.apple(config)
            let visit = Task { try await client.auth.signInWithSocial(provider: .google) }
            try await eventually("a page is shown") { SimulatedBrowser.count == 1 }
            let page = try #require(SimulatedBrowser.opened.first)
            #expect(page.callback == "https://app.example/oauth")
            let redirect = try await sandbox.approve(page: page.url.absoluteString, account: "ada's account")
            SimulatedBrowser.returns(try #require(URL(string: redirect)))
            switch try await visit.value {
            case .done(let session, _): #expect(session.user.verifiedCredentials.count == 1)
            }
        }

        @Test func aSceneThatComesBackRenewsASessionThatIsAboutToRunOut() async throws {
            try await sandbox.patchPolicy(#"{"jwtLifeSeconds":120}"#)
            let client = try StepUp.apple(config)
            try await signIn(client)
            client.report(.active)
            client.report(.background)
            _ = try await sandbox.advanceClock(seconds: 100)
            // The client learns the time with the answer.
            _ = try await client.mfa.methods()
            #expect(try await sandbox.requests(to: "/refresh").isEmpty)
            client.report(.inactive)
            try await eventually("a renewal") { try await !sandbox.requests(to: "/refresh").isEmpty }
            #expect(try await sandbox.requests(to: "/refresh").count == 1)
        }

        @Test func aVisitIsCancelledWithItsTask() async throws {
            let client = try StepUp.apple(config)
            let visit = Task { try await client.auth.signInWithSocial(provider: .google) }
            try await eventually("a page is shown") { SimulatedBrowser.count == 1 }
            visit.cancel()
            await #expect(throws: StepUpError.Cancelled) { try await visit.value }
            try await eventually("the page goes away") { SimulatedBrowser.count == 0 }
        }
    }
}
