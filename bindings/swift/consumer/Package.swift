// swift-tools-version: 6.0
import PackageDescription

// On in new projects of Xcode 26: what is used is to be imported. Swift 6.0 has it as an experiment.
#if compiler(<6.1)
    let visibility = SwiftSetting.enableExperimentalFeature("MemberImportVisibility")
#else
    let visibility = SwiftSetting.enableUpcomingFeature("MemberImportVisibility")
#endif

let package = Package(
    name: "Stranger",
    platforms: [.iOS(.v16), .macOS(.v13)],
    dependencies: [
        .package(url: "https://github.com/stepup-auth/stepup-swift", from: "0.1.0")
    ],
    targets: [
        .executableTarget(
            name: "Stranger",
            dependencies: [
                .product(name: "StepUp", package: "stepup-swift"),
                .product(name: "StepUpTesting", package: "stepup-swift"),
            ],
            swiftSettings: [visibility])
    ]
)
