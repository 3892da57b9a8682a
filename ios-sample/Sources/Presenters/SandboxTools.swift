#if DEBUG
    import Foundation
    import StepUp

    #if canImport(FoundationNetworking)
        import FoundationNetworking
    #endif

    /// What a sandbox stands in for while an app is made, on simulators above all: a passkey sheet and a
    /// wallet. Their keys are with the sandbox. Not there in a release.
    public struct SandboxTools: Sendable {
        /// A passkey sheet whose user consents at once.
        public var passkeys: any PasskeyProvider { SandboxPasskeys(tools: self) }
        /// A wallet whose user signs at once.
        public var walletSigner: any WalletSigner { SandboxWallet(tools: self) }

        /// Names the authenticator and the wallet: another name is another phone.
        fileprivate let phone: String
        private let url: URL

        /// The tools of a sandbox; none if the settings name another server.
        public init?(_ settings: SampleSettings, phone: String = "phone") {
            guard settings.isTrial, let url = settings.backendUrl else { return nil }
            (self.phone, self.url) = (phone, url.appendingPathComponent("sandbox"))
        }

        /// Calls the control API, with a body by POST.
        fileprivate func call(_ path: String, _ body: String? = nil) async throws -> Data {
            var request = URLRequest(url: url.appendingPathComponent(path))
            if let body {
                request.httpMethod = "POST"
                request.httpBody = Data(body.utf8)
                request.setValue("application/json", forHTTPHeaderField: "Content-Type")
            }
            let (data, response) = try await URLSession.shared.data(for: request)
            guard (response as? HTTPURLResponse)?.statusCode == 200 else { throw Self.refusal(data) }
            return data
        }

        fileprivate func text(_ name: String, of data: Data) throws -> String {
            let answer = try JSONDecoder().decode([String: String].self, from: data)
            guard let text = answer[name] else { throw PlatformError.Internal(reason: "no \(name)") }
            return text
        }

        private static func refusal(_ data: Data) -> PlatformError {
            struct Refusal: Decodable {
                let code: String?
            }
            switch (try? JSONDecoder().decode(Refusal.self, from: data))?.code {
            case "no_credential": return .NotFound
            case "credential_excluded": return .AlreadyExists
            default: return .Internal(reason: "the sandbox has refused")
            }
        }
    }

    private final class SandboxPasskeys: PasskeyProvider {
        private let tools: SandboxTools

        init(tools: SandboxTools) {
            self.tools = tools
        }

        func create(optionsJson: String) async throws -> String { try await perform("create", optionsJson) }
        func get(optionsJson: String) async throws -> String { try await perform("get", optionsJson) }

        private func perform(_ ceremony: String, _ options: String) async throws -> String {
            let body = #"{"origin":"\#(SampleSettings.trialOrigin)","options":\#(options)}"#
            let credential = try await tools.call("authenticators/\(tools.phone)/\(ceremony)", body)
            return String(decoding: credential, as: UTF8.self)
        }
    }

    private final class SandboxWallet: WalletSigner {
        private let tools: SandboxTools

        init(tools: SandboxTools) {
            self.tools = tools
        }

        func accounts() async throws -> [WalletAccount] {
            let address = try tools.text("address", of: try await tools.call("wallets/\(tools.phone)"))
            return [
                WalletAccount(
                    address: address, chain: .evm, walletName: "Sandbox Wallet", walletProvider: .deepLink)
            ]
        }

        func signMessage(message: WalletMessage) async throws -> String {
            let body = try JSONEncoder().encode(["message": message.message, "chain": "EVM"])
            let path = "wallets/\(tools.phone)/sign"
            let answer = try await tools.call(path, String(decoding: body, as: UTF8.self))
            return try tools.text("signature", of: answer)
        }
    }
#endif
