package dev.stepup.sample.screen

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.layout.aspectRatio
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.widthIn
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.drawscope.DrawScope
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.role
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import dev.stepup.core.QrCode
import dev.stepup.sample.R

/** A QR code: dark on light by night too, as most cameras want it. */
@Composable
internal fun QrImage(code: QrCode, modifier: Modifier = Modifier) {
    val description = stringResource(R.string.qr_code)
    Canvas(
        modifier.widthIn(max = 280.dp).fillMaxWidth().aspectRatio(1f).semantics {
            contentDescription = description
            role = Role.Image
        },
    ) { draw(code) }
}

private fun DrawScope.draw(code: QrCode) {
    val side = code.size.toInt()
    val module = size.width / (side + 2 * QUIET_MODULES)
    drawRect(Color.White)
    for (index in code.modules.indices) {
        if (code.modules[index].toInt() == 0) continue
        val corner = Offset(index % side + QUIET_MODULES, index / side + QUIET_MODULES) * module
        // A little larger, so that there are no lines between them.
        drawRect(Color.Black, corner, Size(module, module) * OVERLAP)
    }
}

private const val QUIET_MODULES = 4f
private const val OVERLAP = 1.02f
