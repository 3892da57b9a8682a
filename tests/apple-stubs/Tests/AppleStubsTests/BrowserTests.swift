import AuthenticationServices
import Foundation
import StepUp
import Testing
import UIKit

@testable import StepUpApple

extension AppleTests {
    @MainActor @Suite struct BrowserTests {
        private let window = newDevice()
        private let browser = WebAuthenticationBrowser()
        private let request = BrowserRequest(
            url: "https://provider.example/login", redirectUrl: "https://app.example/oauth")

        @Test(arguments: [
            ("https://app.example/oauth", "https://app.example/oauth"), ("myapp://oauth", "myapp"),
        ])
        func aPageEndsWithItsRedirect(redirect: String, awaited: String) async throws {
            let answer = try #require(URL(string: "\(redirect)?code=1&state=2"))
            SimulatedBrowser.decision = .returns(answer)
            let request = BrowserRequest(url: "https://provider.example/login", redirectUrl: redirect)
            #expect(try await browser.open(request: request) == "\(redirect)?code=1&state=2")
            let opened = try #require(SimulatedBrowser.opened.first)
            #expect(opened.url.absoluteString == "https://provider.example/login")
            #expect(opened.callback == awaited && !opened.isEphemeral && opened.window === window)
        }

        @Test func aPageCanBeWithoutCookies() async throws {
            SimulatedBrowser.decision = .returns(try #require(URL(string: "https://app.example/oauth")))
            let browser = WebAuthenticationBrowser(prefersEphemeralSession: true)
            _ = try await browser.open(request: request)
            #expect(SimulatedBrowser.opened.first?.isEphemeral == true)
        }

        @Test func whoeverClosesThePageHasCancelled() async {
            SimulatedBrowser.decision = .fails(ASWebAuthenticationSessionError(.canceledLogin))
            #expect(await thrown { try await browser.open(request: request) } == .Cancelled)
        }

        @Test func anAppWithoutTheDomainIsWronglyConfigured() async {
            let reason =
                "Application with identifier TEAM.app is not associated with domain app.example. Using "
                + "HTTPS callbacks requires Associated Domains using the `webcredentials` service type for "
                + "app.example."
            SimulatedBrowser.decision = .fails(
                .init(.canceledLogin, userInfo: [NSLocalizedFailureReasonErrorKey: reason]))
            guard case .Configuration = await thrown(by: { try await browser.open(request: request) }) else {
                Issue.record("no error, or another one")
                return
            }
        }

        @Test func aPageThatDoesNotAppearIsUnsupported() async {
            SimulatedBrowser.decision = .refusesToStart
            #expect(await thrown { try await browser.open(request: request) } == .Unsupported)
            UIApplication.shared.simulateNoScenes()
            #expect(await thrown { try await browser.open(request: request) } == .Unsupported)
        }

        @Test func anEndWithNothingIsAnError() async {
            SimulatedBrowser.decision = .endsWithNothing
            guard case .Internal = await thrown(by: { try await browser.open(request: request) }) else {
                Issue.record("no error, or another one")
                return
            }
        }

        @Test func thePageGoesAwayWithTheTask() async throws {
            let (browser, request) = (browser, request)
            let task = Task { try await browser.open(request: request) }
            try await eventually("a page is shown") { SimulatedBrowser.count == 1 }
            task.cancel()
            #expect(await thrown { try await task.value } == .Cancelled)
            try await eventually("the page goes away") { SimulatedBrowser.count == 0 }
        }
    }
}
