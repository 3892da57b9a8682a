import Foundation
import StepUp
import Testing

/// Every case of `StepUpError`, as something to be provoked, with its number: one that is in use is never
/// given to another case.
enum Cause: Int, CaseIterable, Sendable {
    case cancelled = 1
    case clientClosed, alreadyOpen, invalidConfiguration, invalidArgument, notSignedIn
    case sessionReplaced, stepUpRequired, notElevated, invalidTransition, invalidCode, methodUnavailable
    case authenticatorClockWrong, providerRefused, redirectRefused, invalidRegistrationLink
    case deviceRegistrationRequired, rateLimited, network, timedOut, callbackFailed, server
    case unexpectedAnswer, identityMismatch, storageFailed, keyLost, internal_

    /// The case of an error. A new one does not compile until it is provoked here, too.
    init(of error: StepUpError) {
        self =
            switch error {
            case .Cancelled: .cancelled
            case .ClientClosed: .clientClosed
            case .AlreadyOpen: .alreadyOpen
            case .InvalidConfiguration: .invalidConfiguration
            case .InvalidArgument: .invalidArgument
            case .NotSignedIn: .notSignedIn
            case .SessionReplaced: .sessionReplaced
            case .StepUpRequired: .stepUpRequired
            case .InvalidTransition: .invalidTransition
            case .NotElevated: .notElevated
            case .InvalidCode: .invalidCode
            case .MethodUnavailable: .methodUnavailable
            case .AuthenticatorClockWrong: .authenticatorClockWrong
            case .ProviderRefused: .providerRefused
            case .RedirectRefused: .redirectRefused
            case .InvalidRegistrationLink: .invalidRegistrationLink
            case .DeviceRegistrationRequired: .deviceRegistrationRequired
            case .RateLimited: .rateLimited
            case .Network: .network
            case .TimedOut: .timedOut
            case .CallbackFailed: .callbackFailed
            case .Server: .server
            case .UnexpectedAnswer: .unexpectedAnswer
            case .IdentityMismatch: .identityMismatch
            case .StorageFailed: .storageFailed
            case .KeyLost: .keyLost
            case .Internal: .internal_
            }
    }

    /// What `kind()` says of the error that is provoked.
    var kind: ErrorKind {
        switch self {
        case .cancelled: .cancelled
        case .sessionReplaced, .rateLimited, .network, .timedOut, .server, .unexpectedAnswer, .storageFailed:
            .retryLater
        case .invalidCode, .authenticatorClockWrong, .redirectRefused: .askUserAgain
        case .notElevated, .methodUnavailable, .providerRefused: .chooseAnotherMethod
        case .invalidRegistrationLink: .requestNewLink
        case .stepUpRequired: .stepUpNeeded
        case .deviceRegistrationRequired: .registerDevice
        case .notSignedIn, .identityMismatch, .keyLost: .signInAgain
        case .alreadyOpen, .invalidConfiguration: .fixConfiguration
        case .clientClosed, .invalidArgument, .invalidTransition, .callbackFailed, .internal_: .bug
        }
    }
}

extension AllTests {
    /// Every error arrives as its own case, with the kind that says what to do.
    @Suite struct ErrorTests {
        @Test(arguments: Cause.allCases) func eachCaseArrives(cause: Cause) async throws {
            let told = try #require(try await provoke(cause))
            #expect(Cause(of: told) == cause)
            #expect(told.kind() == cause.kind)
            #expect(told.errorCode == cause.rawValue)
            #expect(StepUpError.errorDomain == "dev.stepup.StepUpError")
            #expect(!told.description.isEmpty)
        }

        @Test func whatTheServerSaidIsThere() async throws {
            let world = try await World()
            try await world.signIn()
            let limit = #""status":429,"headers":{"Retry-After":"7"},"body":{"message":"no","code":429}"#
            try await world.sandbox.fault("GET", "users/mfa/methods", limit)
            let told = try #require(await error { try await world.client.mfa.methods() })
            #expect(told.retryAfter() == .seconds(7))
            let answer = try #require(told.serverAnswer())
            #expect(answer.status == 429 && answer.code == "429" && !answer.requestId.isEmpty)
            #expect((told.serverCode, told.requestId) == ("429", answer.requestId))
            let report = told.errorUserInfo
            #expect(report["httpStatus"] as? Int == 429 && report["serverCode"] as? String == "429")
            #expect(report["kind"] as? String == "retryLater" && report["retryAfter"] as? Double == 7)
            #expect(report["requestId"] as? String == answer.requestId && report.count == 6)
            #expect(report[NSLocalizedDescriptionKey] as? String == told.description)
            let cancelled = StepUpError.Cancelled
            #expect(cancelled.retryAfter() == nil && cancelled.serverAnswer() == nil)
            #expect(cancelled.serverCode == nil && cancelled.requestId == nil)
            #expect(Set(cancelled.errorUserInfo.keys) == [NSLocalizedDescriptionKey, "kind"])
        }

        @Test func aRequestWithoutAnAnswerHasItsId() async throws {
            let world = try await World()
            try await world.signIn()
            try await world.sandbox.fault("GET", "users/mfa/methods", #""cut":"before""#)
            let told = try #require(await error { try await world.client.mfa.methods() })
            #expect(told.requestId?.isEmpty == false && told.serverAnswer() == nil)
            #expect(told.errorUserInfo["requestId"] as? String == told.requestId)
        }

        /// A number that is in use is never given to another case.
        @Test func callbacksErrorsHaveTheirCodes() {
            let errors: [PlatformError] = [
                .Cancelled, .TimedOut, .NotFound, .AlreadyExists, .Unsupported, .KeyInvalidated, .Locked,
                .Configuration(reason: HostError.text), .Internal(reason: HostError.text),
            ]
            #expect(errors.map(\.errorCode) == Array(1...9))
            #expect(PlatformError.errorDomain == "dev.stepup.PlatformError")
            for error in errors {
                #expect(error.errorUserInfo[NSLocalizedDescriptionKey] as? String == error.description)
                #expect(
                    error.errorUserInfo.count == 1 && !printed(error.errorUserInfo).contains(HostError.text))
            }
        }

        private func provoke(_ cause: Cause) async throws -> StepUpError? {
            switch cause {
            case .alreadyOpen, .invalidConfiguration, .clientClosed: try await ofTheClient(cause)
            case .timedOut, .callbackFailed, .storageFailed, .keyLost, .cancelled:
                try await ofCallbacks(cause)
            case .invalidArgument, .notSignedIn, .stepUpRequired, .invalidTransition, .notElevated,
                .invalidCode, .methodUnavailable, .authenticatorClockWrong:
                try await ofTheUser(cause)
            case .providerRefused, .redirectRefused, .invalidRegistrationLink: try await ofLinks(cause)
            case .sessionReplaced, .deviceRegistrationRequired, .rateLimited, .network, .server,
                .unexpectedAnswer, .identityMismatch:
                try await ofTheServer(cause)
            // A fault of the library cannot be provoked from outside; it still crosses to the core and back.
            case .internal_: .Internal(reason: "as thrown by the core")
            }
        }

        private func ofTheClient(_ cause: Cause) async throws -> StepUpError? {
            let world = try await World()
            switch cause {
            case .alreadyOpen:
                return await error { try StepUpClient(config: world.config, platform: world.platform) }
            case .invalidConfiguration:
                let config = ClientConfig(environmentId: "")
                return await error { try StepUpClient(config: config, platform: world.platform) }
            default:
                world.client.shutdown()
                return await error { try await world.client.restore() }
            }
        }

        private func ofCallbacks(_ cause: Cause) async throws -> StepUpError? {
            let deadlines = cause == .timedOut ? World.shortDeadlines : Deadlines()
            let world = try await World(deadlines: deadlines)
            try await world.signInToAddFactors()
            let gate = Gate()
            switch cause {
            case .timedOut: await world.keys.set(.waits(gate))
            case .callbackFailed: await world.keys.set(.fails(HostError()))
            case .keyLost: await world.keys.set(.fails(PlatformError.KeyInvalidated))
            case .storageFailed: await world.storage.set(.fails(HostError()))
            default:
                await world.passkeys.set(.fails(PlatformError.Cancelled))
                return await error { try await world.client.passkeys.register() }
            }
            let told = await error { try await world.client.auth.refresh() }
            await gate.open()
            return told
        }

        private func ofTheUser(_ cause: Cause) async throws -> StepUpError? {
            let world = try await World()
            let stepUp = world.client.stepUp
            let export = [TokenScope.walletExport]
            switch cause {
            case .invalidArgument: return await error { try await stepUp.check(scope: "") }
            case .notSignedIn: return await error { try await world.client.mfa.methods() }
            default: break
            }
            try await world.signInToAddFactors()
            switch cause {
            case .stepUpRequired:
                return await error { try await world.callBackend(TokenScope.walletExport) }
            case .invalidTransition:
                let flow = try stepUp.start(scopes: export, autoSelect: false)
                return await error { try flow.back() }
            case .invalidCode: return await error { try await stepUp.verifyTotp(code: "1", scopes: export) }
            case .methodUnavailable: return await error { try await stepUp.preparePasskey() }
            case .authenticatorClockWrong:
                let app = AuthenticatorApp(try await world.client.mfa.enrollTotp())
                let now = try await world.sandbox.advanceClock(seconds: 0)
                let late = app.code(at: now.addingTimeInterval(-300))
                return await error { try await world.client.mfa.confirmTotp(code: late) }
            default:
                _ = try await world.enrollAuthenticatorApp()
                let told = await error { try await world.verifyByEmail(export) }
                #expect(told == .NotElevated(granted: [], missing: export))
                return told
            }
        }

        private func ofLinks(_ cause: Cause) async throws -> StepUpError? {
            let world = try await World(policy: #"{"providers":[{"provider":"google"}]}"#)
            switch cause {
            case .providerRefused: await world.browser.decide(.denies("access_denied"))
            case .redirectRefused: await world.browser.decide(.answers(World.redirectUrl))
            default:
                return await error { try await world.client.deviceRegistration.complete(link: "no link") }
            }
            return await error { try await world.client.auth.signInWithSocial(provider: .google) }
        }

        private func ofTheServer(_ cause: Cause) async throws -> StepUpError? {
            let world = try await World()
            let (sandbox, client) = (world.sandbox, world.client)
            try await world.signIn()
            switch cause {
            case .deviceRegistrationRequired:
                try await sandbox.patchPolicy(#"{"deviceRegistration":true}"#)
                let tablet = try World(on: sandbox, phone: "tablet")
                #expect(try await tablet.signIn().duties == [.registerDevice])
                return await error { try await tablet.client.stepUp.sendOtp() }
            case .rateLimited:
                return await error { for _ in 0..<4 { _ = try await client.stepUp.sendOtp() } }
            case .sessionReplaced:
                try await sandbox.fault("POST", "users/mfa/recovery", #""latencyMs":1500"#)
                let overtaken = Task { await error { try await client.mfa.regenerateRecoveryCodes() } }
                try await sandbox.arrived(at: "/users/mfa/recovery")
                _ = try await client.auth.refresh()
                return await overtaken.value
            case .identityMismatch:
                let user = #"{"id":"7d444840-9dc0-11d1-b245-5ffdce74fad2"}"#
                let body = #"{"user":\#(user),"expiresAt":9999999999,"minifiedJwt":"a.b.c","jwt":"a.b.c"}"#
                try await sandbox.fault("POST", "refresh", #""status":200,"body":\#(body)"#)
                return await error { try await client.auth.refresh() }
            default:
                let faults: [Cause: String] = [
                    .network: #""cut":"before""#, .server: #""status":500"#,
                    .unexpectedAnswer: #""status":200,"body":"no JSON""#,
                ]
                try await sandbox.fault("GET", "users/mfa/methods", try #require(faults[cause]))
                return await error { try await client.mfa.methods() }
            }
        }
    }
}
