import Presenters
import StepUp
import SwiftUI

/// The devices on which the user may sign in.
struct TrustedDevicesView: View {
    @State private var presenter: TrustedDevicesPresenter

    init(_ services: Services) {
        _presenter = State(initialValue: TrustedDevicesPresenter(services))
    }

    var body: some View {
        List {
            NoticeSection(notice: presenter.activity.notice)
            if presenter.devices.isEmpty {
                Text("devices.none")
            } else {
                Section {
                    ForEach(presenter.devices, id: \.id) { row($0) }
                }
                Button("devices.revoke_all", role: .destructive) { presenter.ask(.all) }
            }
        }
        .disabled(presenter.activity.isRunning)
        .navigationTitle("devices.title")
        .task { await presenter.load() }
        .confirmationDialog(
            "devices.confirm", isPresented: $presenter.isAsking, titleVisibility: .visible,
            presenting: presenter.removal
        ) { removal in
            Button("devices.revoke", role: .destructive) { Task { await presenter.confirm(removal) } }
        } message: { removal in
            if removal.signsOut {
                Text("devices.signs_out")
            } else {
                Text("devices.signs_it_out")
            }
        }
    }

    private func row(_ device: RegisteredDevice) -> some View {
        HStack {
            Image(systemName: device.kind == .desktop ? "desktopcomputer" : "iphone")
                .accessibilityHidden(true)
            VStack(alignment: .leading) {
                Text(verbatim: device.name)
                if let date = device.createdAt {
                    Text(date, style: .date).font(.footnote).foregroundStyle(.secondary)
                }
            }
            Spacer()
            if device.isCurrent {
                Text("devices.this_one").font(.footnote.weight(.semibold))
            }
        }
        .accessibilityElement(children: .combine)
        .swipeActions {
            Button("devices.revoke", role: .destructive) { presenter.ask(.one(device)) }
        }
    }
}
