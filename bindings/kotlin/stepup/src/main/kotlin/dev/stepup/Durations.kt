package dev.stepup

import dev.stepup.core.ClientConfig
import dev.stepup.core.Deadlines
import dev.stepup.core.Limits
import dev.stepup.core.StepUpException
import kotlin.time.Duration
import kotlin.time.toJavaDuration

/**
 * The limits of network calls, for [ClientConfig.limits]. What is not given stays at its default.
 *
 * @param connectTimeout time for making a connection; 10 s by default.
 * @param requestTimeout time for a whole call, connection and body included; 30 s by default.
 * @param maxBodyBytes size of an answer's body, in bytes; 1 MiB by default.
 */
public fun limits(
    connectTimeout: Duration? = null,
    requestTimeout: Duration? = null,
    maxBodyBytes: ULong? = null,
): Limits = Limits(connectTimeout?.toJavaDuration(), requestTimeout?.toJavaDuration(), maxBodyBytes)

/**
 * How long the app's callbacks may take, for [ClientConfig.deadlines]. What is not given stays at its
 * default.
 *
 * @param storage the storage, and listeners; 5 s by default.
 * @param keys the device's keys; 30 s by default.
 * @param passkey a passkey ceremony, which waits for a person; 5 min by default.
 * @param browser a visit to an OAuth provider's page, which waits for a person; 5 min by default.
 * @param wallet a wallet, which waits for a person; 5 min by default.
 * @param captcha a captcha, which waits for a person; 5 min by default.
 */
public fun deadlines(
    storage: Duration? = null,
    keys: Duration? = null,
    passkey: Duration? = null,
    browser: Duration? = null,
    wallet: Duration? = null,
    captcha: Duration? = null,
): Deadlines = Deadlines(
    storage = storage?.toJavaDuration(),
    keys = keys?.toJavaDuration(),
    passkey = passkey?.toJavaDuration(),
    browser = browser?.toJavaDuration(),
    wallet = wallet?.toJavaDuration(),
    captcha = captcha?.toJavaDuration(),
)

/**
 * This configuration, without negative durations: there is no way to hand these to the library.
 *
 * @throws StepUpException.InvalidConfiguration with the name of the field.
 */
internal fun ClientConfig.withoutNegativeDurations(): ClientConfig {
    val durations = mapOf(
        "limits.connect_timeout" to limits?.connectTimeout,
        "limits.request_timeout" to limits?.requestTimeout,
        "deadlines.storage" to deadlines?.storage,
        "deadlines.keys" to deadlines?.keys,
        "deadlines.passkey" to deadlines?.passkey,
        "deadlines.browser" to deadlines?.browser,
        "deadlines.wallet" to deadlines?.wallet,
        "deadlines.captcha" to deadlines?.captcha,
    )
    val field = durations.entries.firstOrNull { it.value?.isNegative == true }?.key ?: return this
    throw StepUpException.InvalidConfiguration(field, "must be longer than zero")
}
