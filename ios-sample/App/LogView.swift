import Presenters
import StepUp
import SwiftUI

/// The library's log, the latest line first.
struct LogView: View {
    let presenter: LogPresenter

    var body: some View {
        List(Array(presenter.lines.enumerated().reversed()), id: \.offset) { _, line in
            Label {
                Text(verbatim: line.text).font(.footnote.monospaced())
            } icon: {
                Image(systemName: line.level == .warning ? "exclamationmark" : "circle")
                    .accessibilityHidden(true)
            }
        }
        .navigationTitle("log.title")
        .task { await presenter.follow() }
    }
}
