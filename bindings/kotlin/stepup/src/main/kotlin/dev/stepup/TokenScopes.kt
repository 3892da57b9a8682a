package dev.stepup

import dev.stepup.core.TokenScope

/**
 * The scopes that are known: what an elevated access token can permit.
 *
 * The set is open. A scope is a plain text, so one that is not here can be written as it is on the wire.
 */
public object TokenScopes {
    /** Export of a wallet's private key. */
    public const val WALLET_EXPORT: TokenScope = "wallet:export"

    /** Any signature of an embedded wallet. */
    public const val WALLET_SIGN: TokenScope = "wallet:sign"

    /** Deletion of an embedded wallet. */
    public const val WALLET_DELETE: TokenScope = "wallet:delete"

    /** Refresh of an embedded wallet's key shares. */
    public const val WALLET_REFRESH: TokenScope = "wallet:refresh"

    /** A new distribution of an embedded wallet's key shares. */
    public const val WALLET_RESHARE: TokenScope = "wallet:reshare"

    /** Delegated access to an embedded wallet. */
    public const val WALLET_DELEGATE: TokenScope = "wallet:delegate"

    /** Restoring of an embedded wallet. */
    public const val WALLET_RESTORE: TokenScope = "wallet:restore"

    /** Adding a way to sign in or to verify. */
    public const val CREDENTIAL_LINK: TokenScope = "credential:link"

    /** Changing a credential. */
    public const val CREDENTIAL_UPDATE: TokenScope = "credential:update"

    /** Removing a way to sign in or to verify. */
    public const val CREDENTIAL_UNLINK: TokenScope = "credential:unlink"

    /** Changing the user's profile. */
    public const val USER_UPDATE: TokenScope = "user:update"

    /** Deleting the user's account. */
    public const val USER_DELETE: TokenScope = "user:delete"
}
