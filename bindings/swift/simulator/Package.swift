// swift-tools-version: 6.0
import PackageDescription

// Apart from the package itself, whose tests start programs: that cannot be done on the simulator.
let package = Package(
    name: "Simulator",
    platforms: [.iOS(.v16), .macOS(.v13)],
    dependencies: [.package(name: "StepUp", path: "..")],
    targets: [
        .testTarget(
            name: "SimulatorTests",
            dependencies: [
                .product(name: "StepUp", package: "StepUp"),
                .product(name: "StepUpApple", package: "StepUp"),
                .product(name: "StepUpTesting", package: "StepUp"),
            ])
    ]
)
