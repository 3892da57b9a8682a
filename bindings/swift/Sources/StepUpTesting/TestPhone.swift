import StepUp

/// A phone on which an app uses a sandbox: everything that a client asks the app for, played.
public struct TestPhone: Sendable {
    /// The server.
    public let sandbox: Sandbox
    /// Names this phone: its storage, its keys and its passkeys are its own.
    public let name: String
    /// The app's storage, which outlives a client.
    public let storage = TestStorage()
    /// Keys in software, **insecure**, which outlive a client too.
    public let keys: any DeviceKeys = Platform.insecureInMemory().deviceKeys
    /// The passkey sheet.
    public let passkeys: TestPasskeys
    /// The browser for social accounts.
    public let browser: TestBrowser
    /// The user's wallets.
    public let wallets: TestWallets
    /// The captchas.
    public let captcha = TestCaptcha()

    /// A new phone; give phones of one sandbox different names.
    public init(sandbox: Sandbox, name: String = "phone") {
        (self.sandbox, self.name) = (sandbox, name)
        passkeys = TestPasskeys(sandbox: sandbox, phone: name)
        browser = TestBrowser(sandbox: sandbox)
        wallets = TestWallets(sandbox: sandbox)
    }

    /// The callbacks of a client on this phone.
    public var platform: Platform {
        Platform(
            storage: storage, deviceKeys: keys, passkeys: passkeys, oauthBrowser: browser,
            walletSigner: wallets, captcha: captcha)
    }

    /// The configuration of a client on this phone.
    public var config: ClientConfig {
        ClientConfig(
            environmentId: sandbox.environmentId, baseUrl: sandbox.baseUrl, storageNamespace: name,
            appOrigin: "http://localhost", appLinks: ["http://localhost"],
            oauthRedirectUrl: "https://app.example/oauth", allowInsecureLoopback: true)
    }

    /// The app started: shut the client down before starting it again.
    ///
    /// - Throws: what `StepUpClient.init` throws.
    public func client() throws -> StepUpClient {
        try StepUpClient(config: config, platform: platform)
    }
}
