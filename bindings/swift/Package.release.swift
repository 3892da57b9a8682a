// swift-tools-version: 6.0
import PackageDescription

#if os(Linux)
    // There is no binary to download for Linux: the library is the machine's own.
    let core: [Target] = [.systemLibrary(name: "StepUpFFI")]
    let linking: [LinkerSetting] = [.linkedLibrary("stepup_core")]
#else
    let core: [Target] = [
        .binaryTarget(
            name: "StepUpFFI",
            url: "https://github.com/stepup-auth/stepup-swift/releases/download/@VERSION@/"
                + "StepUpFFI-@VERSION@.xcframework.zip",
            checksum: "@CHECKSUM@")
    ]
    // The core asks the system whether to trust a server.
    let linking: [LinkerSetting] = [.linkedFramework("Security"), .linkedFramework("CoreFoundation")]
#endif

let package = Package(
    name: "StepUp",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [
        .library(name: "StepUp", targets: ["StepUp"]),
        .library(name: "StepUpApple", targets: ["StepUpApple"]),
        .library(name: "StepUpTesting", targets: ["StepUpTesting"]),
    ],
    targets: core + [
        .target(
            name: "StepUpGenerated", dependencies: ["StepUpFFI"],
            swiftSettings: [.swiftLanguageMode(.v5)], linkerSettings: linking),
        .target(
            name: "StepUp", dependencies: ["StepUpGenerated"], resources: [.copy("PrivacyInfo.xcprivacy")],
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .target(name: "StepUpApple", dependencies: ["StepUp"], swiftSettings: [.swiftLanguageMode(.v6)]),
        .target(
            name: "StepUpTesting", dependencies: ["StepUp", "StepUpGenerated"],
            swiftSettings: [.swiftLanguageMode(.v6)]),
    ]
)
