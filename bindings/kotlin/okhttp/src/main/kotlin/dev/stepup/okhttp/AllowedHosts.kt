package dev.stepup.okhttp

import okhttp3.HttpUrl

/** Where tokens may go. */
internal class AllowedHosts(hosts: Set<String>, private val allowInsecureLoopback: Boolean) {
    private val hosts = hosts.map(::canonical).toSet()

    init {
        require(hosts.isNotEmpty()) { "no hosts: no request would ever carry a token" }
    }

    fun allow(url: HttpUrl): Boolean =
        url.host in hosts && (url.isHttps || (allowInsecureLoopback && isLoopback(url.host)))

    /** As OkHttp writes it in its URLs. */
    private fun canonical(host: String): String {
        require('*' !in host) { "$host: hosts are named one by one" }
        return HttpUrl.Builder().scheme("https").host(host).build().host
    }

    private fun isLoopback(host: String) = host == "localhost" || host == "::1" || LOOPBACK_V4.matches(host)

    private companion object {
        val LOOPBACK_V4 = Regex("""127(\.\d{1,3}){3}""")
    }
}
