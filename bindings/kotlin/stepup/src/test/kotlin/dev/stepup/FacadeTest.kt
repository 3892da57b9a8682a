package dev.stepup

import dev.stepup.core.CancelTokenInterface
import dev.stepup.core.SubscriptionInterface
import dev.stepup.support.generatedObjects
import dev.stepup.support.plainName
import kotlin.reflect.KCallable
import kotlin.reflect.KClass
import kotlin.reflect.KVisibility
import kotlin.reflect.full.declaredMemberFunctions
import kotlin.reflect.full.hasAnnotation
import kotlin.reflect.full.memberFunctions
import kotlin.reflect.full.memberProperties
import kotlin.reflect.full.valueParameters
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** What the library exports can be reached through the classes that apps use. */
internal class FacadeTest {
    /** They need nothing around them. */
    private val usedAsGenerated = listOf(CancelTokenInterface::class, SubscriptionInterface::class)

    /** What is called otherwise here. */
    private val renamed = mapOf("StepUpClient.shutdown" to "close", "StepUpClient.passkeys" to "mfa")

    @Test
    fun `every call of every class`() {
        val missing = (generatedObjects() - usedAsGenerated.toSet()).flatMap { exported ->
            val facade = Class.forName("dev.stepup.${plainName(exported)}").kotlin
            exported.declaredMemberFunctions.filterNot { call ->
                val name = plainName(call)
                val wanted = renamed["${plainName(exported)}.$name"] ?: name
                facade.offered().any { it.name == wanted && it.parameters() == call.parameters() }
            }.map { "${plainName(exported)}.${it.name}" }
        }
        assertEquals(emptyList<String>(), missing)
    }

    @Test
    fun `nothing that is wrapped is handed out as it was generated`() {
        val wrapped = generatedObjects() - usedAsGenerated.toSet()
        val generated = wrapped.map { it.qualifiedName!!.removeSuffix("Interface") }
        for (exported in wrapped) {
            val facade = Class.forName("dev.stepup.${plainName(exported)}").kotlin
            for (call in facade.offered()) {
                val answer = call.returnType.toString()
                assertEquals(emptyList<String>(), generated.filter { it in answer }, "$call")
            }
        }
    }

    private fun KClass<*>.offered(): List<KCallable<*>> =
        (memberFunctions + memberProperties).filter { it.visibility == KVisibility.PUBLIC && !it.isHidden() }

    private fun KCallable<*>.isHidden(): Boolean = hasAnnotation<Deprecated>()

    private fun KCallable<*>.parameters(): List<Pair<String?, String>> =
        valueParameters.map { it.name to it.type.toString() }
}
