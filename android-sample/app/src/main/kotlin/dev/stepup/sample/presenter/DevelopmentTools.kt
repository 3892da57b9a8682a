package dev.stepup.sample.presenter

import dev.stepup.core.PasskeyProvider
import dev.stepup.core.TokenScope
import dev.stepup.core.WalletSigner

/**
 * What the sandbox can stand in for while an app is made: the app's backend that signs assertions, a passkey
 * sheet and a wallet. Only the debug build has it, and only for a server on this machine.
 */
interface DevelopmentTools {
    /** The sandbox's authenticator in place of the system's sheet: nobody has to touch anything. */
    val passkeys: PasskeyProvider

    /** The sandbox's wallet. */
    val walletSigner: WalletSigner

    /**
     * An assertion (JWT) as the app's own backend would sign it.
     *
     * @param subject the user's id, there or here.
     * @param email of a user who is not known yet.
     * @param scopes what it permits; none for a sign-in.
     */
    suspend fun assertion(subject: String, email: String?, scopes: List<TokenScope>): String
}
