import Foundation
import Security
import StepUp
import Testing

@testable import StepUpApple

extension AppleTests {
    @MainActor @Suite struct DeviceKeysTests {
        private let container: Container
        private let message = Data("message".utf8)

        init() throws {
            _ = newDevice()
            container = try Container()
        }

        private func key(_ name: String) throws -> CFDictionary {
            let tag = Data("\(KeychainQuery.label)/\(name)".utf8)
            return try #require(
                SimulatedKeychain.shared.contents.first { $0[kSecAttrApplicationTag] as? Data == tag })
        }

        @Test func aKeyIsMadeInTheEnclaveAndItsPointIsTold() async throws {
            let keys = container.keys
            #expect(try await keys.publicKey(name: "k") == nil)
            let made = try await keys.generate(name: "k")
            guard case .x963(let point) = made else { throw PlatformError.NotFound }
            #expect(point.count == 65 && point.first == 4)
            #expect(try await keys.publicKey(name: "k") == made)
            #expect(try key("k")[kSecAttrTokenID] as? CFString == kSecAttrTokenIDSecureEnclave)
            #expect(try key("k")[kSecAttrAccessControl] is SecAccessControl)
        }

        @Test func onASimulatorAKeyLiesInTheKeychain() async throws {
            SimulatedKeychain.shared.hasEnclave = false
            let keys = SecureEnclaveDeviceKeys(installation: container.installation, inSecureEnclave: false)
            let made = try await keys.generate(name: "k")
            #expect(try await keys.publicKey(name: "k") == made)
            #expect(try await !keys.sign(name: "k", message: message).isEmpty)
            #expect(try key("k")[kSecAttrTokenID] == nil)
            let accessible = try key("k")[kSecAttrAccessible] as? CFString
            #expect(accessible == kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly)
        }

        @Test func withoutAnEnclaveThereIsNoKey() async throws {
            SimulatedKeychain.shared.hasEnclave = false
            let keys = container.keys
            #expect(await thrown { try await keys.generate(name: "k") } == .Unsupported)
            #expect(try await keys.publicKey(name: "k") == nil)
        }

        @Test func aKeyTakesThePlaceOfTheOneBefore() async throws {
            let keys = container.keys
            let (first, other) = (try await keys.generate(name: "k"), try await keys.generate(name: "other"))
            let second = try await keys.generate(name: "k")
            #expect(first != second)
            #expect(try await keys.publicKey(name: "k") == second)
            #expect(try await keys.publicKey(name: "other") == other)
        }

        @Test func aKeyStaysWhereNoOtherCanBeMade() async throws {
            let keys = container.keys
            let made = try await keys.generate(name: "k")
            SimulatedKeychain.shared.hasEnclave = false
            #expect(await thrown { try await keys.generate(name: "k") } == .Unsupported)
            #expect(try await keys.publicKey(name: "k") == made)
        }

        @Test func aKeyTakesThePlaceOfOneThatIsInvalidated() async throws {
            let keys = container.keys
            let first = try await keys.generate(name: "k")
            SimulatedKeychain.shared.failNext(with: errSecDecode)
            #expect(await thrown { try await keys.publicKey(name: "k") } == .KeyInvalidated)
            SimulatedKeychain.shared.failNext(with: errSecDecode)
            let second = try await keys.generate(name: "k")
            #expect(first != second)
            #expect(try await keys.publicKey(name: "k") == second)
        }

        @Test func ofAChangeOnlyTheNewKeyIsLeft() async throws {
            _ = try await container.keys.generate(name: "k")
            _ = try await container.keys.generate(name: "k")
            let keys = SimulatedKeychain.shared.contents.filter { $0[kSecClass] as? CFString == kSecClassKey }
            #expect(keys.count == 1)
        }

        @Test func aSignatureIsInDER() async throws {
            let keys = container.keys
            _ = try await keys.generate(name: "k")
            let signature = try await keys.sign(name: "k", message: message)
            #expect(signature.first == 0x30 && signature.count == Int(signature[1]) + 2)
        }

        @Test func aKeyThatIsGoneIsNotFound() async throws {
            let keys = container.keys
            #expect(await thrown { try await keys.sign(name: "k", message: message) } == .NotFound)
            _ = try await keys.generate(name: "k")
            try await keys.delete(name: "k")
            try await keys.delete(name: "k")
            #expect(await thrown { try await keys.sign(name: "k", message: message) } == .NotFound)
            #expect(try await keys.publicKey(name: "k") == nil)
        }

        @Test func aLockedDeviceIsToldApartFromALostKey() async throws {
            let keys = container.keys
            _ = try await keys.generate(name: "k")
            SimulatedKeychain.shared.isLocked = true
            #expect(await thrown { try await keys.publicKey(name: "k") } == .Locked)
            #expect(await thrown { try await keys.sign(name: "k", message: message) } == .Locked)
            #expect(await thrown { try await keys.generate(name: "k") } == .Locked)
            SimulatedKeychain.shared.isLocked = false
            #expect(try await keys.publicKey(name: "k") != nil)
        }
    }
}
