package dev.stepup.sample.development

import dev.stepup.sample.presenter.DevelopmentTools
import dev.stepup.sample.presenter.Settings

/** What stands in for phone and company: the sandbox, if that is the server. */
fun developmentTools(settings: Settings): DevelopmentTools? =
    settings.origin?.takeIf { settings.isLoopback }?.let(::SandboxTools)
