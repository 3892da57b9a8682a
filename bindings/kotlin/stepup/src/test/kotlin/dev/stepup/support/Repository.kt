package dev.stepup.support

import java.nio.file.Path
import kotlin.io.path.readText

/** The text of a file of this repository. */
internal fun repositoryFile(path: String): String =
    Path.of(System.getProperty("stepup.root"), path).readText()
