// Built by `cargo xtask bench` only, in release mode.
#if STEPUP_BENCH
    import Foundation
    import StepUp
    import Testing

    /// What Swift adds to a call.
    @Suite struct SpeedBench {
        @Test func whatACallCosts() async throws {
            let world = try await World()
            try await world.signIn()
            _ = try await world.verifyByEmail([TokenScope.walletExport])
            let (stepUp, auth) = (world.client.stepUp, world.client.auth)
            let (localCalls, asyncCalls) = (200_000, 5_000)
            let clock = ContinuousClock()
            var local = Double.infinity
            for _ in 1...5 {
                let taken = clock.measure {
                    for _ in 1...localCalls {
                        precondition(stepUp.hasElevatedAccessToken(scope: TokenScope.walletExport))
                    }
                }
                local = min(local, taken.micros / Double(localCalls))
            }
            var times: [Double] = []
            for _ in 1...asyncCalls {
                let started = clock.now
                #expect(try await auth.session() != nil)
                times.append((clock.now - started).micros)
            }
            let asynchronous = times.sorted()[asyncCalls / 2]
            let listener = try await listenerMicros(world)
            let calls = #""localMicros": \#(local), "asyncMicros": \#(asynchronous)"#
            let figures = #"{\#(calls), "listenerMicros": \#(listener)}"#
            let output = try #require(ProcessInfo.processInfo.environment["STEPUP_BENCH_OUTPUT"])
            try figures.write(toFile: output, atomically: true, encoding: .utf8)
        }

        /// From the call that changes a flow's state to whoever reads its states: choosing an authenticator
        /// app, going back.
        private func listenerMicros(_ world: World) async throws -> Double {
            try await world.signInToAddFactors()
            _ = try await world.enrollAuthenticatorApp()
            let flow = try world.client.stepUp.start(scopes: [TokenScope.walletExport], autoSelect: false)
            defer { flow.cancel() }
            var states = try flow.states().makeAsyncIterator()
            var chosen: String?
            while chosen == nil, let state = await states.next() {
                chosen = state.options?.first { $0.method == .totp }?.id
            }
            let (option, changes, clock) = (try #require(chosen), 2_000, ContinuousClock())
            var times: [Double] = []
            for change in 1...changes {
                let started = clock.now
                if change.isMultiple(of: 2) { try flow.back() } else { try flow.select(optionId: option) }
                _ = await states.next()
                times.append((clock.now - started).micros)
            }
            return times.sorted()[changes / 2]
        }
    }

    extension Duration {
        fileprivate var micros: Double {
            Double(components.seconds) * 1e6 + Double(components.attoseconds) / 1e12
        }
    }
#endif
