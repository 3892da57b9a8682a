import Presenters
import SwiftUI

/// The app, or its settings as long as these make no client.
struct RootView: View {
    let sample: Sample

    var body: some View {
        if let app = sample.app {
            AppView(sample: sample, app: app)
                .id(ObjectIdentifier(app))
        } else {
            NavigationStack {
                SettingsView(sample)
            }
        }
    }
}

/// The app with its client: the screen, the sheet above it, and what comes from outside.
struct AppView: View {
    let sample: Sample
    let app: AppModel
    @Bindable private var sheets: StepUpSheets

    init(sample: Sample, app: AppModel) {
        (self.sample, self.app) = (sample, app)
        sheets = app.sheets
    }

    var body: some View {
        NavigationStack {
            screen
        }
        .safeAreaInset(edge: .top) { opened }
        .sheet(item: $sheets.current, onDismiss: sheets.dismissed) { presenter in
            StepUpSheet(presenter: presenter)
                .onChange(of: presenter.id, initial: true) { _, _ in sheets.appeared() }
        }
        .task { await app.run() }
        // Links of the app's domain come here too.
        .onOpenURL { url in
            Task { await app.open(url.absoluteString) }
        }
    }

    /// What became of the link that the app was opened with.
    @ViewBuilder private var opened: some View {
        if let notice = app.opened.notice {
            HStack {
                NoticeView(notice: notice)
                Spacer()
                Button("action.close", action: app.dismissNotice)
            }
            .padding()
            .background(.bar)
        }
    }

    @ViewBuilder private var screen: some View {
        switch app.screen {
        case .starting: ProgressView("root.starting")
        case .signIn: SignInView(sample: sample, presenter: app.signIn)
        case .confirmDevice: ConfirmDeviceView(app: app)
        case .home: HomeView(sample: sample, app: app)
        }
    }
}
