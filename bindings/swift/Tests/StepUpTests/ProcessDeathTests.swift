import Foundation
import StepUp
import Testing

private let export = [TokenScope.walletExport]
private let google = #"{"providers":[{"provider":"google"}]}"#

extension AllTests {
    /// A process is killed without a warning; another one goes on with what it has left on the disk.
    @Suite(.otherProcess, .timeLimit(.minutes(2))) final class ProcessDeathTests {
        private let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent(UUID().uuidString)

        deinit {
            try? FileManager.default.removeItem(at: directory)
        }

        @Test func whatACallHasAnsweredIsOnTheDisk() async throws {
            let sandbox = try Sandbox()
            try await killed(when: .signIn, on: sandbox)
            try await killed(when: .verify, on: sandbox)
            let app = try FileApp(on: sandbox, in: directory)
            try await app.client.restore()
            #expect(try await app.client.auth.session()?.user.email == ada)
            #expect(app.client.stepUp.elevations().map(\.scopes) == [[TokenScope.credentialLink]])
            // The keys are the same ones, or the server would refuse both.
            _ = try await app.client.auth.refresh()
            _ = try await app.verifyByEmail(export)
            #expect(try await app.callBackend(TokenScope.walletExport) == 200)
        }

        @Test func aSignInCodeThatIsAwaited() async throws {
            let sandbox = try Sandbox()
            try await killed(when: .sendCode, on: sandbox)
            let app = try FileApp(on: sandbox, in: directory)
            let auth = app.client.auth
            let sent = try #require(try await auth.pendingOtp())
            #expect(sent.channel == .email && sent.maskedDestination == "a•••@example.com")
            _ = try await auth.signInWithOtp(code: sandbox.code(for: ada))
            #expect(try await auth.pendingOtp() == nil)
            #expect(try await sandbox.requests(to: "/emailVerifications/create").count == 1)
        }

        @Test func aCodeThatIsAwaited() async throws {
            let sandbox = try Sandbox()
            try await killed(when: .signIn, on: sandbox)
            try await killed(when: .awaitCode, on: sandbox)
            let app = try FileApp(on: sandbox, in: directory)
            let stepUp = app.client.stepUp
            let flow = try #require(try await stepUp.pendingFlow())
            #expect(flow.scopes() == export)
            #expect(try #require(flow.state().prompt).maskedDestination == "a•••@example.com")
            try await flow.submit(code: sandbox.code(for: ada))
            let states = try await flow.states().reduce(into: []) { $0.append($1) }
            #expect(states.last?.elevations?.map(\.scopes) == [export], "\(states.map(\.name))")
            // One to sign in and one for the flow, no other.
            #expect(try await sandbox.requests(to: "/emailVerifications/create").count == 2)
            #expect(try await app.callBackend(TokenScope.walletExport) == 200)
            #expect(try await stepUp.pendingFlow()?.state() == nil)
        }

        @Test(arguments: [true, false]) func aBrowserThatIsOpen(isShown: Bool) async throws {
            let sandbox = try Sandbox()
            try await sandbox.patchPolicy(google)
            let before = try FileApp(on: sandbox, in: directory, browser: TestBrowser(sandbox: sandbox))
            _ = try await before.client.auth.signInWithSocial(provider: .google)
            before.client.shutdown()
            let page = try await killed(when: .awaitBrowser, on: sandbox)
            let redirect = try await sandbox.approve(page: page, account: "ada's account")

            let app = try FileApp(on: sandbox, in: directory)
            let flow = isShown ? try await app.client.stepUp.pendingFlow() : nil
            #expect(isShown == (flow?.state().name == "awaitingBrowser"))
            let outcome = try await app.client.auth.handleRedirect(url: redirect)
            guard case .elevated(let elevation) = outcome else {
                Issue.record("the redirect has led elsewhere")
                return
            }
            #expect(elevation.scopes == export)
            if let flow {
                let states = try await flow.states().reduce(into: []) { $0.append($1) }
                #expect(states.last == .granted(elevations: [elevation], notRequired: []))
            }
            #expect(try await app.callBackend(TokenScope.walletExport) == 200)
            #expect(try await app.client.auth.handleRedirect(url: redirect) == .notOurs)
        }

        @Test func aBrowserInWhichTheUserSignsIn() async throws {
            let sandbox = try Sandbox()
            try await sandbox.patchPolicy(google)
            let page = try await killed(when: .signInWithBrowser, on: sandbox)
            let redirect = try await sandbox.approve(page: page, account: "ada's account")
            let app = try FileApp(on: sandbox, in: directory)
            #expect(try await app.client.auth.session() == nil)
            let outcome = try await app.client.auth.handleRedirect(url: redirect)
            guard case .signedIn = outcome else {
                Issue.record("the redirect has led elsewhere")
                return
            }
            #expect(try await app.client.auth.session() != nil)
            _ = try await app.client.auth.refresh()
        }

        @Test func aDeviceThatWaitsForItsLinkBesideOneThatIsRegistered() async throws {
            let sandbox = try Sandbox()
            try await sandbox.patchPolicy(#"{"deviceRegistration":true}"#)
            let first = try World(on: sandbox, phone: "first")
            try await first.signIn()
            try await killed(when: .signIn, on: sandbox)

            let app = try FileApp(on: sandbox, in: directory)
            let devices = app.client.deviceRegistration
            try await app.client.restore()
            #expect(try await app.client.auth.session()?.duties == [.registerDevice])
            #expect(devices.status() == .awaitingLink(maskedEmail: "a•••@example.com"))
            let early = await error { try await app.client.stepUp.sendOtp() }
            #expect(early?.kind() == .registerDevice)
            #expect(try await first.client.auth.session()?.duties == [])

            _ = try await devices.complete(link: sandbox.registrationLink(for: ada))
            #expect(devices.status() == .notRequired)
            _ = try await app.client.stepUp.sendOtp()
            let registered = try await first.client.deviceRegistration.list()
            #expect(registered.map(\.isCurrent).sorted { $0 && !$1 } == [true, false])

            let other = try #require(registered.first { !$0.isCurrent })
            #expect(try await !first.client.deviceRegistration.revoke(id: other.id))
            let revoked = await error { try await app.client.auth.refresh() }
            #expect(revoked?.kind() == .signInAgain)
            #expect(try await app.client.auth.session() == nil && app.storage.keys().isEmpty)
            #expect(try await first.client.deviceRegistration.list().map(\.isCurrent) == [true])
        }

        /// Another process does this and is killed at the moment at which it says so: what it says.
        @discardableResult
        private func killed(when act: Act, on sandbox: Sandbox) async throws -> String {
            try await OtherProcess.killed(when: act, on: sandbox, in: directory)
        }
    }
}
