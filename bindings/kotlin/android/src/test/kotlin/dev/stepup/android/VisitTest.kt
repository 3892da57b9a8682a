package dev.stepup.android

import android.net.Uri
import dev.stepup.android.support.AndroidTest
import dev.stepup.core.BrowserRequest
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

/** Which URL ends a visit. */
internal class VisitTest : AndroidTest() {
    private fun isEnded(url: String, redirect: String = "https://app.example/oauth", page: String = PAGE) =
        Visit(BrowserRequest(page, redirect)).isEndedBy(Uri.parse(url))

    @Test
    fun `the redirect that was asked for, with a code or with an error`() {
        assertTrue(isEnded("https://app.example/oauth?code=1&state=s+1"))
        assertTrue(isEnded("https://app.example/oauth?error=access_denied&state=s%201"))
        assertTrue(isEnded("https://app.example/oauth/?dynamicOauthState=s%201&dynamicOauthCode=1"))
        assertTrue(isEnded("HTTPS://APP.example/oauth?state=s+1#"))
    }

    @Test
    fun `no other place`() {
        listOf(
            "http://app.example/oauth?state=s+1",
            "https://app.example:444/oauth?state=s+1",
            "https://app.example.evil.example/oauth?state=s+1",
            "https://app.example@evil.example/oauth?state=s+1",
            "https://evil.example/oauth?state=s+1",
            "https://app.example/oauth/more?state=s+1",
            "https://app.example/OAUTH?state=s+1",
            "https://app.example/?state=s+1",
            "app:oauth?state=s+1",
            "mailto:ada@example.com?state=s+1",
            "",
        ).forEach { assertFalse(it, isEnded(it)) }
    }

    @Test
    fun `no other visit's`() {
        assertFalse(isEnded("https://app.example/oauth?code=1"))
        assertFalse(isEnded("https://app.example/oauth?code=1&state=other"))
        assertFalse(isEnded("https://app.example/oauth?code=1&state="))
    }

    @Test
    fun `a scheme of the app's own`() {
        assertTrue(isEnded("myapp://oauth?state=s+1", "myapp://oauth"))
        assertTrue(isEnded("myapp:/oauth?state=s+1", "myapp:/oauth"))
        assertFalse(isEnded("otherapp://oauth?state=s+1", "myapp://oauth"))
        assertFalse(isEnded("myapp://other?state=s+1", "myapp://oauth"))
    }

    @Test
    fun `a page without a state is ended by its place`() {
        assertTrue(isEnded("https://app.example/oauth?code=1", page = "https://id.example/authorize"))
    }

    private companion object {
        const val PAGE = "https://id.example/authorize?client_id=c&state=s%201&code_challenge=x"
    }
}
