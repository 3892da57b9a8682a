import AuthenticationServices
import Foundation
import StepUp
import Testing
import UIKit

@testable import StepUpApple

extension AppleTests {
    @MainActor @Suite struct PasskeysTests {
        private let window = newDevice()
        private let passkeys = AuthorizationPasskeys()
        private let bytes = Data("bytes".utf8)

        private let creation = """
            {"challenge":"Y2hhbGxlbmdl","rp":{"id":"app.example","name":"App"},
             "user":{"id":"dXNlcg","name":"ada","displayName":"Ada"},
             "authenticatorSelection":{"userVerification":"required"},
             "excludeCredentials":[{"id":"b25l","type":"public-key"}]}
            """
        private let request = """
            {"challenge":"Y2hhbGxlbmdl","rpId":"app.example","userVerification":"discouraged",
             "allowCredentials":[{"id":"b25l","type":"public-key"}]}
            """

        private func member(_ path: [String], of json: String) throws -> String? {
            let object = try JSONSerialization.jsonObject(with: Data(json.utf8))
            return path.reduce(object as Any?) { ($0 as? [String: Any])?[$1] } as? String
        }

        @Test func aPasskeyIsMadeAsTheOptionsSay() async throws {
            SimulatedSheet.decision = .registers(id: bytes, clientData: Data("{}".utf8), attestation: bytes)
            let json = try await passkeys.create(optionsJson: creation)
            #expect(try member(["id"], of: json) == "Ynl0ZXM")
            #expect(try member(["authenticatorAttachment"], of: json) == "platform")
            #expect(try member(["response", "attestationObject"], of: json) == "Ynl0ZXM")

            let shown = try #require(SimulatedSheet.shown.first)
            let asked = try #require(
                shown.request as? ASAuthorizationPlatformPublicKeyCredentialRegistrationRequest)
            #expect(asked.relyingPartyIdentifier == "app.example")
            #expect(asked.challenge == Data("challenge".utf8) && asked.userID == Data("user".utf8))
            #expect(asked.name == "ada" && asked.displayName == "Ada")
            #expect(asked.userVerificationPreference == .required)
            #expect(asked.excludedCredentials?.map(\.credentialID) == [Data("one".utf8)])
            #expect(shown.window === window)
        }

        @Test func aProofIsGivenAsTheOptionsSay() async throws {
            SimulatedSheet.decision = .asserts(
                id: bytes, clientData: Data("{}".utf8), authenticatorData: bytes, userID: Data("user".utf8),
                signature: Data("signed".utf8))
            let json = try await passkeys.get(optionsJson: request)
            #expect(try member(["response", "signature"], of: json) == "c2lnbmVk")
            #expect(try member(["response", "userHandle"], of: json) == "dXNlcg")

            let shown = try #require(SimulatedSheet.shown.first)
            let asked = try #require(
                shown.request as? ASAuthorizationPlatformPublicKeyCredentialAssertionRequest)
            #expect(asked.relyingPartyIdentifier == "app.example")
            #expect(asked.challenge == Data("challenge".utf8))
            #expect(asked.userVerificationPreference == .discouraged)
            #expect(asked.allowedCredentials.map(\.credentialID) == [Data("one".utf8)])
            #expect(shown.options == [])
        }

        @Test func anAnswerThatIsNotWholeIsNone() async {
            SimulatedSheet.decision = .asserts(
                id: bytes, clientData: bytes, authenticatorData: nil, userID: nil, signature: bytes)
            guard case .Internal = await thrown(by: { try await passkeys.get(optionsJson: request) }) else {
                Issue.record("no error, or another one")
                return
            }
        }

        @Test func aPasskeyOfThisDeviceCanBeDemanded() async {
            let passkeys = AuthorizationPasskeys(prefersImmediatelyAvailable: true)
            let nothing = [NSLocalizedFailureReasonErrorKey: "No credentials available for login."]
            SimulatedSheet.decision = .fails(ASAuthorizationError(.canceled, userInfo: nothing))
            #expect(await thrown { try await passkeys.get(optionsJson: request) } == .NotFound)
            #expect(SimulatedSheet.shown.first?.options == .preferImmediatelyAvailableCredentials)
        }

        @Test(arguments: [
            (ASAuthorizationError.Code.canceled, PlatformError.Cancelled),
            (.matchedExcludedCredential, .AlreadyExists),
            (.deviceNotConfiguredForPasskeyCreation, .Unsupported), (.notInteractive, .Unsupported),
        ])
        func whatTheSystemSaysIsPassedOn(code: ASAuthorizationError.Code, expected: PlatformError) async {
            SimulatedSheet.decision = .fails(ASAuthorizationError(code))
            #expect(await thrown { try await passkeys.create(optionsJson: creation) } == expected)
        }

        @Test func theSheetGoesAwayWithTheTask() async throws {
            let (passkeys, request) = (passkeys, request)
            let task = Task { try await passkeys.get(optionsJson: request) }
            try await eventually("a sheet is shown") { SimulatedSheet.count == 1 }
            task.cancel()
            #expect(await thrown { try await task.value } == .Cancelled)
            try await eventually("the sheet goes away") { SimulatedSheet.count == 0 }
        }

        @Test func aTaskThatIsOverShowsNoSheet() async throws {
            let (passkeys, request) = (passkeys, request)
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await passkeys.get(optionsJson: request)
            }
            #expect(await thrown { try await task.value } == .Cancelled)
            #expect(SimulatedSheet.shown.isEmpty)
        }

        @Test func withoutAWindowThereIsNoSheet() async {
            UIApplication.shared.simulateNoScenes()
            _ = UIApplication.shared.simulateScene(.background)
            #expect(await thrown { try await passkeys.get(optionsJson: request) } == .Unsupported)
            #expect(SimulatedSheet.shown.isEmpty)
        }
    }
}
