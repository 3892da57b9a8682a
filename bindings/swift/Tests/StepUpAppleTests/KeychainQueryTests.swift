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
        let key = KeychainQuery.key("k", of: "l")
        #expect(
            key.readingReference.attributes
                == key.attributes.merging([.returnsReference: .flag(true), .matchLimit: .one]) { $1 })
    }

    @Test func aNewKeyAsksNobodyAndDoesNotLeaveTheDevice() throws {
        let enclave = KeychainQuery.newKey("k", label: "l", inSecureEnclave: true).attributes
        #expect(enclave[.keyType] == .ellipticCurve && enclave[.keySize] == .number(256))
        #expect(enclave[.token] == .secureEnclave && enclave[.usesDataProtection] == .flag(true))
        let common: KeychainQuery.Attributes = [
            .isPermanent: .flag(true), .applicationTag: .bytes(Data("l/k".utf8)),
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
        #expect(KeychainQuery.key("k", of: "l").attributes[.applicationTag] == kept[.applicationTag])
        #expect(KeychainQuery.key("k", of: "l").attributes[.keyType] == made[.keyType])
        #expect(KeychainQuery.keys(of: "l").attributes[.label] == kept[.label])
        #expect(KeychainQuery.key("k", of: "l") != KeychainQuery.key("another", of: "l"))
    }

    @Test func appsThatShareAKeychainHaveNothingInCommon() {
        let (one, other) = (KeychainQuery.label(ofApp: "com.a"), KeychainQuery.label(ofApp: "com.a.b"))
        #expect(one == "dev.stepup.com.a" && other == "dev.stepup.com.a.b")
        #expect(KeychainQuery.records(of: one) != .records(of: other))
        #expect(KeychainQuery.keys(of: one) != .keys(of: other))
        let tag = KeychainQuery.key("b.k", of: one).attributes[.applicationTag]
        #expect(tag == .bytes(Data("dev.stepup.com.a/b.k".utf8)))
        #expect(tag != KeychainQuery.key("k", of: other).attributes[.applicationTag])
    }

    @Test func aProgramWithoutAnIdentifierGoesByItsName() {
        #expect(KeychainQuery.label(ofApp: nil) == "dev.stepup.\(ProcessInfo.processInfo.processName)")
        #expect(KeychainQuery.label == KeychainQuery.label(ofApp: Bundle.main.bundleIdentifier))
    }

    @Test func aNewInstallRemovesRecordsAndKeysOfThisLibraryAlone() {
        #expect(KeychainQuery.records(of: "s").attributes[.service] == .text("s"))
        #expect(KeychainQuery.records(of: "s").attributes[.account] == nil)
        #expect(KeychainQuery.keys(of: "l").attributes[.applicationTag] == nil)
    }
}
