// swift-tools-version: 6.0
import Foundation
import PackageDescription

// During development the directory of a library that cargo built is given in the environment. Unsafe flags
// bar a package from being a dependency of another, so they are not there otherwise.
var linking: [LinkerSetting] = [.linkedLibrary("stepup_core")]
if let directory = ProcessInfo.processInfo.environment["STEPUP_LIBRARY_DIRECTORY"] {
    linking.append(.unsafeFlags(["-L\(directory)", "-Xlinker", "-rpath", "-Xlinker", directory]))
}

let package = Package(
    name: "StepUp",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [
        .library(name: "StepUp", targets: ["StepUp"]),
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
            name: "StepUp", dependencies: ["StepUpGenerated"], swiftSettings: [.swiftLanguageMode(.v6)]),
        // For tests and previews of apps: not to be linked into what ships.
        .target(
            name: "StepUpTesting", dependencies: ["StepUp", "StepUpGenerated"],
            swiftSettings: [.swiftLanguageMode(.v6)]),

        // OpenSSL stands in for the key store of a phone where there is no CryptoKit.
        .systemLibrary(name: "COpenSSL", path: "Tests/COpenSSL"),
        .testTarget(
            name: "StepUpTests",
            dependencies: [
                "StepUp", "StepUpGenerated", "StepUpTesting",
                .target(name: "COpenSSL", condition: .when(platforms: [.linux])),
            ],
            swiftSettings: [.swiftLanguageMode(.v6)]),
    ]
)
