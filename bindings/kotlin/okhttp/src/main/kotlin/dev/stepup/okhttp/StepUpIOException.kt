package dev.stepup.okhttp

import dev.stepup.core.StepUpException
import java.io.IOException

/**
 * A call failed because of its step-up, not because of its network. OkHttp passes on only [IOException]s.
 *
 * @property cause what happened: `StepUpRequired` if nothing was given to show a step-up with, or if another
 *   call has used the token of the one that was just made; `Cancelled` if the user did not want to;
 *   `NotSignedIn`; or what else a step-up fails with.
 */
public class StepUpIOException internal constructor(override val cause: StepUpException) :
    IOException(cause.toString(), cause)
