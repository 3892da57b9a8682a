import Presenters
import SwiftUI

/// The method chooser.
struct StepUpSheet: View {
    @Bindable var presenter: StepUpSheetPresenter

    var body: some View {
        NavigationStack {
            Form { content }
                .navigationTitle("step_up.title")
                .navigationBarTitleDisplayMode(.inline)
                .toolbar {
                    ToolbarItem(placement: .cancellationAction) {
                        Button("action.cancel", role: .cancel, action: presenter.cancel)
                    }
                    if presenter.canGoBack {
                        ToolbarItem(placement: .primaryAction) {
                            Button("step_up.other_method", action: presenter.back)
                        }
                    }
                }
        }
        .presentationDetents([.medium, .large])
    }

    @ViewBuilder private var content: some View {
        switch presenter.content {
        case .progress(let text): ProgressView { Text(text) }
        case .waiting(let text):
            ProgressView { Text(text) }
            Text("waiting.hint").font(.footnote).foregroundStyle(.secondary)
        case .choice(let options, let hints, let notice): choice(options, hints, notice)
        case .code(let field): code(field)
        case .backend(let notice):
            NoticeSection(notice: presenter.activity.notice ?? notice)
            Button("step_up.ask_backend") { Task { await presenter.askBackend() } }
                .disabled(presenter.activity.isRunning)
        case .captcha(let provider):
            Text("captcha.explained \(provider)")
            // What a captcha answers with; the sandbox takes any.
            Button("captcha.solved") { presenter.solveCaptcha(token: "trial") }
        case .failed(let notice): NoticeSection(notice: notice)
        // The sheet goes away.
        case .granted, .cancelled: EmptyView()
        }
    }

    @ViewBuilder private func choice(
        _ options: [StepUpSheetPresenter.Option], _ hints: [TextKey], _ notice: Notice?
    ) -> some View {
        if let notice {
            Section {
                NoticeView(notice: notice)
                Button("action.retry", action: presenter.retry)
            }
        }
        Section("step_up.choose") {
            ForEach(options) { option in
                Button {
                    presenter.select(option)
                } label: {
                    OptionRow(option: option)
                }
                .disabled(option.isUnusable)
            }
        }
        if options.isEmpty {
            Section("step_up.add_first") {
                ForEach(hints, id: \.self) { Text($0) }
            }
        }
    }

    private func code(_ field: StepUpSheetPresenter.CodeField) -> some View {
        Section {
            CodeEntry(
                code: $presenter.code, isNumeric: field.isNumeric, paste: presenter.paste,
                submit: presenter.submit)
            if let notice = field.notice { NoticeView(notice: notice) }
            if presenter.attempts > 1 { Text("code.attempts \(presenter.attempts)").font(.footnote) }
            if field.isResending {
                ProgressView()
            } else if field.isSent {
                ResendButton(secondsLeft: field.secondsLeft) { presenter.resend() }
            }
        } header: {
            if let destination = field.destination {
                Text("code.sent_to \(destination)")
            } else {
                Text(field.method)
            }
        }
    }
}

/// A method, with the address or name that it goes by.
private struct OptionRow: View {
    let option: StepUpSheetPresenter.Option

    var body: some View {
        VStack(alignment: .leading) {
            Text(option.method).fontWeight(option.isPreferred ? .semibold : .regular)
            if let label = option.label {
                Text(verbatim: label).font(.footnote).foregroundStyle(.secondary)
            }
            if let notice = option.notice {
                Text(verbatim: notice.localized).font(.footnote).foregroundStyle(.secondary)
            }
        }
        .accessibilityElement(children: .combine)
    }
}
