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
            let figures = #"{"localMicros": \#(local), "asyncMicros": \#(asynchronous)}"#
            let output = try #require(ProcessInfo.processInfo.environment["STEPUP_BENCH_OUTPUT"])
            try figures.write(toFile: output, atomically: true, encoding: .utf8)
        }
    }

    extension Duration {
        fileprivate var micros: Double {
            Double(components.seconds) * 1e6 + Double(components.attoseconds) / 1e12
        }
    }
#endif
