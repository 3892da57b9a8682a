package dev.stepup.okhttp

import okhttp3.Interceptor
import okhttp3.Response

/** Attaches the headers: on each hop anew, if its host may have them. */
internal class HeaderInterceptor(private val hosts: AllowedHosts) : Interceptor {
    override fun intercept(chain: Interceptor.Chain): Response {
        val request = chain.request()
        val credentials = chain.call().tag(CallCredentials.Holder::class)?.credentials
        if (credentials == null || !hosts.allow(request.url)) return chain.proceed(request)
        val carrying = request.newBuilder()
        credentials.ofNextHop().forEach { carrying.header(it.name, it.value) }
        // The answer keeps its request, and the app may keep the answer: without the secrets.
        return chain.proceed(carrying.build()).newBuilder().request(request).build()
    }
}
