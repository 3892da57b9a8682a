package dev.stepup.core

/**
 * A permission that an elevated access token carries.
 *
 * The set is open: the server may know scopes that are not among the constants, so any text without blanks is
 * accepted and passed on unchanged.
 *
 * @property value the scope as it is on the wire.
 */
@JvmInline
public value class TokenScope(public val value: String) {
    override fun toString(): String = value

    /** The scopes that are known. */
    public companion object {
        /** Export of a wallet's private key. */
        public val WALLET_EXPORT: TokenScope = TokenScope("wallet:export")

        /** Any signature of an embedded wallet. */
        public val WALLET_SIGN: TokenScope = TokenScope("wallet:sign")

        /** Deletion of an embedded wallet. */
        public val WALLET_DELETE: TokenScope = TokenScope("wallet:delete")

        /** Refresh of an embedded wallet's key shares. */
        public val WALLET_REFRESH: TokenScope = TokenScope("wallet:refresh")

        /** A new distribution of an embedded wallet's key shares. */
        public val WALLET_RESHARE: TokenScope = TokenScope("wallet:reshare")

        /** Delegated access to an embedded wallet. */
        public val WALLET_DELEGATE: TokenScope = TokenScope("wallet:delegate")

        /** Restoring of an embedded wallet. */
        public val WALLET_RESTORE: TokenScope = TokenScope("wallet:restore")

        /** Adding a way to sign in or to verify. */
        public val CREDENTIAL_LINK: TokenScope = TokenScope("credential:link")

        /** Changing a credential. */
        public val CREDENTIAL_UPDATE: TokenScope = TokenScope("credential:update")

        /** Removing a way to sign in or to verify. */
        public val CREDENTIAL_UNLINK: TokenScope = TokenScope("credential:unlink")

        /** Changing the user's profile. */
        public val USER_UPDATE: TokenScope = TokenScope("user:update")

        /** Deleting the user's account. */
        public val USER_DELETE: TokenScope = TokenScope("user:delete")
    }
}
