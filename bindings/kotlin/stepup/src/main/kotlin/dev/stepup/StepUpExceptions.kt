package dev.stepup

import dev.stepup.core.ErrorKind
import dev.stepup.core.StepUpException
import kotlin.time.Duration
import kotlin.time.toKotlinDuration

/** What the app should do. */
public val StepUpException.kind: ErrorKind get() = kind()

/** The server's own code for what was wrong, if it answered with one. */
public val StepUpException.serverCode: String? get() = serverAnswer()?.code

/** The id of the request that went wrong, for the server's logs; none if none was sent. */
public val StepUpException.requestId: String?
    get() = when (this) {
        is StepUpException.Network -> requestId
        is StepUpException.UnexpectedAnswer -> requestId
        else -> serverAnswer()?.requestId
    }

/** How long to wait before trying again, if the server said so. */
public val StepUpException.retryAfter: Duration? get() = retryAfter()?.toKotlinDuration()
