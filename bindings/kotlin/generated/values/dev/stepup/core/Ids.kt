package dev.stepup.core

// Ids of the server, a class for each kind, so that none is given where another one belongs. Each is an
// opaque text that is passed on unchanged.

/**
 * Names a credential of the user: an e-mail address, a phone number, a social account, a wallet; and whatever
 * a check lists, which second factors are under the text that is their [MfaFactorId].
 *
 * @property value the id as it is on the wire.
 */
@JvmInline
public value class CredentialId(public val value: String) {
    override fun toString(): String = value
}

/**
 * Names a code that was sent. Not a secret.
 *
 * @property value the id as it is on the wire.
 */
@JvmInline
public value class VerificationId(public val value: String) {
    override fun toString(): String = value
}

/**
 * Names an option of a flow.
 *
 * @property value the credential's id; for what is no credential, a name of its own.
 */
@JvmInline
public value class OptionId(public val value: String) {
    override fun toString(): String = value
}

/**
 * Names a second factor of the user. A passkey is a factor under the text that is its [PasskeyId].
 *
 * @property value the id as it is on the wire.
 */
@JvmInline
public value class MfaFactorId(public val value: String) {
    override fun toString(): String = value
}

/**
 * Names a passkey on the server. What the authenticator knows it by is something else.
 *
 * @property value the id as it is on the wire.
 */
@JvmInline
public value class PasskeyId(public val value: String) {
    override fun toString(): String = value
}

/**
 * Names the registration of a device.
 *
 * @property value the id as it is on the wire.
 */
@JvmInline
public value class RegisteredDeviceId(public val value: String) {
    override fun toString(): String = value
}
