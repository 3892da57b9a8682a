package dev.stepup.android

import java.security.MessageDigest

/** What everything of ours begins with in the keystore, which the whole app shares. */
internal const val ALIAS_PREFIX = "dev.stepup."

/** This name as one of a file or of a key: names hold addresses, and those may be long and hold any sign. */
internal fun hashed(name: String): String =
    MessageDigest.getInstance("SHA-256").digest(name.toByteArray())
        .joinToString("") { "%02x".format(it) }
