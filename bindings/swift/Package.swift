// swift-tools-version: 6.0
import Foundation
import PackageDescription

// During development the directory of a library that cargo built is given in the environment. Unsafe flags
// bar a package from being a dependency of another, so they are not there otherwise.
var linking: [LinkerSetting] = [.linkedLibrary("stepup_core")]
// What is written by hand.
var strict: [SwiftSetting] = [.swiftLanguageMode(.v6)]
if let directory = ProcessInfo.processInfo.environment["STEPUP_LIBRARY_DIRECTORY"] {
    linking.append(.unsafeFlags(["-L\(directory)", "-Xlinker", "-rpath", "-Xlinker", directory]))
    strict.append(.unsafeFlags(["-warnings-as-errors"]))
}

let package = Package(
    name: "StepUp",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [
        .library(name: "StepUp", targets: ["StepUp"]),
        .library(name: "StepUpApple", targets: ["StepUpApple"]),
        .library(name: "StepUpTesting", targets: ["StepUpTesting"]),
    ],
    targets: [
        .systemLibrary(name: "StepUpFFI"),
        // Generated; the compiler crashes on its asynchronous callbacks in mode 6 and with strict
        // concurrency.
        .target(
            name: "StepUpGenerated", dependencies: ["StepUpFFI"],
            swiftSettings: [.swiftLanguageMode(.v5)], linkerSettings: linking),
        .target(
            name: "StepUp", dependencies: ["StepUpGenerated"], resources: [.copy("PrivacyInfo.xcprivacy")],
            swiftSettings: strict),
        // Keychain, passkey sheet and browser of Apple's systems. Elsewhere only its logic is compiled.
        .target(name: "StepUpApple", dependencies: ["StepUp"], swiftSettings: strict),
        // For tests and previews of apps: not to be linked into what ships.
        .target(
            name: "StepUpTesting", dependencies: ["StepUp", "StepUpGenerated"], swiftSettings: strict),

        // OpenSSL stands in for the key store of a phone where there is no CryptoKit.
        .systemLibrary(name: "COpenSSL", path: "Tests/COpenSSL"),
        .testTarget(
            name: "StepUpTests",
            dependencies: [
                "StepUp", "StepUpGenerated", "StepUpTesting",
                .target(name: "COpenSSL", condition: .when(platforms: [.linux])),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "StepUpAppleTests", dependencies: ["StepUp", "StepUpApple", "StepUpTesting"],
            swiftSettings: strict),
    ]
)
