import Presenters
import SwiftUI
import UIKit

/// What a presenter tells, which VoiceOver reads out when it appears.
struct NoticeView: View {
    let notice: Notice

    var body: some View {
        Label {
            Text(verbatim: notice.localized)
        } icon: {
            Image(systemName: "info.circle")
        }
        .font(.callout)
        .foregroundStyle(.secondary)
        .accessibilityElement(children: .combine)
        .onChange(of: notice, initial: true) { _, notice in
            UIAccessibility.post(notification: .announcement, argument: notice.localized)
        }
    }
}

/// The same in a form or list, where nothing is left if there is nothing to tell.
struct NoticeSection: View {
    let notice: Notice?

    var body: some View {
        if let notice {
            Section { NoticeView(notice: notice) }
        }
    }
}

extension Notice {
    /// In the user's language.
    var localized: String {
        let format = NSLocalizedString(text.rawValue, comment: "")
        return seconds.map { String.localizedStringWithFormat(format, $0) } ?? format
    }
}

extension Text {
    /// A text that a presenter has chosen.
    init(_ key: TextKey) {
        self.init(LocalizedStringKey(key.rawValue))
    }
}
