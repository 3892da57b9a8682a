package dev.stepup

import dev.stepup.core.CoreMfaClientInterface
import dev.stepup.core.CorePasskeysClientInterface

/** The user's factors. From [StepUpClient.mfa]. */
public class MfaClient internal constructor(
    core: CoreMfaClientInterface,
    passkeys: CorePasskeysClientInterface,
) : CoreMfaClientInterface by core {
    /** The user's passkeys. */
    public val passkeys: PasskeysClient = PasskeysClient(passkeys)
}

/** The user's passkeys. From [MfaClient.passkeys]. */
public class PasskeysClient internal constructor(core: CorePasskeysClientInterface) :
    CorePasskeysClientInterface by core
