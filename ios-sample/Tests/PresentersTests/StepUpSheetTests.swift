import Foundation
import StepUp
import StepUpTesting
import Testing

@testable import Presenters

/// The method chooser: a step-up by each method, and what can go wrong on the way.
@Suite(.timeLimit(.minutes(2))) @MainActor struct StepUpSheetTests {
    @Test func aCodeByEmail() async throws {
        let world = try await World()
        try await world.signIn()
        try await world.exportKey {
            try await world.type { try await world.sandbox.code(for: ada) }
        }
        #expect(try await world.sandbox.requests(to: "/protected").map(\.status) == [200])
    }

    @Test func aCodeBySms() async throws {
        let world = try await World()
        try await world.signInBySms()
        try await world.exportKey {
            let sheet = try await world.sheet()
            try await eventually("a code is asked for") { sheet.field != nil }
            #expect(sheet.field?.method == .methodSms && sheet.field?.destination == "+1 •••67")
            try await world.type { try await world.sandbox.code(for: phoneNumber.whole) }
        }
    }

    @Test func anAuthenticatorApp() async throws {
        let world = try await World()
        try await world.signIn()
        let totp = try await world.enrollAuthenticatorApp()
        try await world.exportKey {
            let sheet = try await world.sheet()
            try await eventually("a code is asked for") { sheet.field != nil }
            let field = try #require(sheet.field)
            #expect(!field.isSent && !field.canResend(at: .distantFuture) && field.destination == nil)
            try await world.type { try await world.code(of: totp) }
        }
    }

    @Test func aPasskey() async throws {
        let world = try await World()
        try await world.signIn()
        try await world.registerPasskey()
        let gate = Gate()
        await world.phone.passkeys.set(.waits(gate))
        try await world.exportKey(waitingWith: .waitingForPasskey, at: gate) { sheet in
            #expect(sheet.canGoBack)
        }
    }

    @Test func aSocialAccount() async throws {
        let gate = Gate()
        let world = try await World.signedInWithGoogle(waitingAt: gate)
        try await world.exportKey(waitingWith: .waitingForBrowser, at: gate)
    }

    @Test func aWallet() async throws {
        let world = try await World()
        try await world.phone.wallets.offer("wallet")
        _ = try await world.app.services.client.auth.signInWithWallet()
        try await world.isShown(.home)
        let gate = Gate()
        await world.phone.wallets.set(.waits(gate))
        try await world.exportKey(waitingWith: .waitingForWallet, at: gate)
    }

    @Test func theAppsBackend() async throws {
        let world = try await World()
        try await world.signIn()
        let filter = StepUpFilter.methods(methods: [.externalJwt])
        let flow = try world.app.services.client.stepUp.start(
            scopes: [TokenScope.walletExport], filter: filter)
        async let shown: Void = world.app.sheets.show(flow)
        let sheet = try await world.sheet()
        try await eventually("the backend is to be asked") { sheet.content == .backend(nil) }
        await sheet.askBackend()
        await shown
        #expect(world.app.sheets.current == nil)
        try await eventually("it is proven") { sheet.content == .granted }
    }

    @Test func aRecoveryCode() async throws {
        let world = try await World()
        try await world.signIn()
        try await world.registerPasskey()
        let codes = RecoveryCodesPresenter(world.app.services)
        await codes.load()
        let code = try #require(codes.shown.first)
        await world.phone.passkeys.set(.fails(PlatformError.Cancelled))
        try await world.exportKey {
            try await world.choose(.methodRecoveryCode)
            let sheet = try await world.sheet()
            try await eventually("a code is asked for") { sheet.field != nil }
            #expect(sheet.field?.isNumeric == false)
            sheet.paste(" 123-456-7x\n")
            #expect(sheet.code == "123-456-7x", "digits in it are not the whole of it")
            sheet.paste("  \(code)\n")
            #expect(sheet.code == code)
            sheet.submit()
        }
    }

    @Test func aWrongCodeIsTypedAnew() async throws {
        let world = try await World()
        try await world.signIn()
        try await world.exportKey {
            try await world.type { "000000" }
            let sheet = try await world.sheet()
            try await eventually("it was wrong") { sheet.notice?.text == .codeWrong }
            sheet.paste("Your code is 123 456.")
            #expect(sheet.code == "123456")
            sheet.code = ""
            #expect(sheet.attempts == 1 && sheet.code.isEmpty)
            sheet.submit()
            #expect(sheet.attempts == 1, "there is nothing to submit")
            try await world.type { "12" }
            try await eventually("it is none") { sheet.notice?.text == .codeMalformed }
            try await world.type { try await world.sandbox.code(for: ada) }
        }
    }

    @Test func aCodeIsSentAgainWhenTheTimeHasCome() async throws {
        let world = try await World()
        try await world.signIn()
        try await world.exportKey {
            let sheet = try await world.sheet()
            try await eventually("a code is asked for") { sheet.field != nil }
            let field = try #require(sheet.field)
            let left = field.secondsLeft(at: .now)
            #expect(left > 0 && field.isSent && !field.canResend(at: .now))
            sheet.resend(at: .now)
            // What comes after it at the server shows that it was not sent.
            try await world.type { "000000" }
            try await eventually("the server has answered") { sheet.notice?.text == .codeWrong }
            #expect(try await world.sandbox.requests(to: "/emailVerifications/retry").isEmpty)
            let later = Date.now + Double(left)
            #expect(field.secondsLeft(at: later) == 0)
            sheet.resend(at: later)
            try await eventually("it was sent again") {
                try await world.sandbox.requests(to: "/emailVerifications/retry").map(\.status) == [200]
                    && sheet.field?.isResending == false
            }
            try await world.type { try await world.sandbox.code(for: ada) }
        }
    }

    @Test func theUserTakesAnotherMethod() async throws {
        let world = try await World()
        try await world.signInWithTwoMethods()
        try await world.exportKey {
            let sheet = try await world.sheet()
            try await eventually("there is a choice") { sheet.options != nil }
            let options = try #require(sheet.options)
            #expect(Set(options.map(\.method)) == [.methodEmail, .methodSms])
            #expect(options.filter(\.isPreferred).count == 1 && !sheet.canGoBack)
            try await world.choose(.methodSms)
            try await world.type { "000000" }
            try await eventually("it was wrong") { sheet.notice != nil }
            sheet.code = "12"
            sheet.back()
            #expect(sheet.code.isEmpty && sheet.attempts == 0)
            try await world.choose(.methodEmail)
            try await world.type { try await world.sandbox.code(for: ada) }
        }
    }

    @Test func aMethodThatDoesNotServeSaysWhy() async throws {
        let world = try await World()
        try await world.phone.wallets.offer("wallet")
        try await world.signIn()
        try await world.proving { await world.app.home.linkWallet() }
        await world.phone.wallets.set(.fails(PlatformError.NotFound))
        try await world.exportKey {
            try await world.choose(.methodWallet)
            let sheet = try await world.sheet()
            try await eventually("it says why") {
                sheet.options?.first { $0.method == .methodWallet }?.notice?.text == .notOnThisDevice
            }
            try await world.choose(.methodEmail)
            try await world.type { try await world.sandbox.code(for: ada) }
        }
    }

    @Test func offline() async throws {
        let world = try await World()
        try await world.signIn()
        try await world.disconnect("POST", "stepUp/check")
        try await world.exportKey {
            let sheet = try await world.sheet()
            try await eventually("it says so") { sheet.notice?.text == .offline }
            try await world.sandbox.clearFaults()
            sheet.retry()
            try await world.type { try await world.sandbox.code(for: ada) }
        }
    }

    @Test func theUserCancels() async throws {
        let world = try await World()
        try await world.signIn()
        async let export: Void = world.app.home.exportKey()
        _ = try await world.sheet()
        // Swiped away.
        world.app.sheets.current = nil
        await export
        try await world.sheetIsGone()
        #expect(world.app.home.activity.notice == nil)
        #expect(try await world.sandbox.requests(to: "/protected").isEmpty)
    }

    @Test func ofTwoSheetsOneIsShownAfterTheOther() async throws {
        let world = try await World()
        try await world.signIn()
        let services = world.app.services
        let first = try services.client.stepUp.start(scopes: [TokenScope.walletExport])
        let second = try services.client.stepUp.start(scopes: [TokenScope.credentialLink])
        let showing = [first, second].map { flow in Task { await services.sheets.show(flow) } }
        let sheet = try await world.sheet()
        sheet.cancel()
        try await eventually("the other is shown") {
            services.sheets.current.map { $0 !== sheet } ?? false
        }
        try await world.sheet().cancel()
        for task in showing { await task.value }
        #expect(services.sheets.current == nil)
    }

    @Test func aSheetThatGoesAwayTakesNoOtherWithIt() async throws {
        let world = try await World()
        try await world.signIn()
        let services = world.app.services
        let first = try services.client.stepUp.start(scopes: [TokenScope.walletExport])
        let second = try services.client.stepUp.start(scopes: [TokenScope.credentialLink])
        let showing = [first, second].map { flow in Task { await services.sheets.show(flow) } }
        let sheet = try await world.sheet()
        services.sheets.appeared()
        services.sheets.current = nil
        #expect(services.sheets.current == nil, "the next one comes when the screen is free")
        try await eventually("it has ended") { sheet.content == .cancelled }
        // SwiftUI says so once more.
        services.sheets.current = nil
        services.sheets.dismissed()
        let next = try await world.sheet()
        #expect(next !== sheet)
        services.sheets.appeared()
        next.cancel()
        try await world.sheetIsGone()
        for task in showing { await task.value }
    }

    @Test func aCaptcha() async throws {
        let world = try await World()
        try await world.signIn()
        try await world.sandbox.patchPolicy(#"{"captcha":{"provider":"hcaptcha","siteKey":"key"}}"#)
        try await world.exportKey {
            let sheet = try await world.sheet()
            try await eventually("it is shown") { sheet.content == .captcha(provider: "hcaptcha") }
            #expect(sheet.canGoBack)
            sheet.solveCaptcha(token: "solved")
            try await world.type { try await world.sandbox.code(for: ada) }
        }
    }
}
