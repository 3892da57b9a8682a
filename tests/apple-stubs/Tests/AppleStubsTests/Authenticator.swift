import AuthenticationServices
import Foundation
import StepUpTesting

@testable import StepUpApple

extension ASAuthorizationRequest {
    /// What the sheet was asked for, as WebAuthn has it.
    var optionsJson: String {
        get throws {
            let options: [String: Any]
            switch self {
            case let request as ASAuthorizationPlatformPublicKeyCredentialRegistrationRequest:
                options = [
                    "challenge": request.challenge.base64url,
                    "rp": ["id": request.relyingPartyIdentifier, "name": "App"],
                    "user": [
                        "id": request.userID.base64url, "name": request.name,
                        "displayName": request.displayName ?? request.name,
                    ],
                    "pubKeyCredParams": [["type": "public-key", "alg": -7]],
                    "authenticatorSelection": [
                        "residentKey": "required",
                        "userVerification": request.userVerificationPreference.rawValue,
                    ],
                ]
            case let request as ASAuthorizationPlatformPublicKeyCredentialAssertionRequest:
                options = [
                    "challenge": request.challenge.base64url, "rpId": request.relyingPartyIdentifier,
                    "userVerification": request.userVerificationPreference.rawValue,
                    "allowCredentials": request.allowedCredentials.map {
                        ["type": "public-key", "id": $0.credentialID.base64url]
                    },
                ]
            default: options = [:]
            }
            return String(decoding: try JSONSerialization.data(withJSONObject: options), as: UTF8.self)
        }
    }
}

extension SimulatedSheet.Decision {
    /// What the sandbox's authenticator has answered, if it has done what was asked for.
    init?(_ answer: Sandbox.Answer) {
        struct Credential: Decodable {
            struct Response: Decodable {
                let clientDataJSON: Bytes
                let attestationObject: Bytes?
                let authenticatorData: Bytes?
                let signature: Bytes?
                let userHandle: Bytes?
            }
            let id: Bytes
            let response: Response
        }
        guard let credential = try? JSONDecoder().decode(Credential.self, from: answer.body) else {
            return nil
        }
        let (id, response) = (credential.id.data, credential.response)
        self =
            if let attestation = response.attestationObject {
                .registers(id: id, clientData: response.clientDataJSON.data, attestation: attestation.data)
            } else {
                .asserts(
                    id: id, clientData: response.clientDataJSON.data,
                    authenticatorData: response.authenticatorData?.data, userID: response.userHandle?.data,
                    signature: response.signature?.data)
            }
    }
}
