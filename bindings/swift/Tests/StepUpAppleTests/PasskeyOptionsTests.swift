import Foundation
import StepUp
import Testing

@testable import StepUpApple

@Suite struct PasskeyOptionsTests {
    @Test func creationOptionsAreReadAsFarAsTheSheetTakesThem() throws {
        let json = """
            {"challenge":"Y2hhbGxlbmdl","rp":{"id":"app.example","name":"App"},
             "user":{"id":"dXNlcg","name":"ada@example.com","displayName":"Ada"},
             "pubKeyCredParams":[{"type":"public-key","alg":-7}],"timeout":60000,"attestation":"none",
             "authenticatorSelection":{"residentKey":"required","userVerification":"required"},
             "excludeCredentials":[{"id":"b25l","type":"public-key","transports":["hybrid"]}],
             "extensions":{"credProps":true},"hints":[],"later":null}
            """
        let options = try passkeyOptions(PasskeyCreationOptions.self, from: json)
        #expect(options.challenge.data == Data("challenge".utf8))
        #expect(options.rp.id == "app.example")
        #expect(options.user.id.data == Data("user".utf8))
        #expect(options.user.name == "ada@example.com" && options.user.displayName == "Ada")
        #expect(options.authenticatorSelection?.userVerification == "required")
        #expect(options.excluded == [Data("one".utf8)])
    }

    @Test func whatMayBeMissingMayBeMissing() throws {
        let creation = try passkeyOptions(
            PasskeyCreationOptions.self, from: #"{"challenge":"YQ","rp":{},"user":{"id":"YQ","name":"a"}}"#)
        #expect(creation.excluded.isEmpty && creation.rp.id == nil && creation.user.displayName == nil)
        let request = try passkeyOptions(PasskeyRequestOptions.self, from: #"{"challenge":"YQ"}"#)
        #expect(request.allowed.isEmpty && request.rpId == nil && request.userVerification == nil)
    }

    @Test func requestOptionsNameThePasskeysThatWillDo() throws {
        let json = """
            {"challenge":"YQ","rpId":"app.example","userVerification":"discouraged",
             "allowCredentials":[{"id":"b25l","type":"public-key"},{"id":"dHdv"}]}
            """
        let options = try passkeyOptions(PasskeyRequestOptions.self, from: json)
        #expect(options.allowed == [Data("one".utf8), Data("two".utf8)])
        #expect(options.rpId == "app.example" && options.userVerification == "discouraged")
    }

    @Test(arguments: [
        "", "null", "[]", "{}", #"{"challenge":1}"#, #"{"challenge":"not base64url"}"#,
        #"{"challenge":"YQ","allowCredentials":[{"id":"+"}]}"#,
    ])
    func whatCannotBeReadIsAnErrorWithoutItsText(json: String) throws {
        let expected = PlatformError.Internal(reason: "the passkey's options cannot be read")
        #expect(throws: expected) { try passkeyOptions(PasskeyRequestOptions.self, from: json) }
        #expect(throws: expected) { try passkeyOptions(PasskeyCreationOptions.self, from: json) }
    }

    @Test func anAppHasNoDomainOfItsOwn() throws {
        #expect(try relyingParty("app.example") == "app.example")
        #expect(configurationReason { try relyingParty(nil) } != nil)
        #expect(configurationReason { try relyingParty("") } != nil)
    }
}
