package dev.stepup.support

import dev.stepup.core.User
import java.io.File
import java.util.jar.JarFile
import kotlin.reflect.KClass
import kotlin.reflect.KFunction

/** The generated records, enums with fields, and errors. */
internal fun generatedTypes(): List<KClass<*>> = generatedClasses().filter { it.isData || it.isSealed }

/** The classes around a text, written by hand beside the generated ones. */
internal fun valueClasses(): List<KClass<*>> = generatedClasses().filter { it.isValue }

/** The interfaces of what the library exports as objects. */
internal fun generatedObjects(): List<KClass<*>> =
    generatedClasses().filter { it.java.isInterface && it.simpleName!!.endsWith("Interface") }

/** Its name in the library. */
internal fun plainName(exported: KClass<*>): String =
    exported.simpleName!!.removeSuffix("Interface").removePrefix("Core")

/** Its name in the library. */
internal fun plainName(exported: KFunction<*>): String =
    exported.name.removePrefix("core").replaceFirstChar(Char::lowercase)

private fun generatedClasses(): List<KClass<*>> {
    val origin = File(User::class.java.protectionDomain.codeSource.location.toURI())
    val files = if (origin.isDirectory) {
        origin.walk().map { it.relativeTo(origin).invariantSeparatorsPath }.toList()
    } else {
        JarFile(origin).use { jar -> jar.entries().toList().map { it.name } }
    }
    val topLevel = Regex("""(dev/stepup/core/[A-Z]\w+)\.class""")
    return files.mapNotNull { topLevel.matchEntire(it) }
        .map { Class.forName(it.groupValues[1].replace('/', '.'), false, User::class.java.classLoader) }
        .filterNot { it.isSynthetic || it.name.endsWith("Kt") }
        .map { it.kotlin }
}
