import Testing

@testable import StepUpApple

@Suite struct DeviceNameTests {
    @Test(arguments: [
        ("iPhone17,1", "iPhone; iOS 18.1"), ("iPad16,3", "iPad; iPadOS 18.1"), ("Mac", "Mac; macOS 18.1"),
        ("Unknown1,1", "Apple device; 18.1"), ("", "Apple device; 18.1"),
    ])
    func aDeviceIsNamedInWordsThatPeopleKnow(model: String, expected: String) {
        #expect(name(ofModel: model, version: "18.1") == expected)
    }
}
