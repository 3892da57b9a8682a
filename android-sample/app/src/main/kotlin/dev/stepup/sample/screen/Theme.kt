package dev.stepup.sample.screen

import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.darkColorScheme
import androidx.compose.material3.lightColorScheme
import androidx.compose.runtime.Composable
import androidx.compose.ui.graphics.Color

private val light = lightColorScheme(
    primary = Color(0xFF2F4FC6),
    onPrimary = Color.White,
    primaryContainer = Color(0xFFDDE3FF),
    onPrimaryContainer = Color(0xFF00154F),
    secondaryContainer = Color(0xFFE2E6F5),
    onSecondaryContainer = Color(0xFF1A1F2E),
    background = Color(0xFFFAFAFE),
    onBackground = Color(0xFF1A1C22),
    surface = Color(0xFFFAFAFE),
    onSurface = Color(0xFF1A1C22),
    surfaceVariant = Color(0xFFE6E8F2),
    onSurfaceVariant = Color(0xFF464A58),
    surfaceContainerLow = Color(0xFFF3F4FB),
    surfaceContainer = Color(0xFFEEF0F8),
    surfaceContainerHigh = Color(0xFFE8EAF3),
    surfaceContainerHighest = Color(0xFFE2E5EF),
    outline = Color(0xFF757A8A),
    outlineVariant = Color(0xFFC6CAD8),
    errorContainer = Color(0xFFFFDAD6),
    onErrorContainer = Color(0xFF410002),
)

private val dark = darkColorScheme(
    primary = Color(0xFFB8C4FF),
    onPrimary = Color(0xFF00277E),
    primaryContainer = Color(0xFF183AAF),
    onPrimaryContainer = Color(0xFFDDE3FF),
    secondaryContainer = Color(0xFF30374B),
    onSecondaryContainer = Color(0xFFDEE2F4),
    background = Color(0xFF111318),
    onBackground = Color(0xFFE3E4EC),
    surface = Color(0xFF111318),
    onSurface = Color(0xFFE3E4EC),
    surfaceVariant = Color(0xFF434755),
    onSurfaceVariant = Color(0xFFC5C8D8),
    surfaceContainerLow = Color(0xFF191B21),
    surfaceContainer = Color(0xFF1D2026),
    surfaceContainerHigh = Color(0xFF282A31),
    surfaceContainerHighest = Color(0xFF33353C),
    outline = Color(0xFF8F93A3),
    outlineVariant = Color(0xFF454957),
    errorContainer = Color(0xFF93000A),
    onErrorContainer = Color(0xFFFFDAD6),
)

/** The colours of the app, by day or by night as the system wants it. */
@Composable
fun SampleTheme(isDark: Boolean = isSystemInDarkTheme(), content: @Composable () -> Unit) {
    MaterialTheme(colorScheme = if (isDark) dark else light, content = content)
}
