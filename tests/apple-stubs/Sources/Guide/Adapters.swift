// What the articles of StepUpApple show.
import StepUp
import StepUpApple
import SwiftUI

func shopConfig() -> ClientConfig {
    var config = ClientConfig(
        environmentId: "2762a57b-faa4-41ce-9f16-abff9300e2c9", appOrigin: "https://app.example")
    if WebAuthenticationBrowser.isHttpsRedirectPossible {
        config.oauthRedirectUrl = "https://app.example/oauth"
    } else {
        config.oauthRedirectUrl = "com.example.app://oauth"
        config.allowCustomSchemes = true
    }
    return config
}

func shopClient() throws -> StepUpClient {
    try StepUp.apple(shopConfig())
}

@MainActor
func shopClient(above window: PresentationWindow, wallets: any WalletSigner) throws -> StepUpClient {
    let passkeys = AuthorizationPasskeys(window: window, prefersImmediatelyAvailable: true)
    return try StepUp.apple(
        shopConfig(), platform: .apple(window: window, passkeys: passkeys, walletSigner: wallets))
}

struct Shop: Scene {
    let client: StepUpClient

    var body: some Scene {
        WindowGroup {
            Text("Shop")
        }
        .reportsForeground(to: client)
    }
}
