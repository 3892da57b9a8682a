import Foundation
import StepUp
import Testing

@testable import StepUpApple

@Suite struct PlatformErrorTests {
    private static let passkeys = "com.apple.AuthenticationServices.AuthorizationError"
    private static let browser = "com.apple.AuthenticationServices.WebAuthenticationSession"
    /// What the system writes there.
    private static let notAssociated =
        "Application with identifier TEAM.app is not associated with domain app.example"
    private static let unverified =
        "Unable to verify webcredentials association of TEAM.app with domain app.example. "
        + "Please try again in a few seconds."

    private static func error(_ domain: String, _ code: Int, _ reason: String? = nil) -> NSError {
        NSError(
            domain: domain, code: code,
            userInfo: reason.map { [NSLocalizedFailureReasonErrorKey: $0] } ?? [:])
    }

    @Test(arguments: [
        (1000, "internal"), (1001, "cancelled"), (1002, "internal"), (1003, "unsupported"),
        (1004, "internal"),
        (1005, "unsupported"), (1006, "already exists"), (1007, "internal"), (1008, "internal"),
        (1009, "cancelled"), (1010, "unsupported"), (4711, "internal"),
    ])
    func errorsOfThePasskeySheet(code: Int, expected: String) {
        #expect(PlatformError(authorization: Self.error(Self.passkeys, code)).description == expected)
    }

    @Test func thatThereIsNoPasskeyIsNotADecisionOfTheUser() {
        let error = Self.error(Self.passkeys, 1001, "No credentials available for login.")
        #expect(PlatformError(authorization: error) == .NotFound)
    }

    @Test(arguments: [notAssociated, unverified])
    func anAppThatDoesNotBelongToTheDomainIsWronglyConfigured(reason: String) {
        for error in [
            PlatformError(authorization: Self.error(Self.passkeys, 1004, reason)),
            PlatformError(webAuthentication: Self.error(Self.browser, 1, reason)),
        ] {
            guard case .Configuration(let told) = error else {
                Issue.record("\(error)")
                continue
            }
            #expect(!told.contains("app.example") && told.contains("apple-app-site-association"))
        }
    }

    @Test(arguments: [(1, "cancelled"), (2, "unsupported"), (3, "unsupported"), (4, "internal")])
    func errorsOfTheBrowser(code: Int, expected: String) {
        #expect(PlatformError(webAuthentication: Self.error(Self.browser, code)).description == expected)
    }

    @Test(arguments: [
        (-128, "cancelled"), (-25299, "already exists"), (-25300, "not found"),
        (-25308, "the device is locked"),
        (-26275, "key invalidated"), (-4, "unsupported"), (-34018, "configuration"), (-50, "internal"),
    ])
    func statusesOfTheKeychain(status: Int32, expected: String) {
        #expect(PlatformError(keychain: status).description == expected)
        let error = Self.error(NSOSStatusErrorDomain, Int(status))
        #expect(PlatformError(key: error) == PlatformError(keychain: status))
    }

    @Test(arguments: [
        (-3, "key invalidated"), (-4, "cancelled"), (-6, "key invalidated"), (-9, "the device is locked"),
        (-2, "internal"),
    ])
    func errorsOfTheSecureEnclave(code: Int, expected: String) {
        #expect(PlatformError(key: Self.error("CryptoTokenKit", code)).description == expected)
    }

    @Test func anErrorOfAnotherOriginIsToldByDomainAndCodeAlone() {
        let error = Self.error("NSURLErrorDomain", 1001, "No credentials available for ada@example.com")
        let expected = PlatformError.Internal(reason: "NSURLErrorDomain: 1001")
        #expect(PlatformError(authorization: error) == expected)
        #expect(PlatformError(webAuthentication: error) == expected)
        #expect(PlatformError(key: error) == expected)
    }
}
