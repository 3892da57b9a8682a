package dev.stepup

import com.sun.jna.Platform
import dev.stepup.core.uniffiEnsureInitialized

/**
 * The core as a native library, for example `libstepup_core.so`. It is looked for
 *
 * 1. in the file that the system property `uniffi.component.stepup_core.libraryOverride` names, if it is set:
 *    then nowhere else;
 * 2. in the folders of the system property `jna.library.path`, and where the system keeps its own libraries;
 * 3. on the class path, where the artifact `stepup-core` with the classifier of the system has it, for
 *    example `natives-linux-x86-64`. On Android among the libraries of the app, which the AAR has brought.
 */
internal object NativeLibrary {
    private val loading: Result<Unit> = runCatching { uniffiEnsureInitialized() }

    /**
     * Loads it when called for the first time.
     *
     * @throws UnsatisfiedLinkError which says where it was looked for, at every call, if it cannot be loaded
     *   or is not of the same version as the Kotlin classes.
     */
    fun load() {
        val failure = loading.exceptionOrNull() ?: return
        throw UnsatisfiedLinkError(explanation(failure)).apply { initCause(failure) }
    }

    /** What was tried, and what came of it. */
    private fun explanation(failure: Throwable): String {
        val override = System.getProperty(OVERRIDE)?.let { "$it, which the system property $OVERRIDE names" }
        val places = if (override != null) listOf(override) else places()
        // A failed comparison of versions comes wrapped, because it happens while a class is initialised.
        val reason = if (failure is ExceptionInInitializerError) failure.exception else failure
        return "StepUp's native library cannot be loaded. Looked for:\n" +
            places.joinToString("") { "- $it\n" } + "What came of it: ${reason.message}"
    }

    private fun places(): List<String> {
        val file = System.mapLibraryName(NAME)
        val named = "the file that the system property $OVERRIDE names: it is not set"
        if (Platform.isAndroid()) {
            return listOf(named, "$file among the libraries of the app, which the AAR stepup-android brings")
        }
        val path = System.getProperty("jna.library.path")?.let { "which is $it" } ?: "which is not set"
        return listOf(
            named,
            "$file in the system property jna.library.path, $path, and among the system's own libraries",
            "${Platform.RESOURCE_PREFIX}/$file on the class path, from the artifact stepup-core with the " +
                "classifier natives-${Platform.RESOURCE_PREFIX}",
        )
    }

    private const val NAME = "stepup_core"
    private const val OVERRIDE = "uniffi.component.$NAME.libraryOverride"
}
