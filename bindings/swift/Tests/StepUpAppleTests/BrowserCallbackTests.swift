import StepUp
import Testing

@testable import StepUpApple

@Suite struct BrowserCallbackTests {
    @Test(arguments: [
        ("https://app.example/callback", "/callback"), ("https://App.Example", "/"),
        ("https://app.example:443/a/b?c=d", "/a/b"),
    ])
    func aLinkIsWaitedForByHostAndPath(url: String, path: String) throws {
        let callback = try BrowserCallback(redirectUrl: url, isHttpsPossible: true)
        #expect(callback == .https(host: "app.example", path: path))
    }

    @Test(arguments: ["myapp://callback", "MyApp:/callback", "myapp:callback"])
    func aSchemeOfTheAppsOwnIsWaitedForEverywhere(url: String) throws {
        for isHttpsPossible in [true, false] {
            let callback = try BrowserCallback(redirectUrl: url, isHttpsPossible: isHttpsPossible)
            #expect(callback == .customScheme("myapp"))
        }
    }

    @Test func anOlderSystemCannotWaitForALink() throws {
        let reason = configurationReason {
            try BrowserCallback(redirectUrl: "https://app.example/callback", isHttpsPossible: false)
        }
        #expect(reason?.contains("oauthRedirectUrl") == true)
        #expect(reason?.contains("app.example") == false)
    }

    @Test(arguments: [
        "", "callback", "/callback", "https:///callback", "https://app.example:8443/",
        "http://127.0.0.1/callback",
    ])
    func whatCannotBeWaitedForIsWrongConfiguration(url: String) {
        let reason = configurationReason { try BrowserCallback(redirectUrl: url, isHttpsPossible: true) }
        #expect(reason != nil)
    }
}
