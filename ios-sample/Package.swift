// swift-tools-version: 6.0
import Foundation
import PackageDescription

// As in the library's package: beside a library that cargo has built, warnings are errors.
var strict: [SwiftSetting] = [.swiftLanguageMode(.v6)]
if ProcessInfo.processInfo.environment["STEPUP_LIBRARY_DIRECTORY"] != nil {
    strict.append(.unsafeFlags(["-warnings-as-errors"]))
}

// The sample without its views: `StepUpSample.xcodeproj` adds these. On Linux it is tested against the
// sandbox.
let package = Package(
    name: "Presenters",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [.library(name: "Presenters", targets: ["Presenters"])],
    dependencies: [.package(name: "StepUp", path: "../bindings/swift")],
    targets: [
        .target(
            name: "Presenters", dependencies: [.product(name: "StepUp", package: "StepUp")],
            swiftSettings: strict),

        // The authenticator app of the tests, as in the library's own.
        .systemLibrary(name: "COpenSSL", path: "Tests/COpenSSL"),
        .testTarget(
            name: "PresentersTests",
            dependencies: [
                "Presenters", .product(name: "StepUpTesting", package: "StepUp"),
                .target(name: "COpenSSL", condition: .when(platforms: [.linux])),
            ],
            swiftSettings: strict),
    ]
)
