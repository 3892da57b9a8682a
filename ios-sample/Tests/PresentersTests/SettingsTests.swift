import StepUp
import StepUpTesting
import Testing

@testable import Presenters

/// The screens for settings and log.
@Suite(.timeLimit(.minutes(2))) @MainActor struct SettingsTests {
    @Test func anotherServer() async throws {
        let world = try await World()
        try await world.signIn()
        let before = world.app
        let other = try Sandbox()
        let settings = SettingsPresenter(world.sample)
        #expect(settings.environmentId == world.sandbox.environmentId)
        (settings.environmentId, settings.baseUrl) = (" \(other.environmentId)\n", " \(other.baseUrl) ")
        await settings.save()
        #expect(settings.activity.notice?.text == .saved)
        #expect(world.sample.settings.baseUrl == other.baseUrl)
        let app = try #require(world.sample.app)
        #expect(app !== before)
        let running = Task { await app.run() }
        try await eventually("nobody is signed in there") { app.screen == .signIn }
        app.signIn.email = ada
        await app.signIn.sendEmailCode()
        #expect(try await other.requests(to: "/emailVerifications/create").count == 1)

        (settings.environmentId, settings.baseUrl) = (world.sandbox.environmentId, world.sandbox.baseUrl)
        await settings.save()
        let again = try #require(world.sample.app)
        running.cancel()
        let back = Task { await again.run() }
        defer { back.cancel() }
        try await eventually("the session of before is there") { again.screen == .home }
    }

    @Test func whatIsNoEnvironmentOrAddress() async throws {
        let world = try await World()
        let settings = SettingsPresenter(world.sample)
        settings.environmentId = "environment"
        await settings.save()
        #expect(settings.activity.notice?.text == .environment)
        settings.environmentId = world.sandbox.environmentId
        for address in ["", "nowhere", "http://", "http://example.com/api/v0"] {
            settings.baseUrl = address
            await settings.save()
            #expect(settings.activity.notice?.text == .address)
        }
        #expect(world.sample.app === world.app)
    }

    @Test func aReleaseTalksToNoSandbox() async throws {
        let phone = TestPhone(sandbox: try Sandbox())
        var stored: [SampleSettings] = []
        let sample = Sample(
            SampleSettings(environmentId: phone.sandbox.environmentId, baseUrl: phone.sandbox.baseUrl),
            allowsLoopback: false, store: { stored.append($0) }, makeClient: World.maker(phone))
        #expect(sample.app == nil && stored.isEmpty)
        let settings = SettingsPresenter(sample)
        await settings.save()
        #expect(settings.activity.notice?.text == .address && sample.app == nil)
        settings.baseUrl = "https://api.example.com/api/v0"
        await settings.save()
        #expect(settings.activity.notice?.text == .saved)
        #expect(sample.app != nil && stored.last?.baseUrl == "https://api.example.com/api/v0")
    }

    @Test func outsideOfTrialsTheAppIsItsDomain() {
        let settings = SampleSettings(environmentId: "id", baseUrl: "https://api.example.com/api/v0")
        let config = settings.config(domain: "app.example", scheme: "stepup-sample")
        #expect(config.appOrigin == "https://app.example" && config.appLinks == ["https://app.example"])
        #expect(config.oauthRedirectUrl == "https://app.example/oauth")
        #expect(!config.allowCustomSchemes && !config.allowInsecureLoopback)
    }

    @Test func inTheForegroundTheSessionIsRenewed() async throws {
        let world = try await World(policy: #"{"jwtLifeSeconds":4}"#)
        world.sample.setForeground(true)
        let settings = SettingsPresenter(world.sample)
        // Another client is told as well.
        await settings.save()
        let app = try #require(world.sample.app)
        let running = Task { await app.run() }
        defer { running.cancel() }
        app.signIn.email = ada
        await app.signIn.sendEmailCode()
        app.signIn.code = try await world.sandbox.code(for: ada)
        await app.signIn.submit()
        try await eventually("it is renewed") {
            try await world.sandbox.requests(to: "/refresh").contains { $0.status == 200 }
        }
        #expect(app.screen == .home)
    }

    @Test func theLogKeepsItsLatestLines() async throws {
        let log = MemoryLog()
        for number in 0..<501 {
            await log.log(record: LogRecord(level: .debug, text: "line \(number)"))
        }
        let presenter = LogPresenter(log)
        let following = Task { await presenter.follow() }
        defer { following.cancel() }
        try await eventually("they are shown") { presenter.lines.count == 500 }
        #expect(presenter.lines.first?.text == "line 1" && presenter.lines.last?.text == "line 500")
        await log.log(record: LogRecord(level: .warning, text: "another one"))
        try await eventually("it is shown") { presenter.lines.last?.level == .warning }
    }

    @Test func theLogHoldsNoSecrets() async throws {
        let world = try await World()
        let following = Task { await world.app.log.follow() }
        defer { following.cancel() }
        try await world.signInWithTwoMethods()
        let code = try await world.sandbox.code(for: ada)
        let tokens = [
            try await world.app.services.client.auth.sessionToken(kind: .minified)?.expose(),
            try await world.app.services.client.auth.sessionToken(kind: .full)?.expose(),
        ].compactMap { $0 }
        try await eventually("something was logged") { world.app.log.lines.count > 5 }
        for line in world.app.log.lines {
            for secret in [ada, code, phoneNumber.number] + tokens {
                #expect(!line.text.contains(secret))
            }
        }
        #expect(tokens.count == 2)
    }
}
