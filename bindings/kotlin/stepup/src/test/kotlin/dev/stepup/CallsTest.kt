package dev.stepup

import dev.stepup.calls.assertionCalls
import dev.stepup.calls.authCalls
import dev.stepup.calls.clientCalls
import dev.stepup.calls.deviceCalls
import dev.stepup.calls.factorCalls
import dev.stepup.calls.flowCalls
import dev.stepup.calls.legacyMfaCalls
import dev.stepup.calls.observationCalls
import dev.stepup.calls.profileCalls
import dev.stepup.calls.socialCalls
import dev.stepup.calls.stepUpCalls
import dev.stepup.calls.walletCalls
import dev.stepup.support.SandboxTest
import dev.stepup.support.generatedObjects
import dev.stepup.support.plainName
import java.lang.reflect.Modifier
import kotlin.reflect.full.declaredMemberFunctions
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

/** Every exported call, once with good and once with bad input. */
internal class CallsTest : SandboxTest() {
    private val calls = listOf(
        clientCalls,
        authCalls,
        socialCalls,
        walletCalls,
        assertionCalls,
        profileCalls,
        stepUpCalls,
        factorCalls,
        legacyMfaCalls,
        deviceCalls,
        observationCalls,
        flowCalls,
    ).flatten()

    @TestFactory
    fun `good input`(): List<DynamicTest> =
        calls.map { call -> dynamicTest(call.name) { inWorld(call.policy, test = call.good) } }

    @TestFactory
    fun `bad input`(): List<DynamicTest> =
        calls.map { call -> dynamicTest(call.name) { inWorld(call.policy, test = call.bad) } }

    @Test
    fun `no call is left out`() {
        val methods = generatedObjects().flatMap { exported ->
            exported.declaredMemberFunctions.map { "${plainName(exported)}.${plainName(it)}" }
        }
        val exported = constructors() + methods + functions()
        assertEquals(exported.sorted(), calls.map { it.name }.sorted())
    }

    /** Exported constructors; the generator's own take a handle, or say that there is none. */
    private fun constructors(): List<String> = generatedObjects().flatMap { exported ->
        val type = Class.forName(exported.qualifiedName!!.removeSuffix("Interface")).kotlin
        type.constructors
            .filterNot { made -> made.parameters.any { "Handle" in it.type.toString() } }
            .map { "${plainName(exported)}.<init>" }
    }

    /** Exported functions that belong to no object; the generator's own have its name in theirs. */
    private fun functions(): List<String> {
        val file = Class.forName("dev.stepup.core.Stepup_coreKt")
        val functions = file.declaredMethods.filter { Modifier.isPublic(it.modifiers) && !it.isSynthetic }
        return functions.map { it.name }.filterNot { "niffi" in it || it == "use" }
    }
}
