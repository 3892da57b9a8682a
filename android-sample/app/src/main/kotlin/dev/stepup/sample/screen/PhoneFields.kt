package dev.stepup.sample.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.autofill.ContentType
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.contentType
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.unit.dp
import dev.stepup.sample.R

/** Where a code by SMS goes. */
@Composable
internal fun PhoneFields(isBusy: Boolean, send: (String, String) -> Unit) {
    var country by rememberSaveable { mutableStateOf("+1") }
    var number by rememberSaveable { mutableStateOf("") }
    val options = KeyboardOptions(keyboardType = KeyboardType.Phone)
    Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(8.dp)) {
        OutlinedTextField(
            country,
            { country = it },
            Modifier.weight(2f),
            label = { Text(stringResource(R.string.country_code), maxLines = 1) },
            singleLine = true,
            keyboardOptions = options,
        )
        OutlinedTextField(
            number,
            { number = it },
            Modifier.weight(3f).testTag("phone").semantics { contentType = ContentType.PhoneNumberNational },
            label = { Text(stringResource(R.string.phone), maxLines = 1) },
            singleLine = true,
            keyboardOptions = options,
        )
    }
    OutlinedButton(
        { send(country, number) },
        Modifier.fillMaxWidth(),
        enabled = !isBusy && number.isNotBlank(),
    ) { Text(stringResource(R.string.send_sms)) }
}
