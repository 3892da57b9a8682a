package dev.stepup.support

import java.lang.reflect.Proxy
import java.time.Duration
import java.time.Instant
import kotlin.reflect.KClass
import kotlin.reflect.KParameter
import kotlin.reflect.KType
import kotlin.reflect.full.isSubclassOf
import kotlin.reflect.full.primaryConstructor

/** Nothing that a program would write by itself. */
internal const val MARK = "s3cr3t-"

private val WRITTEN = Regex(MARK + """([\w.]+)""")
private val BYTES = Regex("""\[(-?\d+(?:, -?\d+)*)]""")

/** What the marked texts in this one were given for; arrays of bytes are read too. */
internal fun marks(text: String): List<String> {
    val bytes = BYTES.findAll(text).map { match ->
        match.groupValues[1].split(", ").map { it.toByte() }.toByteArray().decodeToString()
    }
    return (bytes + text).flatMap { WRITTEN.findAll(it) }.map { it.groupValues[1] }.toList()
}

/** Makes instances of generated types, each text in them [MARK] and the name of what it was given for. */
internal object Samples {
    /** One instance of a class; of a sealed one, of each of its cases. */
    fun of(type: KClass<*>): List<Any> = when {
        type.java.isEnum -> type.java.enumConstants.toList()
        type.objectInstance != null -> listOf(type.objectInstance!!)
        type.java.isInterface -> listOf(callback(type, type.simpleName!!))
        type.isSealed -> cases(type).flatMap(::of)
        else -> listOf(instance(type))
    }

    /** The cases of a sealed class. */
    fun cases(type: KClass<*>): List<KClass<*>> =
        type.nestedClasses.filter { it != type && it.isSubclassOf(type) }.sortedBy { it.simpleName }

    private fun instance(type: KClass<*>): Any {
        val constructor = type.primaryConstructor ?: error("$type has no constructor")
        return constructor.callBy(constructor.parameters.associateWith { argument(type, it) })
    }

    fun argument(owner: KClass<*>, parameter: KParameter): Any =
        value(parameter.type, "${owner.simpleName}.${parameter.name}")

    private fun value(type: KType, name: String): Any = when (val kind = type.classifier as KClass<*>) {
        String::class -> MARK + name
        ByteArray::class -> (MARK + name).toByteArray()
        List::class -> listOf(value(type.arguments.single().type!!, name))
        Boolean::class -> true
        Long::class -> 7L
        UInt::class -> 7u
        UShort::class -> 418.toUShort()
        ULong::class -> 7uL
        Instant::class -> Instant.EPOCH
        Duration::class -> Duration.ofSeconds(7)
        else -> when {
            kind.java.isInterface -> callback(kind, name)
            kind.isValue -> kind.primaryConstructor!!.call(MARK + name)
            else -> of(kind).last()
        }
    }

    /** An object of the app that prints itself. */
    private fun callback(type: KClass<*>, name: String): Any =
        Proxy.newProxyInstance(type.java.classLoader, arrayOf(type.java)) { _, _, _ -> MARK + name }
}
