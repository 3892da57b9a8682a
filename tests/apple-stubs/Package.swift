// swift-tools-version: 6.0
import Foundation
import PackageDescription

// What is compiled on Apple's systems only is type-checked on Linux, against stand-ins for Apple's modules. A
// package of its own, so that nothing is taken for Apple's in the package that apps use. Never shipped.
let environment = ProcessInfo.processInfo.environment
var linking: [LinkerSetting] = [.linkedLibrary("stepup_core")]
if let directory = environment["STEPUP_LIBRARY_DIRECTORY"] {
    linking.append(.unsafeFlags(["-L\(directory)", "-Xlinker", "-rpath", "-Xlinker", directory]))
}
let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .unsafeFlags(["-warnings-as-errors"])]

/// A stand-in for one of Apple's modules.
func stub(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Stubs/\(name)",
        swiftSettings: [.swiftLanguageMode(.v6)])
}

let apple: [Target.Dependency] = ["AuthenticationServices", "Combine", "Security", "SwiftUI", "UIKit", "os"]

let package = Package(
    name: "AppleStubs",
    targets: [
        stub("AuthenticationServices", ["UIKit"]),
        stub("Combine"),
        stub("Security", ["COpenSSL"]),
        stub("SwiftUI", ["Combine", "UIKit"]),
        stub("UIKit"),
        stub("os"),

        // The package itself, by links to its sources.
        .systemLibrary(name: "StepUpFFI", path: "Sources/StepUpFFI"),
        .target(
            name: "StepUpGenerated", dependencies: ["StepUpFFI"],
            swiftSettings: [.swiftLanguageMode(.v5)], linkerSettings: linking),
        .target(
            name: "StepUp", dependencies: ["Combine", "StepUpGenerated"],
            exclude: ["PrivacyInfo.xcprivacy"], swiftSettings: strict),
        .target(
            name: "StepUpTesting", dependencies: ["StepUp", "StepUpGenerated"], swiftSettings: strict),
        .target(name: "StepUpApple", dependencies: ["StepUp"] + apple, swiftSettings: strict),

        // The sample's views, by links too: they are compiled, nothing of them is run.
        .target(name: "Presenters", dependencies: ["StepUp"], swiftSettings: strict),
        .executableTarget(
            name: "SampleApp", dependencies: ["Presenters", "StepUp", "StepUpApple", "SwiftUI", "UIKit"],
            exclude: ["Localizable.xcstrings"], swiftSettings: strict),

        // What `docs/guides/ios.md` shows: compiled, and not run either.
        .target(name: "Guide", dependencies: ["StepUp", "StepUpApple", "SwiftUI"], swiftSettings: strict),

        // The adapters' logic, with a keychain in memory and sheets that tests answer.
        .systemLibrary(name: "COpenSSL", path: "Sources/COpenSSL"),
        .testTarget(
            name: "AppleStubsTests", dependencies: ["StepUpApple", "StepUpTesting"] + apple,
            swiftSettings: strict),
    ]
)
