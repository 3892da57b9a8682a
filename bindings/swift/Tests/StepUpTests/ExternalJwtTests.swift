import StepUp
import Testing

extension AllTests {
    /// Assertions of the app's own backend.
    @Suite struct ExternalJwtTests {
        @Test func signIn() async throws {
            let world = try await World()
            let auth = world.client.auth
            let jwt = try await world.sandbox.externalJwt(#"{"sub":"ada","email":"\#(ada)"}"#)
            guard case .done(let session, _) = try await auth.signInWithExternalJwt(jwt: jwt) else { return }
            #expect(session.user.verifiedCredentials.contains { $0.format == .externalUser })

            let requests = try await world.sandbox.requests().count
            let expired = try await world.sandbox.externalJwt(#"{"sub":"ada","expiresInSeconds":-60}"#)
            for hopeless in ["", "no JWT", expired] {
                let refused = await error { try await auth.signInWithExternalJwt(jwt: hopeless) }
                #expect(refused?.argument == "jwt")
            }
            #expect(try await world.sandbox.requests().count == requests)
            let forged = jwt.split(separator: ".").dropLast().joined(separator: ".") + ".AAAA"
            let refused = await error { try await auth.signInWithExternalJwt(jwt: forged) }
            #expect(refused?.kind() == .chooseAnotherMethod)
        }

        @Test func stepUp() async throws {
            let world = try await World()
            let stepUp = world.client.stepUp
            let user = try await world.signIn().user.id
            let claims = #"{"sub":"\#(user)","scope":"wallet:export"}"#
            let jwt = try await world.sandbox.externalJwt(claims)
            #expect(try await stepUp.verifyExternalJwt(jwt: jwt).scopes == [TokenScope.walletExport])
            #expect(try await world.callBackend(TokenScope.walletExport) == 200)

            let again = await error { try await stepUp.verifyExternalJwt(jwt: jwt) }
            #expect(again?.kind() == .chooseAnotherMethod && again?.serverAnswer() != nil)
            let noScope = try await world.sandbox.externalJwt(#"{"sub":"\#(user)"}"#)
            #expect(await error { try await stepUp.verifyExternalJwt(jwt: noScope) }?.argument == "jwt")
        }
    }
}
