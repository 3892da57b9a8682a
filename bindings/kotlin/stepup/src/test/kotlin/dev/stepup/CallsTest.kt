package dev.stepup

import dev.stepup.calls.authCalls
import dev.stepup.calls.clientCalls
import dev.stepup.calls.factorCalls
import dev.stepup.calls.stepUpCalls
import dev.stepup.core.AuthClientInterface
import dev.stepup.core.CancelTokenInterface
import dev.stepup.core.MfaClientInterface
import dev.stepup.core.PasskeysClientInterface
import dev.stepup.core.StepUpAuthClientInterface
import dev.stepup.core.StepUpClientInterface
import dev.stepup.support.SandboxTest
import java.lang.reflect.Modifier
import kotlin.reflect.full.declaredMemberFunctions
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

/** Every exported call, once with good and once with bad input. */
internal class CallsTest : SandboxTest() {
    private val calls = clientCalls + authCalls + stepUpCalls + factorCalls

    @TestFactory
    fun `good input`(): List<DynamicTest> =
        calls.map { call -> dynamicTest(call.name) { inWorld(call.policy, test = call.good) } }

    @TestFactory
    fun `bad input`(): List<DynamicTest> =
        calls.map { call -> dynamicTest(call.name) { inWorld(call.policy, test = call.bad) } }

    @Test
    fun `no call is left out`() {
        val objects = listOf(
            StepUpClientInterface::class,
            AuthClientInterface::class,
            StepUpAuthClientInterface::class,
            MfaClientInterface::class,
            PasskeysClientInterface::class,
            CancelTokenInterface::class,
        )
        val methods = objects.flatMap { exported ->
            val name = exported.simpleName!!.removeSuffix("Interface")
            exported.declaredMemberFunctions.map { "$name.${it.name}" }
        }
        val constructors = listOf("StepUpClient.<init>")
        assertEquals((constructors + methods + functions()).sorted(), calls.map { it.name }.sorted())
    }

    /** Exported functions that belong to no object; the generator's own have its name in theirs. */
    private fun functions(): List<String> {
        val file = Class.forName("dev.stepup.core.Stepup_coreKt")
        val functions = file.declaredMethods.filter { Modifier.isPublic(it.modifiers) && !it.isSynthetic }
        return functions.map { it.name }.filterNot { "niffi" in it || it == "use" }
    }
}
