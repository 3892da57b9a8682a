package dev.stepup.sample.support

import java.io.File
import kotlin.io.path.createTempDirectory

/** What a directory holds at the moment when the system ends the app, which then writes nothing more. */
internal class KeptFiles(private val directory: File) {
    private val copy = createTempDirectory().toFile()

    init {
        // A record that is being written has a name for the time being, and is gone the next moment.
        directory.copyRecursively(copy, overwrite = true, onError = { _, _ -> OnErrorAction.SKIP })
    }

    /** As it was. */
    fun putBack() {
        directory.listFiles().orEmpty().forEach { it.deleteRecursively() }
        copy.copyRecursively(directory, overwrite = true)
        copy.deleteRecursively()
    }
}
