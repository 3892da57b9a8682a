import Presenters
import SwiftUI

/// A field for a code: the keyboard offers the one that has just come by message.
struct CodeEntry: View {
    @Binding var code: String
    var isNumeric = true
    let paste: @MainActor (String?) -> Void
    let submit: @MainActor () -> Void

    var body: some View {
        HStack {
            TextField("code.field", text: $code)
                .textContentType(isNumeric ? .oneTimeCode : nil)
                .keyboardType(isNumeric ? .numberPad : .asciiCapable)
                .textInputAutocapitalization(.never)
                .autocorrectionDisabled()
                .font(.title2.monospacedDigit())
                .onSubmit { submit() }
            PasteButton(payloadType: String.self) { @Sendable texts in
                Task { @MainActor in paste(texts.first) }
            }
            .labelStyle(.iconOnly)
            .accessibilityLabel("code.paste")
        }
        Button("code.submit", action: submit)
            .disabled(code.isEmpty)
    }
}

/// Offers another code, and says how long that is not possible yet.
struct ResendButton: View {
    let secondsLeft: (Date) -> Int
    let resend: @MainActor () -> Void

    var body: some View {
        TimelineView(.periodic(from: .now, by: 1)) { context in
            let seconds = secondsLeft(context.date)
            if seconds > 0 {
                Text("code.resend_in \(seconds)")
                    .monospacedDigit()
                    .foregroundStyle(.secondary)
                    // It would be read out each second.
                    .accessibilityAddTraits(.updatesFrequently)
            } else {
                Button("code.resend", action: resend)
            }
        }
    }
}
