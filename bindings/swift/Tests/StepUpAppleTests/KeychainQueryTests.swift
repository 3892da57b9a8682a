import Foundation
import Testing

@testable import StepUpApple

@Suite struct KeychainQueryTests {
    @Test func aRecordIsNamedByServiceAndAccount() {
        #expect(
            KeychainQuery.record("a", of: "s").attributes == [
                .itemClass: .genericPassword, .service: .text("s"), .account: .text("a"),
                .isSynchronizable: .flag(false), .usesDataProtection: .flag(true),
            ])
    }

    @Test func contentStaysOnThisDeviceAndIsReadableInTheBackground() {
        let content = KeychainQuery.content(Data([1])).attributes
        #expect(content == [.data: .bytes(Data([1])), .accessible: .afterFirstUnlockThisDeviceOnly])
        let new = KeychainQuery.record("a", of: "s").holding(Data([1])).attributes
        #expect(new == KeychainQuery.record("a", of: "s").attributes.merging(content) { $1 })
    }

    @Test func readingAsksForOneAnswer() {
        let record = KeychainQuery.record("a", of: "s")
        #expect(
            record.readingData.attributes
                == record.attributes.merging([.returnsData: .flag(true), .matchLimit: .one]) { $1 })
        let key = KeychainQuery.key("k")
        #expect(
            key.readingReference.attributes
                == key.attributes.merging([.returnsReference: .flag(true), .matchLimit: .one]) { $1 })
    }

    @Test func aNewKeyAsksNobodyAndDoesNotLeaveTheDevice() throws {
        let enclave = KeychainQuery.newKey("k", label: "l", inSecureEnclave: true).attributes
        #expect(enclave[.keyType] == .ellipticCurve && enclave[.keySize] == .number(256))
        #expect(enclave[.token] == .secureEnclave && enclave[.usesDataProtection] == .flag(true))
        let common: KeychainQuery.Attributes = [
            .isPermanent: .flag(true), .applicationTag: .bytes(Data("dev.stepup.k".utf8)),
            .label: .text("l"),
        ]
        let access: KeychainQuery.Attributes = [.accessControl: .signingAfterFirstUnlockThisDeviceOnly]
        #expect(enclave[.privateKey] == .attributes(common.merging(access) { $1 }))

        let simulator = KeychainQuery.newKey("k", label: "l", inSecureEnclave: false).attributes
        #expect(simulator[.token] == nil)
        let accessible: KeychainQuery.Attributes = [.accessible: .afterFirstUnlockThisDeviceOnly]
        #expect(simulator[.privateKey] == .attributes(common.merging(accessible) { $1 }))
    }

    @Test func aKeyIsFoundByWhatItWasMadeWith() {
        let made = KeychainQuery.newKey("k", label: "l", inSecureEnclave: true).attributes
        guard case .attributes(let kept) = made[.privateKey] else { return #expect(Bool(false)) }
        #expect(KeychainQuery.key("k").attributes[.applicationTag] == kept[.applicationTag])
        #expect(KeychainQuery.key("k").attributes[.keyType] == made[.keyType])
        #expect(KeychainQuery.keys(of: "l").attributes[.label] == kept[.label])
        #expect(KeychainQuery.key("k") != KeychainQuery.key("another"))
    }

    @Test func aNewInstallRemovesRecordsAndKeysOfThisLibraryAlone() {
        #expect(KeychainQuery.records(of: "s").attributes[.service] == .text("s"))
        #expect(KeychainQuery.records(of: "s").attributes[.account] == nil)
        #expect(KeychainQuery.keys(of: "l").attributes[.applicationTag] == nil)
    }
}
