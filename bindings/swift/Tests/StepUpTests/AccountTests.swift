import StepUp
import Testing

private let grace = "grace@example.com"

extension AllTests {
    /// The signed-in user's profile, contacts, credentials, and the end of the account.
    @Suite struct AccountTests {
        @Test func theProfile() async throws {
            let world = try await World()
            let auth = world.client.auth
            let update = UserUpdate(firstName: "Ada", metadata: #"{"plan":"basic"}"#)
            #expect(await error { try await auth.updateUser(update: update) }?.kind() == .signInAgain)
            try await world.signIn()
            guard case .done(let session) = try await auth.updateUser(update: update) else {
                Issue.record("a code was sent")
                return
            }
            #expect(session.user.firstName == "Ada" && session.user.metadata?.contains("basic") == true)
            #expect(await error { try await auth.updateUser(update: UserUpdate()) }?.argument == "update")
            let broken = UserUpdate(metadata: "[]")
            #expect(await error { try await auth.updateUser(update: broken) }?.argument == "metadata")
        }

        @Test func whatTheServerDoesNotAcceptSaysWhy() async throws {
            let world = try await World()
            let auth = world.client.auth
            try await world.signIn()
            _ = try await auth.updateUser(update: UserUpdate(username: "ada"))
            try await world.signIn(as: grace)
            let taken = await error { try await auth.updateUser(update: UserUpdate(username: "ada")) }
            #expect(taken?.serverAnswer()?.code == "username_already_exists")
            #expect(taken?.kind() == .askUserAgain)
        }

        @Test func anAddressIsChanged() async throws {
            let world = try await World()
            let auth = world.client.auth
            try await world.signIn()
            let gated = await error { try await auth.linkEmail(email: grace) }
            #expect(gated?.kind() == .stepUpNeeded)
            #expect(await error { try await auth.linkEmail(email: "grace") }?.argument == "email")
            #expect(await error { try await auth.resendLinkOtp() }?.argument == "verification_id")
            let none = await error { try await auth.confirmLink(code: "123456") }
            #expect(none?.argument == "verification_id")

            try await world.signIn(for: [TokenScope.credentialLink])
            guard case .codeSent(let sent) = try await auth.linkEmail(email: grace) else {
                Issue.record("no code was sent")
                return
            }
            #expect(sent.maskedDestination == "g•••@example.com")
            let again = try await auth.resendLinkOtp(verificationId: sent.id)
            #expect(try await auth.pendingLinkOtp() == again)
            let malformed = await error { try await auth.confirmLink(code: "1") }
            #expect(malformed == .InvalidCode(reason: .malformed, answer: nil))
            let code = try await world.sandbox.code(for: grace)
            let outcome = try await auth.confirmLink(code: code, verificationId: again.id)
            guard case .done(let session) = outcome else {
                Issue.record("not linked")
                return
            }
            #expect(session.user.email == grace)
            #expect(try await auth.pendingLinkOtp() == nil)
        }

        @Test func aNumberIsLinkedAndUnlinked() async throws {
            let world = try await World()
            let auth = world.client.auth
            try await world.signIn(for: [TokenScope.credentialLink])
            let wrong = PhoneNumber(countryCode: "x", number: "1")
            #expect(await error { try await auth.linkPhone(phone: wrong) }?.argument == "phone")
            let phone = PhoneNumber(countryCode: "1", number: "2025550167")
            guard case .codeSent(let sent) = try await auth.linkPhone(phone: phone) else {
                Issue.record("no code was sent")
                return
            }
            #expect(sent.channel == .sms)
            let code = try await world.sandbox.code(for: "+12025550167")
            guard case .done(let session) = try await auth.confirmLink(code: code) else {
                Issue.record("not linked")
                return
            }
            let credentials = session.user.verifiedCredentials
            let number = try #require(credentials.first { $0.format == .phoneNumber })

            let gated = await error { try await auth.unlinkCredential(credentialId: number.id) }
            #expect(gated?.kind() == .stepUpNeeded)
            #expect(
                await error { try await auth.unlinkCredential(credentialId: " ") }?.argument
                    == "credential_id")
            _ = try await world.verifyByEmail([TokenScope.credentialUnlink])
            let left = try await auth.unlinkCredential(credentialId: number.id).user
            #expect(left.verifiedCredentials.map(\.format) == [.email])
            let last = try #require(left.verifiedCredentials.first)
            let kept = await error { try await auth.unlinkCredential(credentialId: last.id) }
            #expect(kept?.serverAnswer()?.code == "cannot_delete_last_sign_in_verified_credential")
        }

        @Test func theAccountIsDeleted() async throws {
            let world = try await World()
            let auth = world.client.auth
            let user = try await world.signIn().user.id
            #expect(await error { try await auth.deleteUser() }?.kind() == .stepUpNeeded)
            #expect(try await auth.session() != nil)
            _ = try await world.verifyByEmail([TokenScope.userDelete])
            try await auth.deleteUser()
            #expect(try await auth.session() == nil)
            #expect(await world.storage.records.isEmpty)
            #expect(try await world.signIn().user.id != user)
        }
    }
}
