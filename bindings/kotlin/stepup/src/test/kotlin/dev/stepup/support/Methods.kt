package dev.stepup.support

import dev.stepup.StepUpFlow
import dev.stepup.calls.SOCIAL
import dev.stepup.calls.signInWithGoogle
import dev.stepup.core.PhoneNumber
import dev.stepup.core.SocialProvider
import dev.stepup.core.StepUpFilter
import dev.stepup.core.StepUpFlowState
import dev.stepup.core.StepUpMethod
import dev.stepup.core.StepUpOption
import dev.stepup.core.TokenScope
import dev.stepup.core.WalletChain
import kotlinx.serialization.json.put
import org.junit.jupiter.api.Assertions.assertEquals

/** What a user types or has typed for them: a code, an assertion. */
internal typealias Proof = suspend () -> String

/**
 * A way to step up.
 *
 * @property callback where the library asks the app for something, what it asks.
 * @property prepare signs a user in who can go it: what they will type.
 */
internal class Method(
    val method: StepUpMethod,
    val policy: String = "{}",
    val filter: StepUpFilter? = null,
    val isSecondFactor: Boolean = false,
    val maskedLabel: String? = null,
    val callback: (World.() -> Callback)? = null,
    val prepare: suspend World.() -> Proof,
) {
    override fun toString() = method::class.simpleName!! + if (isSecondFactor) ", second factor" else ""
}

internal const val CAPTCHA = """{"captcha": {"provider": "hcaptcha", "siteKey": "a-site"}}"""
private const val MFA_EMAIL = """{"mfa": {"methods": ["totp", "email"]}}"""
private val nothingToType: Proof = { throw AssertionError("there is nothing to type") }

internal val methods = listOf(
    Method(StepUpMethod.Email, maskedLabel = "a•••@example.com") {
        signIn();
        { sandbox.code(EMAIL) }
    },
    Method(StepUpMethod.Email, MFA_EMAIL, isSecondFactor = true) {
        signIn();
        { sandbox.code(EMAIL) }
    },
    Method(StepUpMethod.Sms, maskedLabel = "+1 •••67") {
        auth.sendSmsOtp(PhoneNumber("+1", "(202) 555-0167"))
        auth.signInWithOtp(sandbox.code(PHONE));
        { sandbox.code(PHONE) }
    },
    Method(StepUpMethod.Totp, isSecondFactor = true) {
        val totp = signInAndEnrollTotp();
        { code(totp) }
    },
    Method(StepUpMethod.Passkey, isSecondFactor = true, callback = { passkeys }) {
        signInToAddFactors()
        client.mfa.passkeys.register()
        nothingToType
    },
    Method(StepUpMethod.RecoveryCode, isSecondFactor = true) {
        signInAndEnrollTotp()
        val codes = mfa.recoveryCodes()
        mfa.acknowledgeRecoveryCodes();
        { codes.first().value }
    },
    Method(StepUpMethod.Wallet, callback = { wallets }) {
        wallets.offer("ada", WalletChain.Evm)
        auth.signInWithWallet()
        nothingToType
    },
    Method(StepUpMethod.Social(SocialProvider.Google), SOCIAL, callback = { browser }) {
        signInWithGoogle()
        nothingToType
    },
    Method(
        StepUpMethod.ExternalJwt,
        filter = StepUpFilter.Methods(listOf(StepUpMethod.ExternalJwt)),
    ) {
        val user = signIn().user;
        {
            sandbox.assertion {
                put("sub", user.id)
                put("scope", TokenScope.WALLET_EXPORT.value)
            }
        }
    },
)

/** A user who goes one way, types what is asked for, and does nothing twice. */
internal suspend fun Screen.goWay(method: StepUpMethod, proof: Proof): StepUpFlowState = play { state ->
    when (state) {
        is StepUpFlowState.Choosing -> {
            assertEquals(null, state.error)
            choose(state, method)
        }
        is StepUpFlowState.AwaitingCode -> {
            assertEquals(null, state.prompt.error)
            submit(proof())
        }
        is StepUpFlowState.AwaitingExternalJwt -> {
            assertEquals(null, state.error)
            submitExternalJwt(proof())
        }
        else -> {}
    }
}

internal fun StepUpFlow.choose(choice: StepUpFlowState.Choosing, method: StepUpMethod) =
    select(choice.option(method).id)

internal fun StepUpFlowState.Choosing.option(method: StepUpMethod): StepUpOption =
    options.single { it.method == method }
