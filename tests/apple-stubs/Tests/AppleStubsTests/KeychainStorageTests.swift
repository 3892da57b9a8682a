import Foundation
import Security
import StepUp
import Testing

@testable import StepUpApple

extension AppleTests {
    @MainActor @Suite struct KeychainStorageTests {
        private let container: Container
        private let one = Data([1])

        init() throws {
            _ = newDevice()
            container = try Container()
        }

        @Test func aRecordIsWrittenReadReplacedAndRemoved() async throws {
            let storage = container.storage
            #expect(try await storage.get(key: "a") == nil)
            try await storage.put(key: "a", value: one)
            try await storage.put(key: "b", value: Data())
            #expect(try await storage.get(key: "a") == one)
            #expect(try await storage.get(key: "b") == Data())
            try await storage.put(key: "a", value: Data([2, 3]))
            #expect(try await storage.get(key: "a") == Data([2, 3]))
            try await storage.delete(key: "a")
            try await storage.delete(key: "a")
            #expect(try await storage.get(key: "a") == nil)
            #expect(try await storage.get(key: "b") == Data())
        }

        @Test func whatIsKeptStaysOnTheDevice() async throws {
            try await container.storage.put(key: "a", value: one)
            try await container.storage.put(key: "a", value: Data([2]))
            for item in SimulatedKeychain.shared.contents {
                let accessible = item[kSecAttrAccessible] as? CFString
                #expect(accessible == kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly)
                #expect(item[kSecAttrSynchronizable] as? Bool == false)
                #expect(item[kSecUseDataProtectionKeychain] as? Bool == true)
            }
            #expect(SimulatedKeychain.shared.contents.count == 2, "the record, and the number of the install")
        }

        @Test func aDeviceThatIsLockedIsToldApart() async throws {
            try await container.storage.put(key: "a", value: one)
            let (running, restarted) = (container.storage, container.storage)
            #expect(try await running.get(key: "a") == one)
            SimulatedKeychain.shared.isLocked = true
            for storage in [running, restarted] {
                #expect(await thrown { try await storage.get(key: "a") } == .Locked)
                #expect(await thrown { try await storage.put(key: "a", value: Data()) } == .Locked)
                #expect(await thrown { try await storage.delete(key: "a") } == .Locked)
            }
            SimulatedKeychain.shared.isLocked = false
            #expect(try await running.get(key: "a") == one)
            #expect(try await restarted.get(key: "a") == one, "a locked device is no new install")
        }

        @Test func anAppThatIsNotSignedIsWronglyConfigured() async throws {
            let storage = container.storage
            SimulatedKeychain.shared.failNext(with: errSecMissingEntitlement)
            guard case .Configuration = await thrown(by: { try await storage.get(key: "a") }) else {
                Issue.record("no error, or another one")
                return
            }
            #expect(try await storage.get(key: "a") == nil)
        }

        @Test func theAppStartedAgainFindsWhatItHasLeft() async throws {
            try await container.storage.put(key: "a", value: one)
            let made = try await container.keys.generate(name: "k")
            #expect(try await container.storage.get(key: "a") == one)
            #expect(try await container.keys.publicKey(name: "k") == made)
        }

        @Test func aNewInstallFindsNothingOfTheOneBefore() async throws {
            try await container.storage.put(key: "a", value: one)
            _ = try await container.keys.generate(name: "k")
            let foreign: CFDictionary = [
                kSecClass: kSecClassGenericPassword, kSecAttrService: "another", kSecAttrAccount: "a",
                kSecValueData: one,
            ]
            #expect(SecItemAdd(foreign, nil) == errSecSuccess)

            let reinstalled = try Container()
            #expect(try await reinstalled.keys.publicKey(name: "k") == nil)
            #expect(try await reinstalled.storage.get(key: "a") == nil)
            let services = SimulatedKeychain.shared.contents.map { $0[kSecAttrService] as? String }
            #expect(services == ["another", KeychainQuery.label], "what is not the library's stays")

            // Who comes second in the new install does not remove what the first has written.
            try await reinstalled.storage.put(key: "a", value: Data([2]))
            _ = try await reinstalled.keys.generate(name: "k")
            #expect(try await reinstalled.storage.get(key: "a") == Data([2]))
        }

        @Test func aNewInstallOnALockedDeviceRemovesTheRestWhenItIsUnlocked() async throws {
            try await container.storage.put(key: "a", value: one)
            let reinstalled = try Container()
            let storage = reinstalled.storage
            SimulatedKeychain.shared.isLocked = true
            #expect(await thrown { try await storage.get(key: "a") } == .Locked)
            SimulatedKeychain.shared.isLocked = false
            #expect(try await storage.get(key: "a") == nil)
        }

        @Test func aFileThatCannotBeReadIsNoNewInstall() async throws {
            try await container.storage.put(key: "a", value: one)
            // A directory cannot be read as a file, whoever tries.
            let note = try container.note
            let number = try Data(contentsOf: note)
            try FileManager.default.removeItem(at: note)
            try FileManager.default.createDirectory(at: note, withIntermediateDirectories: true)
            #expect(await thrown { try await container.storage.get(key: "a") } == .Locked)
            try FileManager.default.removeItem(at: note)
            try number.write(to: note)
            #expect(try await container.storage.get(key: "a") == one)
        }

        @Test func anInstallThatWasInterruptedBeginsAgain() async throws {
            let storage = container.storage
            _ = try await container.storage.get(key: "a")
            try Data("another number".utf8).write(to: container.note)
            #expect(try await storage.get(key: "a") == nil)
            try await storage.put(key: "a", value: one)
            #expect(try await container.storage.get(key: "a") == one)
        }

        @Test func manyAtOnceLoseNothing() async throws {
            let container = container
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in UInt8(0)..<30 {
                    let storage = container.storage
                    group.addTask { try await storage.put(key: "\(number)", value: Data([number])) }
                }
                try await group.waitForAll()
            }
            for number in UInt8(0)..<30 {
                #expect(try await container.storage.get(key: "\(number)") == Data([number]))
            }
        }
    }
}
