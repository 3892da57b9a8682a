package dev.stepup

import dev.stepup.core.StepUpFlowState
import dev.stepup.core.TokenScope
import dev.stepup.support.SandboxTest
import dev.stepup.support.Screen
import dev.stepup.support.goWay
import dev.stepup.support.methods
import dev.stepup.support.option
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.TestFactory

/** A whole flow for each method, by a screen that knows nothing but the states that it is told. */
internal class FlowMethodsTest : SandboxTest() {
    private val export = listOf(TokenScope.WALLET_EXPORT)

    @TestFactory
    fun `from the choice to the token`(): List<DynamicTest> = methods.map { way ->
        dynamicTest("$way") {
            inWorld(way.policy) {
                val proof = way.prepare(this)
                val flow = stepUp.start(export, way.filter, autoSelect = false)
                val screen = Screen(flow)
                val granted = screen.use { it.goWay(way.method, proof) } as StepUpFlowState.Granted
                assertEquals(listOf(export), granted.elevations.map { it.scopes })
                assertEquals(200, proceed())

                val choice = screen.states.filterIsInstance<StepUpFlowState.Choosing>().first()
                val option = choice.option(way.method)
                assertEquals(way.isSecondFactor, option.isSecondFactor)
                if (way.maskedLabel != null) assertEquals(way.maskedLabel, option.maskedLabel)
                assertTrue(choice.isConfirmed)
            }
        }
    }

    @TestFactory
    fun `the only method is gone without a choice`(): List<DynamicTest> =
        methods.filter { "$it" != "RecoveryCode, second factor" }.map { way ->
            dynamicTest("$way") {
                inWorld(way.policy) {
                    val proof = way.prepare(this)
                    Screen(stepUp.start(export, way.filter)).use { screen ->
                        assertTrue(screen.goWay(way.method, proof) is StepUpFlowState.Granted)
                        assertFalse(screen.states.any { it is StepUpFlowState.Choosing }, "${screen.states}")
                    }
                }
            }
        }
}
