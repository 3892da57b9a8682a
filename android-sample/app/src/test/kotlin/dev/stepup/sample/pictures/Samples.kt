package dev.stepup.sample.pictures

import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel
import com.google.zxing.qrcode.encoder.Encoder
import dev.stepup.core.CredentialFormat
import dev.stepup.core.CredentialId
import dev.stepup.core.MfaFactorId
import dev.stepup.core.OnboardingDuty
import dev.stepup.core.OptionId
import dev.stepup.core.OtpauthUri
import dev.stepup.core.QrCode
import dev.stepup.core.RecoveryCode
import dev.stepup.core.RegisteredDevice
import dev.stepup.core.RegisteredDeviceId
import dev.stepup.core.RegisteredDeviceKind
import dev.stepup.core.StepUpMethod
import dev.stepup.core.TotpEnrollment
import dev.stepup.core.TotpSecret
import dev.stepup.sample.presenter.HomeState
import dev.stepup.sample.presenter.LinkedCredential
import dev.stepup.sample.presenter.MethodChoice
import dev.stepup.sample.presenter.Notice
import dev.stepup.sample.presenter.RecoveryCodesState
import dev.stepup.sample.presenter.RevocationQuestion
import dev.stepup.sample.presenter.StepUpSheet
import dev.stepup.sample.presenter.TotpState
import dev.stepup.sample.presenter.TrustedDevicesState
import java.time.Instant

/** What the pictures show; nobody's in fact. */
internal object Samples {
    private const val SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    const val OTPAUTH_URI = "otpauth://totp/Example:ada%40example.com?secret=$SECRET&issuer=Example"

    val home = HomeState(
        name = "ada@example.com",
        expiresAt = Instant.parse("2026-11-22T18:30:00Z"),
        duties = listOf(OnboardingDuty.ACKNOWLEDGE_RECOVERY_CODES),
        credentials = listOf(
            LinkedCredential(CredentialId("1"), CredentialFormat.Email, "ada@example.com"),
            LinkedCredential(CredentialId("2"), CredentialFormat.OAuth, "google"),
        ),
    )

    val choosing = StepUpSheet.Choosing(
        choices = listOf(
            choice(StepUpMethod.Passkey, isPreferred = true),
            choice(StepUpMethod.Totp),
            choice(StepUpMethod.Email, "a•••@example.com"),
            choice(StepUpMethod.Sms, "+1 •••67"),
            choice(StepUpMethod.Wallet, notice = Notice.NOT_ON_THIS_DEVICE),
            choice(StepUpMethod.RecoveryCode),
        ),
        toEnroll = emptyList(),
        notice = null,
        canRetry = false,
    )

    val wrongCode = StepUpSheet.Code(
        StepUpMethod.Email,
        sentTo = "a•••@example.com",
        resendIn = 18,
        isResending = false,
        notice = Notice.CODE_WRONG,
    )

    val waiting = StepUpSheet.Waiting(StepUpMethod.Passkey, notice = null)

    private val own = device("1", "Pixel 9 (Android 16)", "2026-11-02T08:00:00Z", isCurrent = true)
    private val other = device("2", "iPhone (iOS 26)", "2026-09-14T08:00:00Z")
    private val third = device("3", "Firefox on Linux", null, RegisteredDeviceKind.DESKTOP)
    val devices = TrustedDevicesState(listOf(own, other, third))
    val revocation = devices.copy(question = RevocationQuestion.One(other))

    val totp = TotpState(
        factors = emptyList(),
        enrollment = TotpEnrollment(MfaFactorId("1"), TotpSecret(SECRET), OtpauthUri(OTPAUTH_URI), qrCode()),
    )

    val codes = RecoveryCodesState.Shown(
        listOf(
            "7KQ2-M9XD", "W4TN-83HC", "P6RA-Y2LF", "E9GJ-51VK", "3BZS-QU8M",
            "N5XC-7D4W", "H2LT-K9PE", "V8FA-J36R", "Y1MG-B4ZQ", "D6US-C7NX",
        ).map { RecoveryCode(it) },
    )

    private fun choice(
        method: StepUpMethod,
        label: String? = null,
        isPreferred: Boolean = false,
        notice: Notice? = null,
    ) = MethodChoice(OptionId("$method"), method, label, isPreferred, isUsable = notice == null, notice)

    private fun device(
        id: String,
        name: String,
        since: String?,
        kind: RegisteredDeviceKind = RegisteredDeviceKind.MOBILE,
        isCurrent: Boolean = false,
    ) = RegisteredDevice(RegisteredDeviceId(id), isCurrent, since?.let(Instant::parse), null, name, kind)

    /** As the library makes them. */
    private fun qrCode(): QrCode {
        val matrix = Encoder.encode(OTPAUTH_URI, ErrorCorrectionLevel.M).matrix
        val modules = matrix.array.flatMap { it.toList() }.toByteArray()
        return QrCode(matrix.width.toUInt(), modules, svg = "")
    }
}
