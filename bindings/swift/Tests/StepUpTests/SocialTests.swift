import StepUp
import Testing

private let export = [TokenScope.walletExport]

extension AllTests {
    /// Social accounts: signing in, linking, step-up, and the redirect that all of them wait for.
    @Suite struct SocialTests {
        private static let policy = #"{"providers":[{"provider":"google"},{"provider":"github"}]}"#

        @Test func signIn() async throws {
            let world = try await World(policy: Self.policy)
            let auth = world.client.auth
            let options = SignInOptions(requestedScopes: export)
            let outcome = try await auth.signInWithSocial(provider: .google, options: options)
            guard case .done(let session, let granted) = outcome else { return }
            let account = try #require(session.user.verifiedCredentials.first { $0.format == .oAuth })
            #expect(account.oauthProvider == "google" && granted == export)
            #expect(await world.browser.opened.first?.redirectUrl == World.redirectUrl)

            await world.browser.decide(.denies("access_denied"))
            let denied = await error { try await auth.signInWithSocial(provider: .google) }
            #expect(denied == .ProviderRefused(provider: "google", code: "access_denied"))
            await world.browser.set(.fails(PlatformError.Cancelled))
            #expect(await error { try await auth.signInWithSocial(provider: .github) } == .Cancelled)
            #expect(try await auth.session()?.user.id == session.user.id)
        }

        @Test func whatCannotWorkOpensNoBrowser() async throws {
            let world = try await World(policy: Self.policy)
            let auth = world.client.auth
            let telegram = await error { try await auth.signInWithSocial(provider: .other("telegram")) }
            #expect(telegram == .MethodUnavailable(reason: .unsupported, answer: nil))
            let off = await error { try await auth.signInWithSocial(provider: .discord) }
            #expect(off?.kind() == .chooseAnotherMethod)
            let noName = await error { try await auth.signInWithSocial(provider: .other("")) }
            #expect(noName?.argument == "provider")
            #expect(await world.browser.opened.isEmpty)

            let config = World.config(world.sandbox, namespace: "without-browser")
            let without = try StepUpClient(config: config, platform: .insecureInMemory())
            let none = await error { try await without.auth.signInWithSocial(provider: .google) }
            #expect(none == .MethodUnavailable(reason: .unsupported, answer: nil))
        }

        @Test func link() async throws {
            let world = try await World(policy: Self.policy)
            let auth = world.client.auth
            try await world.signIn()
            let gated = await error { try await auth.linkSocial(provider: .google) }
            #expect(gated?.kind() == .stepUpNeeded)
            #expect(await world.browser.opened.isEmpty)

            try await world.signIn(for: [TokenScope.credentialLink])
            guard case .done(let session) = try await auth.linkSocial(provider: .google) else {
                Issue.record("not linked")
                return
            }
            #expect(session.user.email == ada)
            #expect(session.user.verifiedCredentials.map(\.oauthProvider).contains("google"))
        }

        @Test func stepUp() async throws {
            let world = try await World(policy: Self.policy)
            let stepUp = world.client.stepUp
            _ = try await world.client.auth.signInWithSocial(provider: .google)
            let elevation = try await stepUp.verifySocial(provider: .google, scopes: export)
            #expect(elevation.scopes == export && elevation.singleUse)
            #expect(try await world.callBackend(TokenScope.walletExport) == 200)

            let visits = await world.browser.opened.count
            let notLinked = await error { try await stepUp.verifySocial(provider: .github, scopes: export) }
            #expect(notLinked == .MethodUnavailable(reason: .notEnrolled, answer: nil))
            let noScope = await error { try await stepUp.verifySocial(provider: .google, scopes: []) }
            #expect(noScope?.argument == "scopes")
            #expect(await world.browser.opened.count == visits)

            await world.browser.decide(.approves("somebody else's account"))
            let other = await error { try await stepUp.verifySocial(provider: .google, scopes: export) }
            guard case .MethodUnavailable(.differentAccount, _) = other else {
                Issue.record("\(String(describing: other))")
                return
            }
            #expect(!stepUp.hasElevatedAccessToken(scope: TokenScope.walletExport))
        }

        @Test func aRedirectThatIsNotOursIsRefusedAndLeavesTheVisitAlone() async throws {
            let world = try await World(policy: Self.policy)
            let auth = world.client.auth
            await world.browser.decide(.answers("\(World.redirectUrl)?dynamicOauthState=other&code=1"))
            let foreign = await error { try await auth.signInWithSocial(provider: .google) }
            #expect(foreign == .RedirectRefused(reason: .notOurs))
            for url in ["", "no URL", "https://elsewhere.example/", World.redirectUrl] {
                #expect(try await auth.handleRedirect(url: url) == .notOurs)
            }
        }

        /// As on Android, or where the app was brought to the front by the link itself.
        @Test func aRedirectThatComesAnotherWayEndsTheCall() async throws {
            let world = try await World(policy: Self.policy)
            let (auth, gate) = (world.client.auth, Gate())
            await world.browser.set(.waits(gate))
            let call = Task { try await auth.signInWithSocial(provider: .google) }
            let redirect = try await consent(in: world, account: "ada's account")
            let handled = try await auth.handleRedirect(url: redirect)
            #expect(try await handled == .signedIn(outcome: call.value))
            #expect(try await auth.handleRedirect(url: redirect) == .notOurs)
            await gate.open()
        }

        @Test(arguments: ["sign-in", "link", "step-up"])
        func theProcessEndsWhileTheBrowserIsInFront(purpose: String) async throws {
            let world = try await World(policy: Self.policy)
            let (client, gate) = (world.client, Gate())
            switch purpose {
            case "link": try await world.signIn(for: [TokenScope.credentialLink])
            case "step-up": _ = try await client.auth.signInWithSocial(provider: .google)
            default: break
            }
            await world.browser.set(.waits(gate))
            let call = Task {
                await error {
                    switch purpose {
                    case "link": _ = try await client.auth.linkSocial(provider: .google)
                    case "step-up":
                        _ = try await client.stepUp.verifySocial(provider: .google, scopes: export)
                    default: _ = try await client.auth.signInWithSocial(provider: .google)
                    }
                }
            }
            let visits = purpose == "step-up" ? 2 : 1
            let redirect = try await consent(in: world, account: "ada's account", visits: visits)
            let restarted = try world.restarted()
            #expect(await call.value == .ClientClosed)
            await gate.open()

            let auth = restarted.client.auth
            switch (purpose, try await auth.handleRedirect(url: redirect)) {
            case ("sign-in", .signedIn(.done(let session, _))):
                #expect(session.user.verifiedCredentials.first?.oauthProvider == "google")
            case ("link", .linked(.done(let session))):
                #expect(session.user.verifiedCredentials.map(\.oauthProvider).contains("google"))
            case ("step-up", .elevated(let elevation)):
                #expect(elevation.scopes == export)
                #expect(try await restarted.callBackend(TokenScope.walletExport) == 200)
            case (_, let outcome): Issue.record("\(purpose) ended as \(outcome)")
            }
            #expect(try await auth.handleRedirect(url: redirect) == .notOurs)
        }

        @Test func cancellingTheTaskEndsTheVisitAndTellsTheBrowser() async throws {
            let world = try await World(policy: Self.policy)
            let (auth, told) = (world.client.auth, Gate())
            await world.browser.set(
                .calls {
                    try? await Task.sleep(for: .seconds(60))
                    await told.pass()
                    throw PlatformError.Cancelled
                })
            let call = Task { await error { try await auth.signInWithSocial(provider: .google) } }
            let redirect = try await consent(in: world, account: "ada's account")
            call.cancel()
            #expect(await call.value == .Cancelled)
            try await eventually("the browser is told") { await told.arrivals > 0 }
            await told.open()
            #expect(try await auth.handleRedirect(url: redirect) == .notOurs)
            #expect(try await auth.session() == nil)
        }

        /// The user consents in a browser that has not come back yet: the redirect.
        private func consent(in world: World, account: String, visits: Int = 1) async throws -> String {
            try await eventually("the browser is opened") { await world.browser.opened.count >= visits }
            let page = try #require(await world.browser.opened.last)
            return try await world.sandbox.approve(page: page.url, account: account)
        }
    }
}
