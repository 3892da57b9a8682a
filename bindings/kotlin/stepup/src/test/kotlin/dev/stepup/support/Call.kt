package dev.stepup.support

/** An exported call, used well and used badly. */
internal class Call(
    val name: String,
    val policy: String = "{}",
    val good: suspend World.() -> Unit,
    val bad: suspend World.() -> Unit,
)
