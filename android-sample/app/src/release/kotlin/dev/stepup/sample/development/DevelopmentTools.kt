package dev.stepup.sample.development

import dev.stepup.sample.presenter.DevelopmentTools
import dev.stepup.sample.presenter.Settings

/** Nothing stands in for anything in what is shipped. */
@Suppress("FunctionOnlyReturningConstant", "UNUSED_PARAMETER")
fun developmentTools(settings: Settings): DevelopmentTools? = null
