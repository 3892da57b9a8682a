import Foundation
import StepUp
import StepUpTesting
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

private let export = TokenScope.walletExport
private let endpoint = World.endpoint

extension AllTests {
    /// The app's own requests, with the session and a token.
    @Suite(.timeLimit(.minutes(2))) struct URLSessionTests {
        @Test func theBackendIsAskedOnceWhenTheUserHasDoneTheStepUp() async throws {
            let world = try await World()
            try await world.signIn()
            let (body, answer) = try await world.backend.data(for: world.exportRequest, scope: export) {
                flow in
                _ = try? await show(flow) { try await world.reader(of: ada).act(on: $0, of: flow) }
            }
            #expect(answer.statusCode == 200 && String(decoding: body, as: UTF8.self).contains(export))
            // The token was missing here, so nothing had left.
            #expect(try await world.sandbox.requests(to: "/protected").map(\.status) == [200])
            #expect(!world.client.stepUp.hasElevatedAccessToken(scope: export))
        }

        @Test func withoutAScreenAMissingTokenIsAnError() async throws {
            let world = try await World()
            try await world.signIn()
            let told = await error { try await world.backend.data(for: world.exportRequest, scope: export) }
            #expect(told?.kind() == .stepUpNeeded)
            #expect(try await world.sandbox.requests(to: "/protected").isEmpty)
            _ = try await world.verifyByEmail([export])
            let answer = try await world.backend.data(for: world.exportRequest, scope: export).1
            #expect(answer.statusCode == 200)
        }

        @Test func aRefusalForWantOfAStepUpIsRepeatedOnce() async throws {
            let world = try await World()
            try await world.signIn()
            _ = try await world.verifyByEmail([export])
            try await world.refuseForWantOfAStepUp(count: 1)
            let answer = try await world.backend.data(for: world.request(), scope: export) { flow in
                _ = try? await show(flow) { try await world.reader(of: ada).act(on: $0, of: flow) }
            }.1
            #expect(answer.statusCode == 200)
            #expect(try await world.headers(at: endpoint).map(\.hasToken) == [true, true])
        }

        @Test func aReusableTokenThatIsRefusedIsReplacedByANewOne() async throws {
            let (world, scope) = (try await World(), TokenScope.credentialUnlink)
            try await world.signIn()
            _ = try await world.verifyByEmail([scope])
            try await world.refuseForWantOfAStepUp(count: 1)
            _ = try await world.sandbox.advanceClock(seconds: 1)
            let answer = try await world.backend.data(for: world.request(), scope: scope) { flow in
                _ = try? await show(flow) { try await world.reader(of: ada).act(on: $0, of: flow) }
            }.1
            #expect(answer.statusCode == 200)
            let tokens = try await world.headers(at: endpoint).compactMap(\.token)
            #expect(tokens.count == 2 && Set(tokens).count == 2)
            #expect(world.client.stepUp.hasElevatedAccessToken(scope: scope))
        }

        @Test func withoutAScreenATokenThatIsRefusedIsNotSentAgain() async throws {
            let (world, scope) = (try await World(), TokenScope.credentialUnlink)
            try await world.signIn()
            _ = try await world.verifyByEmail([scope])
            try await world.refuseForWantOfAStepUp(count: 9)
            for isAttached in [true, false] {
                let told = await error { try await world.backend.data(for: world.request(), scope: scope) }
                let operation = isAttached ? "http_request" : "authorization_headers"
                let missing = StepUpError.StepUpRequired(
                    operation: operation, scope: scope, tokenWasAttached: isAttached)
                #expect(told == missing)
            }
            #expect(try await world.headers(at: endpoint).map(\.hasToken) == [true])
        }

        @Test func aRefusalIsNotRepeatedAgain() async throws {
            let world = try await World()
            try await world.signIn()
            _ = try await world.verifyByEmail([export])
            try await world.refuseForWantOfAStepUp(count: 9)
            let missing = StepUpError.StepUpRequired(
                operation: "http_request", scope: export, tokenWasAttached: true)
            let told = await error {
                try await world.backend.data(for: world.request(), scope: export) { flow in
                    _ = try? await show(flow) { try await world.reader(of: ada).act(on: $0, of: flow) }
                }
            }
            #expect(told == missing)
            #expect(try await world.headers(at: endpoint).count == 2)
        }

        @Test func anotherRefusalIsAnAnswer() async throws {
            let world = try await World()
            try await world.signIn()
            _ = try await world.verifyByEmail([export])
            try await world.sandbox.fault("GET", endpoint, #""status":403,"body":{"error":"not yours"}"#)
            let answer = try await world.backend.data(
                for: world.request(), scope: export, present: { $0.cancel() }
            ).1
            #expect(answer.statusCode == 403)
            #expect(try await world.headers(at: endpoint).count == 1)
        }

        @Test func aBodyThatIsAStreamIsSentOnce() async throws {
            let world = try await World()
            try await world.signIn()
            try await world.refuseForWantOfAStepUp(method: "POST", count: 1)
            var request = try world.request()
            request.httpMethod = "POST"
            request.httpBodyStream = InputStream(data: Data("{}".utf8))
            let sent = request
            let told = await error {
                // No token is held: the step-up comes before the stream is read.
                try await world.backend.data(for: sent, scope: export) { flow in
                    _ = try? await show(flow) { try await world.reader(of: ada).act(on: $0, of: flow) }
                }
            }
            #expect(told?.kind() == .stepUpNeeded)
            #expect(try await world.headers(at: endpoint).map(\.hasToken) == [true])
        }

        @Test func aRequestThatBreaksOffIsNotRepeated() async throws {
            let world = try await World()
            try await world.signIn()
            _ = try await world.verifyByEmail([export])
            try await world.sandbox.fault("GET", endpoint, #""cut":"before","count":1"#)
            await #expect(throws: URLError.self) {
                try await world.backend.data(for: world.request(), scope: export)
            }
            #expect(try await world.headers(at: endpoint).count == 1)
            #expect(!world.client.stepUp.hasElevatedAccessToken(scope: export))
        }

        /// The configuration's headers are put on every hop, whatever the delegate answers.
        @Test func tokensAreNotTakenFromTheConfiguration() async throws {
            let (world, stranger) = (try await World(), try await World())
            try await world.signIn()
            _ = try await world.verifyByEmail([export])
            try await world.redirect(to: stranger, status: 302)
            let configuration = URLSessionConfiguration.ephemeral
            configuration.httpAdditionalHeaders = [
                "AUTHORIZATION": "app-secret", "X-Dyn-Elevated-Access-Token": "app-secret", "X-App": "1",
            ]
            let backend = try world.backend(listing: ["127.0.0.1"], configuration: configuration)
            _ = try await backend.data(for: world.request(), scope: export)
            #expect(try await world.headers(at: endpoint).map(\.hasAppHeader) == [true])
            let seen = try await stranger.headers(at: endpoint)
            #expect(seen.map(\.hasToken) == [false] && seen.map(\.hasBearer) == [false])
            // The app's own configuration stays as it is.
            #expect(configuration.httpAdditionalHeaders?.count == 3)
        }

        @Test func cookiesAreNeitherKeptNorSent() async throws {
            let world = try await World()
            try await world.signIn()
            _ = try await world.verifyByEmail([TokenScope.credentialUnlink])
            let answer = #""status":200,"headers":{"Set-Cookie":"told=1; Path=/"},"body":{}"#
            try await world.sandbox.fault("GET", endpoint, answer)
            let storage = HTTPCookieStorage.sharedCookieStorage(forGroupContainerIdentifier: "stepup-tests")
            let configuration = URLSessionConfiguration.ephemeral
            configuration.httpCookieStorage = storage
            let cookie = try #require(
                HTTPCookie(properties: [
                    .domain: "127.0.0.1", .path: "/", .name: "known", .value: "1",
                ]))
            storage.setCookie(cookie)
            defer { storage.deleteCookie(cookie) }
            let backend = try world.backend(listing: ["127.0.0.1"], configuration: configuration)
            _ = try await backend.data(for: world.request(), scope: TokenScope.credentialUnlink)
            #expect(try await world.headers(at: endpoint).map(\.hasCookie) == [false])
            #expect(storage.cookies?.map(\.name) == ["known"])
        }

        @Test func aRedirectToAnAddressWithALoginIsNotFollowed() async throws {
            let (world, stranger) = (try await World(), try await World())
            try await world.signIn()
            _ = try await world.verifyByEmail([export])
            try await world.redirect(to: stranger, status: 302, login: "ada:secret@")
            let answer = try await world.backend.data(for: world.request(), scope: export).1
            #expect(answer.statusCode == 302)
            #expect(try await stranger.headers(at: endpoint).isEmpty)
        }

        /// Foundation on Linux cancels such a request, which may crash.
        #if !os(Linux)
            @Test func aServerThatAsksForALoginGetsNone() async throws {
                let world = try await World()
                try await world.signIn()
                _ = try await world.verifyByEmail([export])
                let asks = #""status":401,"headers":{"WWW-Authenticate":"Basic realm=\"a\""},"body":{}"#
                try await world.sandbox.fault("GET", endpoint, asks)
                let answer = try await world.backend.data(for: world.request(), scope: export).1
                #expect(answer.statusCode == 401)
                #expect(try await world.headers(at: endpoint).map(\.hasToken) == [true])
            }
        #endif

        @Test(arguments: [302, 307, 308]) func anotherHostIsToldNothing(status: Int) async throws {
            let (world, stranger) = (try await World(), try await World())
            try await world.signIn()
            _ = try await world.verifyByEmail([export])
            try await world.redirect(to: stranger, status: status)
            var request = try world.request()
            request.setValue("app-secret", forHTTPHeaderField: "Authorization")
            let answer = try await world.backend.data(for: request, scope: export).1
            #expect(answer.url?.port == URL(string: stranger.sandbox.url)?.port && answer.statusCode == 401)
            let seen = try await stranger.headers(at: endpoint)
            #expect(seen.map(\.hasToken) == [false] && seen.map(\.hasBearer) == [false])
            #expect(try await world.headers(at: endpoint).map(\.hasToken) == [true])
        }

        /// What a host says that is not listed leads to no step-up.
        @Test func anotherHostAsksForNothing() async throws {
            let (world, stranger) = (try await World(), try await World())
            let scope = TokenScope.credentialUnlink
            try await world.signIn()
            _ = try await world.verifyByEmail([scope])
            try await world.redirect(to: stranger, status: 302)
            try await stranger.refuseForWantOfAStepUp(count: 1)
            let answer = try await world.backend.data(
                for: world.request(), scope: scope, present: { $0.cancel() }
            ).1
            #expect(answer.statusCode == 403)
            #expect(world.client.stepUp.hasElevatedAccessToken(scope: scope))
        }

        @Test func aSingleUseTokenGoesOutOnOneHopOnly() async throws {
            let (world, second) = (try await World(), try await World())
            let backend = try world.backend(listing: ["127.0.0.1", "localhost"])
            try await world.signIn()
            _ = try await world.verifyByEmail([export])
            try await world.redirect(to: second, status: 307)
            _ = try await backend.data(for: world.request(), scope: export)
            #expect(try await world.headers(at: endpoint).map(\.hasToken) == [true])
            let seen = try await second.headers(at: endpoint)
            #expect(seen.map(\.hasToken) == [false] && seen.map(\.hasBearer) == [true])
        }

        @Test func aReusableTokenGoesToEveryHostThatIsListed() async throws {
            let (world, second) = (try await World(), try await World())
            let backend = try world.backend(listing: ["127.0.0.1", "localhost"])
            try await world.signIn()
            let elevation = try await world.verifyByEmail([TokenScope.credentialUnlink])
            #expect(!elevation.singleUse)
            try await world.redirect(to: second, status: 307)
            _ = try await backend.data(for: world.request(), scope: TokenScope.credentialUnlink)
            let seen = try await second.headers(at: endpoint)
            #expect(seen.map(\.hasToken) == [true] && seen.map(\.hasBearer) == [true])
        }

        @Test func aHostThatIsNotListedIsRefusedBeforeTheTokenIsTaken() async throws {
            let world = try await World()
            try await world.signIn()
            _ = try await world.verifyByEmail([export])
            let hosts: Set = ["api.example.com", "127.0.0.1", "127.evil.example", "1.2.3.4"]
            let backend = try StepUpURLSession(
                client: world.client, allowedHosts: hosts, allowInsecureLoopback: true)
            let refused = [
                "http://api.example.com/", "https://example.com/", "https://a.api.example.com/",
                "https://example.com:443/", "https://api.example.com.evil.example/",
                "https://api.example.com@evil.example/", "https://evil.example/?api.example.com",
                "http://127.evil.example/", "http://127.0.0.2/", "ftp://api.example.com/", "api.example.com",
                "http://1.2.3.4/", "http://localhost/", "http://[::1]/", "https://127.0.0.1.evil.example/",
                "https://ada@api.example.com/", "https://ada:secret@api.example.com/",
            ]
            for text in refused {
                let request = URLRequest(url: try #require(URL(string: text)))
                let told = await error { try await backend.data(for: request, scope: export) }
                let reason = "its host is not listed, or no https, or it names a user"
                #expect(told == .InvalidArgument(argument: "request", reason: reason), "\(text)")
            }
            let careful = try StepUpURLSession(client: world.client, allowedHosts: ["127.0.0.1"])
            let told = await error { try await careful.data(for: world.exportRequest, scope: export) }
            #expect(told?.kind() == .bug)
            #expect(world.client.stepUp.hasElevatedAccessToken(scope: export))
        }

        @Test func aHostIsTheSameHoweverItIsWritten() async throws {
            let world = try await World()
            try await world.signIn()
            _ = try await world.verifyByEmail([export])
            let backend = try world.backend(listing: ["LOCALHOST"])
            var request = try world.exportRequest
            let address = try #require(request.url?.absoluteString)
            request.url = URL(string: address.replacingOccurrences(of: "127.0.0.1", with: "LocalHost"))
            #expect(try await backend.data(for: request, scope: export).1.statusCode == 200)
            // Without a token it does not get further than to be told so.
            let version6 = URLRequest(url: try #require(URL(string: "http://[::1]:1/")))
            let told = await error {
                try await world.backend(listing: ["::1"]).data(for: version6, scope: export)
            }
            #expect(told?.kind() == .stepUpNeeded)
        }

        @Test func aHostThatNoRequestHasIsRefused() async throws {
            let world = try await World()
            let refused = [
                "", "*", "*.example.com", "api.example.com:8443", "127.0.0.1:80", "[::1]:80", "a:b:c",
                "https://api.example.com", "api.example.com/", "ada@example.com", "bücher.example", "a b",
            ]
            for name in refused {
                let told = await error { try world.backend(listing: ["api.example.com", name]) }
                let reason = "\(name): hosts are named one by one, without port, in ASCII"
                #expect(told == .InvalidArgument(argument: "allowed_hosts", reason: reason))
            }
        }

        @Test func aListWithoutHostsIsRefused() async throws {
            let world = try await World()
            let reason = "no hosts: no request would ever carry a token"
            let told = await error { try world.backend(listing: []) }
            #expect(told == .InvalidArgument(argument: "allowed_hosts", reason: reason))
        }

        @Test func hostsAreListedAsARequestHasThem() async throws {
            let world = try await World()
            let hosts: Set = ["[::1]", "2001:DB8::1", "xn--bcher-kva.example", "API.example.com", "a_b.test"]
            let listed = "2001:db8::1, ::1, a_b.test, api.example.com, xn--bcher-kva.example"
            #expect(try "\(world.backend(listing: hosts))" == "StepUpURLSession(\(listed))")
        }

        @Test func whatWasAnsweredIsNotKept() async throws {
            let world = try await World()
            try await world.signIn()
            _ = try await world.verifyByEmail([TokenScope.credentialUnlink])
            let kept = #""status":200,"headers":{"Cache-Control":"max-age=600"},"body":{}"#
            try await world.sandbox.fault("GET", endpoint, kept)
            let configuration = URLSessionConfiguration.default
            let cache = URLCache(memoryCapacity: 1 << 20, diskCapacity: 0, diskPath: nil)
            configuration.urlCache = cache
            let backend = try world.backend(listing: ["127.0.0.1"], configuration: configuration)
            for _ in 0..<2 {
                _ = try await backend.data(for: world.request(), scope: TokenScope.credentialUnlink)
            }
            #expect(try await world.headers(at: endpoint).map(\.hasToken) == [true, true])
            #expect(cache.cachedResponse(for: try world.request()) == nil)
            // The app's own configuration stays as it is.
            #expect(configuration.urlCache === cache)
        }

        #if !os(Linux)
            @Test func cancellingTheTaskEndsTheRequest() async throws {
                let world = try await World()
                try await world.signIn()
                _ = try await world.verifyByEmail([export])
                try await world.sandbox.fault("GET", endpoint, #""hang":true"#)
                let task = Task { try await world.backend.data(for: world.request(), scope: export) }
                try await world.sandbox.arrived(at: endpoint)
                task.cancel()
                #expect(await error { try await task.value } == .Cancelled)
            }
        #else
            /// Foundation there may crash if a request is cancelled: its answer is waited for.
            @Test func cancellingTheTaskIsToldWhenTheAnswerHasCome() async throws {
                let world = try await World()
                try await world.signIn()
                _ = try await world.verifyByEmail([export])
                try await world.sandbox.fault("GET", endpoint, #""status":200,"latencyMs":500"#)
                let task = Task { try await world.backend.data(for: world.request(), scope: export) }
                try await world.sandbox.arrived(at: endpoint)
                task.cancel()
                #expect(await error { try await task.value } == .Cancelled)
            }
        #endif

        @Test func aRequestThatTheSystemCancelsIsTheLibrarysError() async throws {
            let world = try await World()
            try await world.signIn()
            _ = try await world.verifyByEmail([export])
            let configuration = URLSessionConfiguration.ephemeral
            configuration.protocolClasses = [CancelledProtocol.self]
            let backend = try world.backend(listing: ["127.0.0.1"], configuration: configuration)
            let told = await error { try await backend.data(for: world.request(), scope: export) }
            #expect(told == .Cancelled)
        }

        @Test func printingShowsTheHostsOnly() async throws {
            let world = try await World()
            let configuration = URLSessionConfiguration.ephemeral
            configuration.httpAdditionalHeaders = ["X-App": HostError.text]
            let backend = try StepUpURLSession(
                client: world.client, allowedHosts: ["b.example", "A.example"], configuration: configuration)
            #expect("\(backend)" == "StepUpURLSession(a.example, b.example)")
            #expect(!printed(backend).contains(HostError.text))
        }
    }
}
