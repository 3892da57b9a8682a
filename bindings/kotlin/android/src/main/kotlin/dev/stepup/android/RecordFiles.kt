package dev.stepup.android

import java.io.File
import java.io.FileOutputStream
import java.nio.file.Files
import java.nio.file.NoSuchFileException
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import java.nio.file.StandardCopyOption.REPLACE_EXISTING

/** Files of one directory, each replaced as a whole or not at all, whatever happens meanwhile. */
internal class RecordFiles(private val directory: File) {
    /** The content, or none if there is no such file. */
    fun read(name: String): ByteArray? =
        try {
            Files.readAllBytes(directory.resolve(name).toPath())
        } catch (_: NoSuchFileException) {
            null
        }

    fun write(name: String, content: ByteArray) {
        Files.createDirectories(directory.toPath())
        val unfinished = directory.resolve("$name.new")
        try {
            FileOutputStream(unfinished).use {
                it.write(content)
                // Else the new name could be on the disk before the content is.
                it.fd.sync()
            }
            Files.move(unfinished.toPath(), directory.resolve(name).toPath(), ATOMIC_MOVE, REPLACE_EXISTING)
        } finally {
            Files.deleteIfExists(unfinished.toPath())
        }
    }

    fun delete(name: String) {
        Files.deleteIfExists(directory.resolve(name).toPath())
    }
}
