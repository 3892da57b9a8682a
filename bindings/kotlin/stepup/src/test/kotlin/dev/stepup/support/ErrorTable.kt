package dev.stepup.support

import dev.stepup.core.ServerAnswer
import dev.stepup.core.StepUpException
import java.time.Duration
import kotlin.reflect.KClass
import kotlin.reflect.full.primaryConstructor

/** A row of the table of errors for readers: an error as it describes it, and the kind that it names. */
internal class ErrorRow(val error: StepUpException, val kind: String)

private val CASE = Regex("""`(\w+)`(?:, (.+))?""")
private val QUOTED = Regex("""`(\w+)`""")
private val STATUS = Regex("""status (\d+)(?:–(\d+))?""")

/** The rows of `docs/errors.md`; one that speaks of several errors counts for each of them. */
internal fun documentedErrors(): List<ErrorRow> =
    repositoryFile("docs/errors.md").substringAfter("## Cases").lines()
        .filter { it.startsWith("| `") }
        .flatMap { line ->
            val (case, kind, what) = line.trim('|', ' ').split(" | ").map { it.trim() }
            val (name, detail) = CASE.matchEntire(case)!!.destructured
            val type = Samples.cases(StepUpException::class).single { it.simpleName == name }
            errors(type, detail, what).map { ErrorRow(it, kind.trim('`')) }
        }

private fun errors(type: KClass<*>, detail: String, what: String): List<StepUpException> {
    val status = STATUS.matchEntire(detail)
    val variant = QUOTED.matchEntire(detail)?.groupValues?.get(1)
    return when {
        status != null -> status.groupValues.drop(1).mapNotNull { it.toIntOrNull() }.map { server(it) }
        detail.startsWith("code about") ->
            QUOTED.findAll(what).toList().map { server(422, it.groupValues[1]) }
        type == StepUpException.InvalidArgument::class ->
            listOf(StepUpException.InvalidArgument(variant ?: "scope", "is wrong"))
        variant != null -> listOf(withVariant(type, variant))
        else -> listOf(Samples.of(type).single() as StepUpException)
    }
}

private fun server(status: Int, code: String? = null): StepUpException {
    val answer = ServerAnswer(status.toUShort(), code, "request-1")
    return StepUpException.Server("check", answer, Duration.ofSeconds(7))
}

/** The sample with this word in the one field that holds an enum. */
private fun withVariant(type: KClass<*>, variant: String): StepUpException {
    val constructor = type.primaryConstructor!!
    val arguments = constructor.parameters.associateWith { parameter ->
        val values = (parameter.type.classifier as KClass<*>).java.enumConstants
        values?.single { it.toString().replace("_", "").equals(variant, ignoreCase = true) }
            ?: Samples.argument(type, parameter)
    }
    return constructor.callBy(arguments) as StepUpException
}
