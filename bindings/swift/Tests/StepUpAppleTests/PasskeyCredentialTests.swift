import Foundation
import Testing

@testable import StepUpApple

@Suite struct PasskeyCredentialTests {
    private func members(_ json: String) throws -> NSDictionary {
        try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? NSDictionary)
    }

    @Test func aNewPasskeyIsARegistrationResponse() throws {
        let passkey = PasskeyCredential(
            id: Data("id".utf8), clientData: Data("{}".utf8), attestation: Data("attested".utf8),
            attachment: "platform")
        let expected: NSDictionary = [
            "id": "aWQ", "rawId": "aWQ", "type": "public-key", "authenticatorAttachment": "platform",
            "clientExtensionResults": [String: String](),
            "response": ["clientDataJSON": "e30", "attestationObject": "YXR0ZXN0ZWQ"],
        ]
        #expect(try members(passkey.json) == expected)
    }

    @Test func aProofIsAnAuthenticationResponse() throws {
        let proof = PasskeyCredential(
            id: Data("id".utf8), clientData: Data("{}".utf8), authenticatorData: Data("data".utf8),
            signature: Data("signed".utf8), userHandle: Data("user".utf8), attachment: nil)
        let expected: NSDictionary = [
            "id": "aWQ", "rawId": "aWQ", "type": "public-key",
            "clientExtensionResults": [String: String](),
            "response": [
                "clientDataJSON": "e30", "authenticatorData": "ZGF0YQ", "signature": "c2lnbmVk",
                "userHandle": "dXNlcg",
            ],
        ]
        #expect(try members(proof.json) == expected)
    }

    @Test(arguments: [nil, Data()])
    func anEmptyUserHandleIsNone(handle: Data?) throws {
        let proof = PasskeyCredential(
            id: Data("id".utf8), clientData: Data("{}".utf8), authenticatorData: Data("data".utf8),
            signature: Data("signed".utf8), userHandle: handle, attachment: nil)
        let response = try #require(try members(proof.json)["response"] as? NSDictionary)
        #expect(response["userHandle"] == nil)
    }
}
