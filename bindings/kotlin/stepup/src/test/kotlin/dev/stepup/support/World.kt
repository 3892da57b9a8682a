package dev.stepup.support

import dev.stepup.StepUpClient
import dev.stepup.core.CaptchaProvider
import dev.stepup.core.ClientConfig
import dev.stepup.core.Deadlines
import dev.stepup.core.Elevation
import dev.stepup.core.Limits
import dev.stepup.core.MfaFactor
import dev.stepup.core.Platform
import dev.stepup.core.Session
import dev.stepup.core.SignInOptions
import dev.stepup.core.SignInOutcome
import dev.stepup.core.TokenScope
import java.time.Duration

internal const val EMAIL = "ada@example.com"
internal const val OTHER_EMAIL = "grace@example.com"
internal const val PHONE = "+12025550167"

/** The world of one test: a client on the sandbox, and the callbacks of an app. */
internal class World(val sandbox: Sandbox, val deadlines: Deadlines?) : AutoCloseable {
    val storage = TestStorage()
    val keys = TestKeys()
    val passkeys = TestPasskeys(sandbox)
    val browser = TestBrowser(sandbox)
    val wallets = TestWallets(sandbox)
    val captcha = TestCaptcha()
    val log = TestLog()
    val config = ClientConfig(
        environmentId = sandbox.environmentId,
        baseUrl = sandbox.baseUrl,
        appOrigin = "http://localhost",
        appLinks = listOf("http://localhost"),
        oauthRedirectUrl = "https://app.example/oauth",
        allowInsecureLoopback = true,
        limits = Limits(requestTimeout = Duration.ofSeconds(20)),
        deadlines = deadlines,
    )
    var client = StepUpClient(config, platform())
        private set

    val auth get() = client.auth
    val stepUp get() = client.stepUp
    val mfa get() = client.mfa

    fun platform(captcha: CaptchaProvider? = null): Platform =
        Platform(storage, keys, passkeys, browser, wallets, captcha, log)

    /** The app is started again: another client on the same storage and keys. */
    fun restart(platform: Platform = platform()) {
        client.close()
        client = StepUpClient(config, platform)
    }

    suspend fun signIn(options: SignInOptions = SignInOptions()): Session {
        auth.sendEmailOtp(EMAIL)
        val outcome = auth.signInWithOtp(sandbox.code(EMAIL), options)
        return (outcome as SignInOutcome.Done).session
    }

    /** With the ten-minute permission to add a first factor. */
    suspend fun signInToAddFactors(): Session = signIn(SignInOptions(allowNewMfaLinking = true))

    suspend fun signInAndEnrollTotp(): Totp {
        signInToAddFactors()
        val totp = Totp(mfa.enrollTotp())
        mfa.confirmTotp(code(totp))
        return totp
    }

    /** The user's factors of all kinds. */
    suspend fun factors(): List<MfaFactor> = mfa.methods().flatMap { it.factors }

    suspend fun verifyByEmail(scope: TokenScope = TokenScope.WALLET_EXPORT): Elevation =
        verifyByEmail(listOf(scope))

    suspend fun verifyByEmail(scopes: List<TokenScope>): Elevation {
        stepUp.sendOtp()
        return stepUp.verifyOtp(sandbox.code(EMAIL), scopes)
    }

    /** What the authenticator app shows. A code is good once, so the clock moves on to the next one. */
    fun code(totp: Totp): String {
        sandbox.advance(30)
        return totp.code(sandbox.now())
    }

    /** Calls the app's own backend with the headers that the client hands out: the status. */
    suspend fun proceed(scope: TokenScope = TokenScope.WALLET_EXPORT): Int =
        sandbox.protected(scope, stepUp.authorizationHeaders(scope))

    override fun close() {
        client.close()
    }
}
