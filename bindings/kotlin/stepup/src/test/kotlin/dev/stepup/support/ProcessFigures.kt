package dev.stepup.support

import java.io.File

/**
 * What this process takes from the system, after the garbage of the JVM has been collected.
 *
 * @property residentKiB all memory; the JVM's heap counts with its full size, whatever is in it.
 * @property heapKiB what is in the heap.
 */
internal data class ProcessFigures(val residentKiB: Long, val heapKiB: Long, val threads: Int) {
    companion object {
        fun read(): ProcessFigures {
            repeat(3) {
                System.gc()
                Thread.sleep(50)
            }
            val resident = File("/proc/self/status").readLines().single { it.startsWith("VmRSS:") }
            val threads = File("/proc/self/task").list()!!.size
            val heap = Runtime.getRuntime().run { totalMemory() - freeMemory() } / 1024
            return ProcessFigures(resident.filter(Char::isDigit).toLong(), heap, threads)
        }
    }
}
