import Foundation

/// A passkey's answer, in the form of `RegistrationResponseJSON` and `AuthenticationResponseJSON` (WebAuthn
/// Level 3 §5.1).
struct PasskeyCredential: Encodable {
    private struct Response: Encodable {
        var clientDataJSON: String
        var attestationObject: String?
        var authenticatorData: String?
        var signature: String?
        var userHandle: String?
    }

    private struct Extensions: Encodable {}

    private let id: String
    private let rawId: String
    private let type = "public-key"
    private let authenticatorAttachment: String?
    private let clientExtensionResults = Extensions()
    private let response: Response

    /// A new passkey.
    init(id: Data, clientData: Data, attestation: Data, attachment: String?) {
        self.init(
            id: id, attachment: attachment,
            response: Response(
                clientDataJSON: clientData.base64url, attestationObject: attestation.base64url))
    }

    /// A proof that a passkey is there. An empty user handle is none.
    init(
        id: Data, clientData: Data, authenticatorData: Data, signature: Data, userHandle: Data?,
        attachment: String?
    ) {
        let handle = userHandle.flatMap { $0.isEmpty ? nil : $0.base64url }
        self.init(
            id: id, attachment: attachment,
            response: Response(
                clientDataJSON: clientData.base64url, authenticatorData: authenticatorData.base64url,
                signature: signature.base64url, userHandle: handle))
    }

    private init(id: Data, attachment: String?, response: Response) {
        (self.id, rawId) = (id.base64url, id.base64url)
        (authenticatorAttachment, self.response) = (attachment, response)
    }

    /// As text.
    var json: String {
        get throws { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }
    }
}
