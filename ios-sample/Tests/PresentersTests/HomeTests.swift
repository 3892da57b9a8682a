import Foundation
import StepUp
import StepUpTesting
import Testing

@testable import Presenters

/// The screen of the signed-in user.
@Suite(.timeLimit(.minutes(2))) @MainActor struct HomeTests {
    @Test func whatIsProvenServesOnce() async throws {
        let world = try await World()
        try await world.signIn()
        try await world.proving { await world.app.home.exportKey() }
        #expect(world.app.home.activity.notice?.text == .exported)
        try await eventually("it is spent") { world.app.home.elevations.isEmpty }
        async let again: Void = world.app.home.exportKey()
        try await world.sheet().cancel()
        await again
        #expect(try await world.sandbox.requests(to: "/protected").count == 1)
    }

    @Test(arguments: [true, false]) func theBackendIsNotThereOrRefuses(isThere: Bool) async throws {
        let world = try await World()
        try await world.signIn()
        let client = world.app.services.client
        let url = try #require(URL(string: isThere ? "\(world.sandbox.url)/other" : "http://127.0.0.1:1"))
        let backend = try AppBackend(client: client, url: url, allowsLoopback: true)
        let signOut = OwnSignOut(client, failures: Activity())
        let services = Services(
            client: client, backend: backend, sheets: world.app.sheets, signOut: signOut)
        let home = HomePresenter(services, session: SessionModel(client))
        try await world.proving { await home.exportKey() }
        #expect(home.activity.notice?.text == (isThere ? .exportRefused : .offline))
    }

    @Test func theBackendNoticesThatTheSessionHasEnded() async throws {
        let world = try await World()
        try await world.signIn()
        // Proven, but the session ends before it is used.
        let client = world.app.services.client
        _ = try await client.stepUp.sendOtp()
        let code = try await world.sandbox.code(for: ada)
        _ = try await client.stepUp.verifyOtp(code: code, scopes: [TokenScope.walletExport])
        try await world.sandbox.control("POST", "reset")
        await world.app.home.exportKey()
        try await world.isShown(.signIn)
        try await eventually("it is said why") {
            world.app.signIn.activity.notice?.text == .sessionEnded
        }
    }

    @Test func aSocialAccountIsLinkedAndUnlinked() async throws {
        let world = try await World(policy: World.google)
        try await world.signIn()
        let home = world.app.home
        try await world.proving { await home.link(.google) }
        #expect(home.activity.notice?.text == .linked)
        try await eventually("it is listed") { home.credentials.count == 2 }
        let account = try #require(home.credentials.first { $0.kind == .credentialSocial })
        #expect(account.label == "google")

        async let unlinked: Void = home.unlink(account)
        try await world.choose(.methodEmail)
        try await world.type { try await world.sandbox.code(for: ada) }
        await unlinked
        #expect(home.activity.notice == nil)
        try await eventually("it is gone") { home.credentials.map(\.kind) == [.credentialEmail] }
        let last = try #require(home.credentials.first)
        // The permission holds for some minutes.
        await home.unlink(last)
        #expect(home.activity.notice?.text == .lastCredential && home.credentials == [last])
    }

    @Test func anAccountOfAnotherUser() async throws {
        let world = try await World(
            policy: #"{"providers":[{"provider":"google"}],"linkConflict":"merge"}"#)
        let auth = world.app.services.client.auth
        await world.app.signIn.signIn(with: .google)
        try await world.isShown(.home)
        _ = try await auth.updateUser(update: UserUpdate(firstName: "Grace"))
        await world.app.home.signOut()
        try await world.isShown(.signIn)
        try await world.signIn()
        _ = try await auth.updateUser(update: UserUpdate(firstName: "Ada"))
        let home = world.app.home
        try await world.sandbox.patchPolicy(#"{"linkConflict":"refuse"}"#)
        try await world.proving { await home.link(.google) }
        #expect(home.activity.notice?.text == .belongsToAnotherUser && home.offer == nil)

        try await world.sandbox.patchPolicy(#"{"linkConflict":"merge"}"#)
        await home.link(.google)
        let offer = try #require(home.offer)
        #expect(home.isAsking && home.activity.notice == nil)
        home.isAsking = false
        #expect(home.offer == nil && home.credentials.count == 1)
        await home.accept(offer)
        #expect(home.activity.notice?.text == .linked)
        try await eventually("the accounts are one") {
            Set(home.credentials.map(\.kind)) == [.credentialEmail, .credentialSocial]
        }
        #expect(try await auth.session()?.user.firstName == "Ada", "what is here stays")
    }

    @Test func aWalletOfAnotherUser() async throws {
        let world = try await World(policy: #"{"linkConflict":"transfer"}"#)
        try await world.phone.wallets.offer("wallet")
        try await world.signIn(as: "grace@example.com")
        async let linked: Void = world.app.home.linkWallet()
        try await world.type { try await world.sandbox.code(for: "grace@example.com") }
        await linked
        #expect(world.app.home.activity.notice?.text == .linked)
        await world.app.home.signOut()
        try await world.isShown(.signIn)
        try await world.signIn()
        try await world.proving { await world.app.home.linkWallet() }
        let offer = try #require(world.app.home.offer)
        await world.app.home.accept(offer)
        #expect(world.app.home.activity.notice?.text == .linked && world.app.home.offer == nil)
        try await eventually("it is here") {
            world.app.home.credentials.map(\.kind) == [.credentialEmail, .credentialWallet]
        }
    }

    @Test func theBackendVouches() async throws {
        let world = try await World()
        try await world.signIn()
        async let export: Void = world.app.home.exportKeyByBackend()
        let sheet = try await world.sheet()
        try await eventually("the backend is to be asked") { sheet.content == .backend(nil) }
        await sheet.askBackend()
        await export
        #expect(world.app.home.activity.notice?.text == .exported)
        async let again: Void = world.app.home.exportKeyByBackend()
        try await world.sheet().cancel()
        await again
        #expect(world.app.home.activity.notice == nil)
        #expect(try await world.sandbox.requests(to: "/protected").map(\.status) == [200])
    }

    @Test func aNumberIsLinked() async throws {
        let world = try await World()
        try await world.signInWithTwoMethods()
        let home = world.app.home
        #expect(home.activity.notice?.text == .linked && home.linking == nil && home.number.isEmpty)
        try await eventually("it is listed") {
            home.credentials.map(\.kind) == [.credentialEmail, .credentialPhone]
        }
    }

    @Test func aSecondFactorAtSignIn() async throws {
        let world = try await World()
        try await world.signIn()
        let totp = try await world.enrollAuthenticatorApp()
        let passkeys = PasskeysPresenter(world.app.services)
        await passkeys.register()
        #expect(passkeys.passkeys.count == 1)
        let codes = RecoveryCodesPresenter(world.app.services)
        await codes.load()
        let recoveryCode = try #require(codes.shown.first)
        try await world.sandbox.patchPolicy(#"{"mfa":{"session":true}}"#)
        for method in [TextKey.methodTotp, .methodRecoveryCode, .methodPasskey] {
            await world.app.home.signOut()
            try await world.isShown(.signIn)
            // So many codes in ten minutes are not sent.
            _ = try await world.sandbox.advanceClock(seconds: 601)
            try await world.signIn()
            let home = world.app.home
            let duty = try #require(home.duties.first { $0.duty == .completeMfa })
            #expect(duty.title == .dutyCompleteMfa && duty.blocks == .blocksChanges)
            async let proven: Void = home.proveSecondFactor()
            try await world.choose(method)
            switch method {
            case .methodTotp: try await world.type { try await world.code(of: totp) }
            case .methodRecoveryCode: try await world.type { recoveryCode }
            default: break
            }
            await proven
            #expect(home.activity.notice == nil)
            try await eventually("it is done") { !home.duties.contains(duty) }
        }
    }

    @Test func otherDutiesSayWhatTheyBlock() async throws {
        let world = try await World(
            policy: #"{"profileFields":[{"name":"firstName","required":true}]}"#)
        try await world.signIn()
        #expect(world.app.home.duties.map(\.title) == [.dutyProfile])
        #expect(world.app.home.duties.map(\.blocks) == [.blocksNothing])
        #expect(world.app.home.missingFields == ["firstName"])
    }

    @Test func theUserSignsOut() async throws {
        let world = try await World()
        try await world.signIn()
        await world.app.home.signOut()
        try await world.isSignedOut()
        #expect(world.app.signIn.activity.notice == nil && world.app.home.userName == nil)
        #expect(await world.phone.storage.records.isEmpty)

        // The next end is not the user's.
        try await world.signIn()
        try await world.app.services.client.auth.logout()
        try await world.isSignedOut()
        #expect(world.app.signIn.activity.notice?.text == .sessionEnded)
    }

    @Test func theWishToSignOutOutlivesTheCallAndServesOnce() async throws {
        let world = try await World()
        let signOut = OwnSignOut(world.app.services.client, failures: Activity())
        try await signOut.during {}
        #expect(signOut.take() && !signOut.take())

        try await world.signIn()
        await #expect(throws: CancellationError.self) {
            try await signOut.during { throw CancellationError() }
        }
        #expect(!signOut.take(), "the session is still there")
    }

    @Test func theUserSignsOutAndTheStorageFails() async throws {
        let world = try await World()
        try await world.signIn()
        await world.phone.storage.set(.fails(PlatformError.Locked))
        await world.app.home.signOut()
        try await world.isSignedOut()
        #expect(world.app.opened.notice?.text == .storage && world.app.signIn.activity.notice == nil)

        await world.phone.storage.set(.works)
        try await world.signIn(as: "grace@example.com")
        #expect(world.app.home.activity.notice == nil, "that is not for the next user")
    }

    @Test(arguments: [true, false]) func theDeviceIsRevokedElsewhere(allOfThem: Bool) async throws {
        let world = try await World(policy: #"{"deviceRegistration":true}"#)
        try await world.signIn()
        let other = try World(on: TestPhone(sandbox: world.sandbox, name: "tablet"))
        try await other.signIn()
        await other.app.open(try await world.sandbox.registrationLink(for: ada))
        try await other.isShown(.home)
        let devices = TrustedDevicesPresenter(other.app.services)
        await devices.load()
        let first = try #require(devices.devices.first { !$0.isCurrent })
        await devices.confirm(allOfThem ? .all : .one(first))
        #expect(devices.activity.notice == nil)

        // Here it is noticed with the next thing that the user does.
        if allOfThem { await world.app.home.refresh() } else { await world.app.home.exportKey() }
        try await world.isShown(.signIn)
        try await eventually("it is said why") {
            world.app.signIn.activity.notice?.text == .sessionEnded
        }
        try await world.sheetIsGone()
    }

    @Test func theSessionEndsWhileASheetIsOpen() async throws {
        let world = try await World()
        try await world.signIn()
        async let export: Void = world.app.home.exportKey()
        _ = try await world.sheet()
        try await world.app.services.client.auth.logout()
        await export
        try await world.isShown(.signIn)
        try await world.sheetIsGone()
        try await eventually("it is said") { world.app.signIn.activity.notice?.text == .sessionEnded }
    }
}

extension World {
    /// Signs in by e-mail and links a number: a user with a choice.
    func signInWithTwoMethods() async throws {
        try await signIn()
        try await sendCodeForNumber()
        app.home.code = try await sandbox.code(for: phoneNumber.whole)
        await app.home.confirmPhone()
    }

    /// The user is about to link a number.
    func sendCodeForNumber() async throws {
        let home = app.home
        (home.countryCode, home.number) = (phoneNumber.country, phoneNumber.number)
        try await proving { await home.linkPhone() }
        try #require(home.linking?.channel == .sms)
    }
}
