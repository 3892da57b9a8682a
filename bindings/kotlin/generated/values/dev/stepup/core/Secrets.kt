package dev.stepup.core

// Secrets that an app is handed. Printing one shows what it is and nothing else.

/**
 * A session token, for the app's own backend.
 *
 * @property value the token itself. Send or show it, do not log or keep it.
 */
@JvmInline
public value class SessionToken(public val value: String) {
    override fun toString(): String = "SessionToken([redacted])"
}

/**
 * An elevated access token as it is sent in `x-dyn-elevated-access-token`.
 *
 * @property value the token itself. Send or show it, do not log or keep it.
 */
@JvmInline
public value class ElevatedAccessToken(public val value: String) {
    override fun toString(): String = "ElevatedAccessToken([redacted])"
}

/**
 * A token of action-based MFA as it is sent in `x-mfa-auth-token`.
 *
 * @property value the token itself. Send or show it, do not log or keep it.
 */
@JvmInline
public value class LegacyMfaToken(public val value: String) {
    override fun toString(): String = "LegacyMfaToken([redacted])"
}

/**
 * The shared secret of an authenticator app, in base32, for people who type it.
 *
 * @property value the secret itself. Send or show it, do not log or keep it.
 */
@JvmInline
public value class TotpSecret(public val value: String) {
    override fun toString(): String = "TotpSecret([redacted])"
}

/**
 * The `otpauth://` URI of an authenticator app; on a phone, opening it adds the account.
 *
 * @property value the URI itself. Send or show it, do not log or keep it.
 */
@JvmInline
public value class OtpauthUri(public val value: String) {
    override fun toString(): String = "OtpauthUri([redacted])"
}

/**
 * A recovery code, to be shown to the user once.
 *
 * @property value the code itself. Send or show it, do not log or keep it.
 */
@JvmInline
public value class RecoveryCode(public val value: String) {
    override fun toString(): String = "RecoveryCode([redacted])"
}
