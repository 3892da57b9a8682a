import Foundation
import StepUp

// The options of WebAuthn Level 3 §5.1 as far as the system's sheet takes them. What is not known is passed
// over.

/// `PublicKeyCredentialCreationOptionsJSON`.
struct PasskeyCreationOptions: Decodable {
    struct RelyingParty: Decodable {
        let id: String?
    }

    struct User: Decodable {
        let id: Bytes
        let name: String
        let displayName: String?
    }

    struct Selection: Decodable {
        let userVerification: String?
    }

    let challenge: Bytes
    let rp: RelyingParty
    let user: User
    let excludeCredentials: [PasskeyDescriptor]?
    let authenticatorSelection: Selection?

    /// Which passkeys make another one senseless.
    var excluded: [Data] { (excludeCredentials ?? []).map(\.id.data) }
}

/// `PublicKeyCredentialRequestOptionsJSON`.
struct PasskeyRequestOptions: Decodable {
    let challenge: Bytes
    let rpId: String?
    let allowCredentials: [PasskeyDescriptor]?
    let userVerification: String?

    /// Which passkeys will do; any, if there are none.
    var allowed: [Data] { (allowCredentials ?? []).map(\.id.data) }
}

/// `PublicKeyCredentialDescriptorJSON`.
struct PasskeyDescriptor: Decodable {
    let id: Bytes
}

/// Bytes that are written as base64url.
struct Bytes: Decodable {
    let data: Data

    init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let data = Data(base64url: text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not base64url"))
        }
        self.data = data
    }
}

/// Reads options. An app has no domain of its own from which a missing relying party could be told.
///
/// - Throws: `PlatformError.Internal`, without what the options hold.
func passkeyOptions<Options: Decodable>(_ type: Options.Type, from json: String) throws -> Options {
    do {
        return try JSONDecoder().decode(type, from: Data(json.utf8))
    } catch {
        throw PlatformError.Internal(reason: "the passkey's options cannot be read")
    }
}

/// - Throws: `PlatformError.Configuration` if there is none.
func relyingParty(_ id: String?) throws -> String {
    guard let id, !id.isEmpty else {
        throw PlatformError.Configuration(reason: "the passkey's options name no relying party")
    }
    return id
}
