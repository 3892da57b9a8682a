import Foundation
import Testing

@testable import StepUpApple

@Suite struct Base64URLTests {
    /// RFC 4648 §10, and the two digits that differ from base64.
    @Test(arguments: [
        ("", ""), ("Zg", "f"), ("Zm8", "fo"), ("Zm9v", "foo"), ("Zm9vYg", "foob"), ("Zm9vYmE", "fooba"),
        ("Zm9vYmFy", "foobar"),
    ])
    func theVectorsOfTheStandard(text: String, bytes: String) {
        #expect(Data(bytes.utf8).base64url == text)
        #expect(Data(base64url: text) == Data(bytes.utf8))
    }

    @Test func theDigitsAreThoseOfURLs() {
        let bytes = Data([0xfb, 0xff, 0xfe])
        #expect(bytes.base64url == "-__-")
        #expect(Data(base64url: "-__-") == bytes)
    }

    @Test func everyByteComesBack() {
        for count in 0...70 {
            let bytes = Data((0..<count).map { UInt8(truncatingIfNeeded: $0 * 37 + count) })
            #expect(Data(base64url: bytes.base64url) == bytes)
            #expect(!bytes.base64url.contains("="))
        }
    }

    @Test func paddingIsAllowedAtTheEnd() {
        #expect(Data(base64url: "Zg==") == Data("f".utf8))
        #expect(Data(base64url: "Zm8=") == Data("fo".utf8))
    }

    @Test(arguments: ["Z", "Zg=a", "+/+/", "Zm9v Zm9v", "Zm9v\n", "Zmö", "=Zg", "Zm9vY"])
    func anythingElseIsRefused(text: String) {
        #expect(Data(base64url: text) == nil)
    }
}
