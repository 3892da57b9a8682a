import Foundation
import Security
import StepUp
import Testing

@testable import StepUpApple

extension AppleTests {
    /// An app that the system starts before the first unlock, and whose keychain seems to be empty.
    @MainActor @Suite struct FirstUnlockTests {
        private let container: Container
        private let one = Data([1])
        private let keychain = SimulatedKeychain.shared

        init() throws {
            _ = newDevice()
            container = try Container()
        }

        /// A record and a key, of a process before this one.
        private func used() async throws -> DevicePublicKey {
            try await container.storage.put(key: "a", value: one)
            return try await container.keys.generate(name: "k")
        }

        /// Whatever is done is refused, and leaves everything as it is.
        private func refused(_ storage: KeychainStorage, _ keys: SecureEnclaveDeviceKeys) async {
            let before = keychain.contents.count
            #expect(await thrown { try await storage.get(key: "a") } == .Locked)
            #expect(await thrown { try await storage.put(key: "a", value: Data()) } == .Locked)
            #expect(await thrown { try await storage.delete(key: "a") } == .Locked)
            #expect(await thrown { try await keys.publicKey(name: "k") } == .Locked)
            #expect(await thrown { try await keys.sign(name: "k", message: Data()) } == .Locked)
            #expect(await thrown { try await keys.generate(name: "k") } == .Locked)
            #expect(await thrown { try await keys.delete(name: "k") } == .Locked)
            #expect(keychain.contents.count == before)
        }

        @Test func nothingIsLost() async throws {
            let made = try await used()
            let (storage, keys) = (container.storage, container.keys)
            keychain.isHidden = true
            await refused(storage, keys)
            keychain.isHidden = false
            #expect(try await storage.get(key: "a") == one)
            #expect(try await keys.publicKey(name: "k") == made)
        }

        @Test func aNewInstallIsNotTakenForOneBeforeTheKeychainIsSeen() async throws {
            _ = try await used()
            let reinstalled = try Container()
            let (storage, keys) = (reinstalled.storage, reinstalled.keys)
            keychain.isHidden = true
            await refused(storage, keys)
            keychain.isHidden = false
            #expect(try await storage.get(key: "a") == nil)
            #expect(try await keys.publicKey(name: "k") == nil)
        }

        @Test func aFirstInstallWaitsToo() async throws {
            let (storage, keys) = (container.storage, container.keys)
            keychain.isHidden = true
            await refused(storage, keys)
            keychain.isHidden = false
            #expect(try await storage.get(key: "a") == nil)
        }

        @Test func aMarkerThatIsThereAfterAllIsNotOverwritten() async throws {
            let made = try await used()
            let (storage, keys) = (container.storage, container.keys)
            keychain.failNext(with: errSecItemNotFound)
            #expect(await thrown { try await storage.get(key: "a") } == .Locked)
            #expect(try await storage.get(key: "a") == one)
            keychain.failNext(with: errSecItemNotFound)
            #expect(await thrown { try await keys.publicKey(name: "k") } == .Locked)
            #expect(try await keys.publicKey(name: "k") == made)
        }

        @Test func aNewInstallRemovesNothingWhileAMarkerIsThereAfterAll() async throws {
            _ = try await used()
            let before = keychain.contents.count
            let storage = try Container().storage
            keychain.failNext(with: errSecItemNotFound)
            #expect(await thrown { try await storage.get(key: "a") } == .Locked)
            #expect(keychain.contents.count == before)
        }

        @Test func aMarkerThatIsGoneIsPutBack() async throws {
            let made = try await used()
            let marker = try KeychainQuery.record("installation", of: KeychainQuery.label).dictionary()
            #expect(SecItemDelete(marker) == errSecSuccess)
            #expect(try await container.storage.get(key: "a") == one)
            #expect(try await container.keys.publicKey(name: "k") == made)
            let number = try Data(contentsOf: container.note)
            #expect(keychain.contents.contains { $0[kSecValueData] as? Data == number })
        }

        @Test func aKeyIsNotReplacedByOneThatCannotBeKept() async throws {
            let keys = container.keys
            let made = try await keys.generate(name: "k")
            keychain.isHidden = true
            #expect(await thrown { try await keys.generate(name: "k") } == .Locked)
            keychain.isHidden = false
            #expect(try await keys.publicKey(name: "k") == made)
        }

        @Test func aRecordThatIsThereAfterAllIsNoDuplicate() async throws {
            let storage = container.storage
            try await storage.put(key: "a", value: one)
            keychain.failNext(with: errSecItemNotFound)
            #expect(await thrown { try await storage.put(key: "a", value: Data([2])) } == .Locked)
            #expect(try await storage.get(key: "a") == one)
        }

        @Test func anotherAppWithTheSameKeychainRemovesNothing() async throws {
            let made = try await used()
            let other = try Container().installation(of: KeychainQuery.label(ofApp: "com.example.other"))
            let (storage, keys) = (
                KeychainStorage(installation: other), SecureEnclaveDeviceKeys(installation: other)
            )
            #expect(try await storage.get(key: "a") == nil)
            #expect(try await keys.publicKey(name: "k") == nil)
            #expect(try await keys.generate(name: "k") != made)
            #expect(try await container.storage.get(key: "a") == one)
            #expect(try await container.keys.publicKey(name: "k") == made)
        }
    }
}
