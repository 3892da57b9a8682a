package dev.stepup.android

import android.net.Uri
import dev.stepup.core.BrowserRequest
import dev.stepup.core.PlatformException
import java.util.UUID
import java.util.concurrent.atomic.AtomicReference
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.receiveAsFlow

/** The visit to a browser that this process waits for: one browser can be in front, so there is one visit. */
internal object BrowserVisits {
    private val current = AtomicReference<Visit?>()
    private val unawaited = Channel<String>(Channel.CONFLATED)

    /** Redirects that nobody waited for, the latest one: those of an earlier process. */
    val unawaitedRedirects: Flow<String> = unawaited.receiveAsFlow()

    /** Told that there may be one of these. */
    @Volatile
    var onUnawaited: () -> Unit = {}

    /** A visit that was waited for ends: the browser shows another page. */
    fun begin(request: BrowserRequest): Visit {
        val visit = Visit(request)
        current.getAndSet(visit)?.fail(PlatformException.Cancelled())
        return visit
    }

    /** Nobody waits for this visit any more. */
    fun forget(visit: Visit) {
        current.compareAndSet(visit, null)
    }

    /** Whether a redirect ends the visit. What an earlier process has asked for is not known here. */
    fun isAwaited(redirect: Uri): Boolean = current.get()?.isEndedBy(redirect) ?: true

    fun redirected(redirect: Uri) {
        val visit = current.getAndSet(null)
        if (visit != null) return visit.end(redirect.toString())
        unawaited.trySend(redirect.toString())
        onUnawaited()
    }

    /** The redirect that nobody waited for, to whoever asks first. */
    fun takeUnawaited(): String? = unawaited.tryReceive().getOrNull()

    /** The user has come back without a redirect, or there is no browser. Nothing if it has ended. */
    fun failed(id: String, failure: PlatformException) {
        val visit = current.get()?.takeIf { it.id == id } ?: return
        if (current.compareAndSet(visit, null)) visit.fail(failure)
    }
}

/** One page in the browser, and how that ended. */
internal class Visit(private val request: BrowserRequest) {
    private val redirect = CompletableDeferred<String>()

    /** For the activity below the browser, which may outlive the process: no two processes have the same. */
    val id = UUID.randomUUID().toString()
    val page: Uri get() = Uri.parse(request.url)

    suspend fun await(): String = redirect.await()

    fun end(url: String) {
        redirect.complete(url)
    }

    fun fail(failure: PlatformException) {
        redirect.completeExceptionally(failure)
    }

    /**
     * Whether this is the redirect, as far as can be told here: the library looks closer. Any app can send
     * such an intent, and none of them shall end the visit.
     */
    fun isEndedBy(url: Uri): Boolean = isSamePlace(url, Uri.parse(request.redirectUrl)) &&
        page.parameter("state").let { it == null || it in url.states() }

    private fun isSamePlace(one: Uri, other: Uri) = one.isHierarchical && other.isHierarchical &&
        one.scheme.equals(other.scheme, ignoreCase = true) &&
        one.authority.orEmpty().equals(other.authority.orEmpty(), ignoreCase = true) &&
        one.path.orEmpty().trimEnd('/') == other.path.orEmpty().trimEnd('/')

    private fun Uri.states() = STATE_PARAMETERS.mapNotNull { parameter(it) }

    private fun Uri.parameter(name: String): String? = if (isHierarchical) getQueryParameter(name) else null

    private companion object {
        /** The second one is what the service itself sends back. */
        val STATE_PARAMETERS = listOf("state", "dynamicOauthState")
    }
}
