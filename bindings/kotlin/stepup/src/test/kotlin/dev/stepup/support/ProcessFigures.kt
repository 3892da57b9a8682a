package dev.stepup.support

import java.io.File

/** What this process takes from the system. */
internal data class ProcessFigures(val residentKiB: Long, val threads: Int) {
    companion object {
        /** After the garbage of the JVM has been collected. */
        fun read(): ProcessFigures {
            repeat(3) {
                System.gc()
                Thread.sleep(50)
            }
            val resident = File("/proc/self/status").readLines().single { it.startsWith("VmRSS:") }
            val threads = File("/proc/self/task").list()!!.size
            return ProcessFigures(resident.filter(Char::isDigit).toLong(), threads)
        }
    }
}
