// swift-tools-version: 6.0
import PackageDescription

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
            ])
    ]
)
