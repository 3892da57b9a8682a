package dev.stepup.android.test

import android.app.Activity

/** The screen of an app. */
internal class MainActivity : Activity()
