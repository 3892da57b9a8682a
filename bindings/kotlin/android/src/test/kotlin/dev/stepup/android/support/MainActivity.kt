package dev.stepup.android.support

import android.app.Activity

/** The screen of an app. */
internal class MainActivity : Activity()
