package dev.stepup.sample.pictures

import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.graphics.Color
import java.io.File
import kotlin.math.abs
import org.junit.Assert.assertTrue

/** The committed pictures of the app, which documentation shows. */
internal object Picture {
    private val directory = File(System.getProperty("stepup.root"), "docs/images/android")

    /** Whether what is drawn is how it shall be: `-Dstepup.accept.pictures=true`. */
    private val isAccepted = System.getProperty("stepup.accept.pictures") == "true"

    /** Compares with the committed picture of this name; one that differs is left in the build directory. */
    fun compare(name: String, drawn: Bitmap) {
        val committed = directory.resolve("$name.png")
        if (isAccepted) return save(drawn, committed)
        val difference = if (committed.exists()) difference(decoded(committed), drawn) else 1.0
        if (difference <= TOLERANCE) return
        val kept = File("target/pictures/$name.png")
        save(drawn, kept)
        val percent = "%.2f %%".format(difference * 100)
        throw AssertionError("$name.png: $percent of it differ, see ${kept.absolutePath}")
    }

    private fun decoded(file: File): Bitmap =
        file.readBytes().let { BitmapFactory.decodeByteArray(it, 0, it.size) }

    /** The share of pixels that look different. */
    private fun difference(one: Bitmap, other: Bitmap): Double {
        if (one.width != other.width || one.height != other.height) return 1.0
        val (left, right) = one.pixels() to other.pixels()
        return left.indices.count { isDifferent(left[it], right[it]) }.toDouble() / left.size
    }

    private fun isDifferent(one: Int, other: Int) =
        listOf(Color::red, Color::green, Color::blue).any { abs(it(one) - it(other)) > SAME_COLOR }

    private fun Bitmap.pixels() =
        IntArray(width * height).also { getPixels(it, 0, width, 0, 0, width, height) }

    private fun save(picture: Bitmap, file: File) {
        file.parentFile.mkdirs()
        file.outputStream().use { assertTrue(picture.compress(Bitmap.CompressFormat.PNG, 100, it)) }
    }

    /** Other fonts or another graphics library round edges differently; a moved button is far more. */
    private const val TOLERANCE = 0.004
    private const val SAME_COLOR = 24
}
