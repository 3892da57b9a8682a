package dev.stepup.sample.presenter

import dev.stepup.StepUpClient
import dev.stepup.core.CredentialFormat
import dev.stepup.core.CredentialId
import dev.stepup.core.Elevation
import dev.stepup.core.LinkOutcome
import dev.stepup.core.MergeConflicts
import dev.stepup.core.MergeResolution
import dev.stepup.core.OnboardingDuty
import dev.stepup.core.Session
import dev.stepup.core.SocialProvider
import dev.stepup.core.StepUpFilter
import dev.stepup.core.StepUpFlowState
import dev.stepup.core.StepUpMethod
import dev.stepup.core.TokenScope
import dev.stepup.core.VerifiedCredential
import java.time.Instant
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.launch

/**
 * What home shows of the session. There is no token in it.
 *
 * @property duties what the user has still to do, in the order in which to do it.
 * @property elevations what the user has lately proven, and for how long that holds.
 * @property offer what linking has led to and the user has to decide.
 */
data class HomeState(
    val name: String? = null,
    val expiresAt: Instant? = null,
    val duties: List<OnboardingDuty> = emptyList(),
    val credentials: List<LinkedCredential> = emptyList(),
    val elevations: List<Elevation> = emptyList(),
    val offer: LinkOffer? = null,
)

/** A way for the user to sign in. */
data class LinkedCredential(val id: CredentialId, val format: CredentialFormat, val label: String)

/** What the user wanted to link belongs to somebody else, who may be the same person. */
sealed interface LinkOffer {
    /** The two accounts can become one. */
    data class Merge(val conflicts: MergeConflicts) : LinkOffer

    /** The wallet can move to this account. */
    data class Transfer(val address: String) : LinkOffer
}

/** Home: who is signed in, what is left to do, and what takes a step-up. */
class HomePresenter(
    private val client: StepUpClient,
    private val backend: Backend,
    private val sheet: StepUpSheetPresenter,
    private val endSession: suspend () -> Unit,
    scope: CoroutineScope,
) : Presenter<HomeState>(HomeState(), scope) {
    private val auth = client.auth
    private val stepUp = client.stepUp

    init {
        scope.launch { auth.sessions.collect { session -> show { it.of(session) } } }
        scope.launch { stepUp.heldElevations.collect { held -> show { it.copy(elevations = held) } } }
    }

    /** Asks the backend for the key: the step-up comes where the call needs it. */
    fun exportKey() = act { exported(backend.exportKey()) }

    /** As [exportKey], but the app's own backend says that it is the user; nobody is asked. */
    fun exportKeyByBackend() = act {
        val byBackend = StepUpFilter.Methods(listOf(StepUpMethod.ExternalJwt))
        val flow = stepUp.start(listOf(TokenScope.WALLET_EXPORT), byBackend)
        sheet.present(flow)
        when (val end = flow.state()) {
            is StepUpFlowState.Granted -> exported(backend.exportKey())
            is StepUpFlowState.Failed -> end.error.notice
            else -> null
        }
    }

    /** Shows the second factor that each sign-in wants here. */
    fun proveSecondFactor() = act {
        // A proof for whatever scope is one for the session.
        val flow = stepUp.start(listOf(TokenScope.CREDENTIAL_LINK), StepUpFilter.MfaOnly)
        sheet.present(flow)
        (flow.state() as? StepUpFlowState.Failed)?.error?.notice
    }

    /** Adds a social account as a way to sign in. */
    fun linkSocial(provider: SocialProvider) = act { linked(withStepUpToLink { auth.linkSocial(provider) }) }

    /** Adds the wallet of this phone. */
    fun linkWallet() = act { linked(withStepUpToLink { auth.linkWallet() }) }

    /** The user accepts what linking has led to. Where two accounts differ, what is here stays. */
    fun acceptOffer() = act {
        when (val offer = state.value.offer) {
            is LinkOffer.Merge -> linked(auth.confirmMerge(offer.conflicts.resolutions()))
            is LinkOffer.Transfer -> linked(withStepUpToLink { auth.confirmTransfer() })
            null -> null
        }
    }

    /** The user leaves everything as it is. */
    fun declineOffer() = show { it.copy(offer = null) }

    /** Who is signed in shows by itself. */
    override fun reset() {
        stop()
        declineOffer()
    }

    /** What was to be linked comes back to another process than the one that opened the browser. */
    internal fun cameBack(outcome: LinkOutcome) {
        linked(outcome)?.let(::tell)
    }

    /** Removes a way to sign in. */
    fun unlink(credential: CredentialId) = act {
        stepUp.withStepUp(TokenScope.CREDENTIAL_UNLINK, sheet::present) { auth.unlinkCredential(credential) }
        Notice.UNLINKED
    }

    /** Asks the server whether the session still holds, as after coming back to the app. */
    fun refresh() = act {
        auth.refresh()
        null
    }

    /** Ends the session; nothing of it stays on this device, whether or not the server hears of it. */
    fun signOut() = act {
        endSession()
        null
    }

    private suspend fun exported(status: Int): Notice = when (status) {
        200 -> Notice.EXPORTED
        // The backend knows that the session has ended: the client learns it by asking.
        401 -> {
            auth.refresh()
            Notice.REFUSED
        }
        else -> Notice.REFUSED
    }

    private suspend fun withStepUpToLink(link: suspend () -> LinkOutcome): LinkOutcome =
        stepUp.withStepUp(TokenScope.CREDENTIAL_LINK, sheet::present) { link() }

    private fun linked(outcome: LinkOutcome): Notice? {
        val offer = when (outcome) {
            is LinkOutcome.Done -> null
            is LinkOutcome.MergeRequired -> LinkOffer.Merge(outcome.conflicts)
            is LinkOutcome.TransferRequired -> LinkOffer.Transfer(outcome.account.address)
        }
        show { it.copy(offer = offer) }
        return if (offer == null) Notice.LINKED else null
    }
}

private fun HomeState.of(session: Session?): HomeState =
    if (session == null) {
        HomeState()
    } else {
        copy(
            name = with(session.user) { email ?: phoneNumber ?: username ?: alias },
            expiresAt = session.expiresAt,
            duties = session.duties,
            credentials = session.user.verifiedCredentials.map { it.shown() },
        )
    }

private fun VerifiedCredential.shown() =
    LinkedCredential(id, format, email ?: phoneNumber ?: oauthProvider ?: walletAddress ?: "")

private fun MergeConflicts.resolutions() =
    conflicts.map { MergeResolution(it.field, it.fieldType, it.current.userId) }
