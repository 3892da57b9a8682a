package dev.stepup.support

import dev.stepup.calls.SOCIAL
import dev.stepup.core.CancelToken
import dev.stepup.core.PlatformCallback
import dev.stepup.core.SocialProvider
import dev.stepup.core.StepUpException
import dev.stepup.core.StorageFailure
import dev.stepup.core.TokenScope
import dev.stepup.core.WalletChain

/** A callback, a call that needs it, and what that call ends with when the callback fails or hangs. */
internal class Need(
    val name: String,
    val callback: World.() -> Callback,
    val prepare: suspend World.() -> Unit,
    val call: suspend World.(CancelToken?) -> Any?,
    val hasFailed: (StepUpException) -> Boolean,
    val hasTimedOut: (StepUpException) -> Boolean,
    val policy: String = "{}",
    val asksPerson: Boolean = false,
)

/** A callback that waits for a person. */
private fun needOfPerson(
    what: PlatformCallback,
    callback: World.() -> Callback,
    prepare: suspend World.() -> Unit,
    policy: String = "{}",
    call: suspend World.(CancelToken?) -> Any?,
) = Need(what.name.lowercase(), callback, prepare, call, failed(what), timedOut(what), policy, true)

private fun storageHasFailed(thrown: StepUpException) =
    thrown is StepUpException.StorageFailed && thrown.reason == StorageFailure.UNAVAILABLE

private fun timedOut(what: PlatformCallback) =
    { thrown: StepUpException -> thrown is StepUpException.TimedOut && thrown.what == what }

private fun failed(what: PlatformCallback) =
    { thrown: StepUpException -> thrown is StepUpException.CallbackFailed && thrown.what == what }

internal val needs = listOf(
    Need(
        "storage that is read",
        callback = { storage },
        prepare = {},
        call = { client.restore(it) },
        hasFailed = ::storageHasFailed,
        hasTimedOut = timedOut(PlatformCallback.STORAGE),
    ),
    Need(
        "storage that is written",
        callback = { storage },
        prepare = { signIn() },
        call = { auth.refresh(it) },
        hasFailed = ::storageHasFailed,
        hasTimedOut = timedOut(PlatformCallback.STORAGE),
    ),
    Need(
        "device keys",
        callback = { keys },
        prepare = { auth.sendEmailOtp(EMAIL) },
        call = { auth.signInWithOtp(sandbox.code(EMAIL), cancel = it) },
        hasFailed = failed(PlatformCallback.KEYS),
        hasTimedOut = timedOut(PlatformCallback.KEYS),
    ),
    needOfPerson(
        PlatformCallback.PASSKEY,
        callback = { passkeys },
        prepare = {
            signInToAddFactors()
            client.mfa.passkeys.register()
        },
    ) { stepUp.verifyPasskey(listOf(TokenScope.WALLET_EXPORT), it) },
    needOfPerson(PlatformCallback.BROWSER, callback = { browser }, prepare = {}, policy = SOCIAL) {
        auth.signInWithSocial(SocialProvider.Google, cancel = it)
    },
    needOfPerson(
        PlatformCallback.WALLET,
        callback = { wallets },
        prepare = { wallets.offer("ada", WalletChain.Evm) },
    ) { auth.signInWithWallet(cancel = it) },
    needOfPerson(
        PlatformCallback.CAPTCHA,
        callback = { captcha },
        prepare = { restart(platform(captcha)) },
        policy = """{"captcha": {"provider": "hcaptcha", "siteKey": "a-site"}}""",
    ) { auth.sendEmailOtp(EMAIL, it) },
)
