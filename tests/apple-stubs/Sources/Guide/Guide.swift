// What `docs/guides/ios.md` shows.
import Foundation
import StepUp
import StepUpApple
import SwiftUI

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

func makeClient() throws -> StepUpClient {
    // Before iOS 17.4 the system's browser gives back no https address.
    let isHttps = WebAuthenticationBrowser.isHttpsRedirectPossible
    return try StepUp.apple(
        ClientConfig(
            environmentId: "2762a57b-faa4-41ce-9f16-abff9300e2c9",
            appOrigin: "https://app.example",
            appLinks: ["https://app.example/registered"],
            oauthRedirectUrl: isHttps ? "https://app.example/oauth" : "com.example.app:/oauth",
            allowCustomSchemes: !isHttps))
}

func signIn(_ client: StepUpClient, email: String, typedCode: () async -> String) async throws {
    _ = try await client.auth.sendEmailOtp(email: email)
    _ = try await client.auth.signInWithOtp(code: await typedCode())
}

func open(_ url: URL, with client: StepUpClient) async throws {
    if url.path().hasPrefix("/registered") {
        _ = try await client.deviceRegistration.complete(link: url.absoluteString)
    } else {
        _ = try await client.auth.handleRedirect(url: url.absoluteString)
    }
}

/// What is shown above everything else; none if nothing is to be proven.
@MainActor final class Sheets: ObservableObject {
    /// Taken away by the user, it is cancelled; one that has ended does not mind.
    @Published var model: StepUpFlowModel? {
        didSet { if model == nil { oldValue?.cancel() } }
    }

    func present(_ flow: StepUpFlow) async {
        model = StepUpFlowModel(flow)
        if let states = try? flow.states() { for await _ in states {} }
        model = nil
    }
}

func export(_ request: URLRequest, with client: StepUpClient, sheets: Sheets) async throws -> Data {
    let session = try StepUpURLSession(client: client, allowedHosts: ["api.example.com"])
    let (body, _) = try await session.data(for: request, scope: TokenScope.walletExport) { flow in
        await sheets.present(flow)
    }
    return body
}

struct StepUpSheet: View {
    @ObservedObject var model: StepUpFlowModel
    @State private var code = ""

    var body: some View {
        VStack {
            switch model.state {
            case .choosing(let options, _, _, _):
                ForEach(options, id: \.id) { option in
                    Button {
                        model.select(option)
                    } label: {
                        Text(verbatim: option.maskedLabel ?? "\(option.method)")
                    }
                }
            case .awaitingCode:
                TextField("Code", text: $code)
                Button("Confirm") { model.submit(code: code) }
            default:
                ProgressView()
            }
            Button("Cancel") { model.cancel() }
        }
    }
}

func resume(_ client: StepUpClient, sheets: Sheets) async throws {
    try await client.restore()
    if let flow = try await client.stepUp.pendingFlow() { await sheets.present(flow) }
}
