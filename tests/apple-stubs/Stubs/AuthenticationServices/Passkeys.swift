// The public-key credentials of the platform. The members of an assertion are not audited for nullability,
// so that Swift has them as `Data!`.

/// `NS_TYPED_EXTENSIBLE_ENUM`.
public struct ASAuthorizationPublicKeyCredentialUserVerificationPreference: RawRepresentable, Hashable,
    Sendable
{
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public init(_ rawValue: String) { self.rawValue = rawValue }
    public static let preferred = Self("preferred")
    public static let required = Self("required")
    public static let discouraged = Self("discouraged")
}
public enum ASAuthorizationPublicKeyCredentialAttachment: Int, Sendable { case platform, crossPlatform }

public protocol ASPublicKeyCredential: ASAuthorizationCredential {
    var rawClientDataJSON: Data { get }
    var credentialID: Data { get }
}
public protocol ASAuthorizationPublicKeyCredentialRegistration: ASPublicKeyCredential {
    var rawAttestationObject: Data? { get }
}
public protocol ASAuthorizationPublicKeyCredentialAssertion: ASPublicKeyCredential {
    var rawAuthenticatorData: Data! { get }
    var userID: Data! { get }
    var signature: Data! { get }
}

open class ASAuthorizationPlatformPublicKeyCredentialDescriptor: NSObject {
    open var credentialID: Data
    public init(credentialID: Data) { self.credentialID = credentialID }
}
open class ASAuthorizationPlatformPublicKeyCredentialRegistrationRequest: ASAuthorizationRequest {
    public let relyingPartyIdentifier: String
    open var userID: Data
    open var name: String
    open var displayName: String?
    open var challenge: Data
    open var userVerificationPreference: ASAuthorizationPublicKeyCredentialUserVerificationPreference =
        .preferred
    /// From iOS 17.4 and macOS 13.5 on.
    open var excludedCredentials: [ASAuthorizationPlatformPublicKeyCredentialDescriptor]?
    init(relyingPartyIdentifier: String, userID: Data, name: String, challenge: Data) {
        (self.relyingPartyIdentifier, self.userID) = (relyingPartyIdentifier, userID)
        (self.name, self.challenge) = (name, challenge)
    }
}
open class ASAuthorizationPlatformPublicKeyCredentialAssertionRequest: ASAuthorizationRequest {
    open var relyingPartyIdentifier: String
    open var challenge: Data
    open var userVerificationPreference: ASAuthorizationPublicKeyCredentialUserVerificationPreference =
        .preferred
    open var allowedCredentials: [ASAuthorizationPlatformPublicKeyCredentialDescriptor] = []
    init(relyingPartyIdentifier: String, challenge: Data) {
        (self.relyingPartyIdentifier, self.challenge) = (relyingPartyIdentifier, challenge)
    }
}
open class ASAuthorizationPlatformPublicKeyCredentialProvider: NSObject, ASAuthorizationProvider {
    public let relyingPartyIdentifier: String
    public init(relyingPartyIdentifier: String) { self.relyingPartyIdentifier = relyingPartyIdentifier }
    open func createCredentialRegistrationRequest(
        challenge: Data, name: String, userID: Data
    ) -> ASAuthorizationPlatformPublicKeyCredentialRegistrationRequest {
        .init(
            relyingPartyIdentifier: relyingPartyIdentifier, userID: userID, name: name, challenge: challenge)
    }
    open func createCredentialAssertionRequest(
        challenge: Data
    ) -> ASAuthorizationPlatformPublicKeyCredentialAssertionRequest {
        .init(relyingPartyIdentifier: relyingPartyIdentifier, challenge: challenge)
    }
}
open class ASAuthorizationPlatformPublicKeyCredentialRegistration: NSObject,
    ASAuthorizationPublicKeyCredentialRegistration
{
    public let rawClientDataJSON: Data
    public let credentialID: Data
    public let rawAttestationObject: Data?
    /// From iOS 16.6 and macOS 13.5 on.
    public let attachment: ASAuthorizationPublicKeyCredentialAttachment
    init(
        id: Data, clientData: Data, attestation: Data?,
        attachment: ASAuthorizationPublicKeyCredentialAttachment = .platform
    ) {
        (credentialID, rawClientDataJSON) = (id, clientData)
        (rawAttestationObject, self.attachment) = (attestation, attachment)
    }
}
open class ASAuthorizationPlatformPublicKeyCredentialAssertion: NSObject,
    ASAuthorizationPublicKeyCredentialAssertion
{
    public let rawClientDataJSON: Data
    public let credentialID: Data
    public let rawAuthenticatorData: Data!
    public let userID: Data!
    public let signature: Data!
    /// From iOS 16.6 and macOS 13.5 on.
    public let attachment: ASAuthorizationPublicKeyCredentialAttachment
    init(
        id: Data, clientData: Data, authenticatorData: Data?, userID: Data?, signature: Data?,
        attachment: ASAuthorizationPublicKeyCredentialAttachment = .platform
    ) {
        (credentialID, rawClientDataJSON, rawAuthenticatorData) = (id, clientData, authenticatorData)
        (self.userID, self.signature, self.attachment) = (userID, signature, attachment)
    }
}
