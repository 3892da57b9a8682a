import Foundation
import Testing

/// The project that Xcode opens: what it refers to is there. That Xcode builds it is seen on a Mac only.
@Suite struct ProjectTests {
    private typealias Object = [String: Any]

    private static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    private let manifest = "UIApplicationSceneManifest"
    private static let configuration = directory.appendingPathComponent("Configuration")
    private let root: String
    private let objects: [String: Object]

    init() throws {
        let file = Self.directory.appendingPathComponent("StepUpSample.xcodeproj/project.pbxproj")
        let project = try #require(try propertyList(at: file))
        root = try #require(project["rootObject"] as? String)
        objects = try #require(project["objects"] as? [String: Object])
    }

    @Test func everyReferenceIsAnObjectAndEveryObjectIsReferredTo() {
        var (reached, ahead) = (Set<String>(), [root])
        while let id = ahead.popLast() {
            guard reached.insert(id).inserted else { continue }
            #expect(objects[id] != nil, "\(id)")
            ahead += references(in: objects[id] ?? [:])
        }
        #expect(Set(objects.keys).subtracting(reached) == [])
    }

    @Test func everyFileIsThere() throws {
        let names = ["path", "relativePath", "INFOPLIST_FILE", "CODE_SIGN_ENTITLEMENTS"]
        var paths: [String] = []
        for object in objects.values where object["sourceTree"] as? String != "BUILT_PRODUCTS_DIR" {
            let settings = object["buildSettings"] as? Object ?? [:]
            paths += names.compactMap { (object[$0] ?? settings[$0]) as? String }
        }
        #expect(paths.count >= 10)
        for path in paths {
            let places = [path, "Configuration/\(path)"].map(Self.directory.appendingPathComponent)
            #expect(places.contains { FileManager.default.fileExists(atPath: $0.path) }, "\(path)")
        }
    }

    @Test func everyProductIsOneOfItsPackage() throws {
        let products = objects.values.filter { $0["isa"] as? String == "XCSwiftPackageProductDependency" }
        #expect(products.count == 3)
        for product in products {
            let package = try #require(objects[product["package"] as? String ?? ""])
            let path = try #require(package["relativePath"] as? String)
            let manifest = Self.directory.appendingPathComponent(path).appendingPathComponent("Package.swift")
            let name = try #require(product["productName"] as? String)
            #expect(try String(contentsOf: manifest, encoding: .utf8).contains(#".library(name: "\#(name)""#))
        }
    }

    @Test func whatIsForTrialsIsNotInARelease() throws {
        let trial = try settings("Info-Debug.plist")
        let release = try settings("Info.plist")
        #expect(trial["NSAppTransportSecurity"] as? [String: Bool] == ["NSAllowsLocalNetworking": true])
        #expect(Set(release.keys) == ["AppDomain", manifest])
        for object in objects.values {
            let settings = object["buildSettings"] as? Object
            guard let file = settings?["INFOPLIST_FILE"] as? String else { continue }
            #expect(file.hasSuffix("Info-Debug.plist") == (object["name"] as? String == "Debug"))
        }
    }

    @Test func thereIsOneWindow() throws {
        for name in ["Info-Debug.plist", "Info.plist"] {
            let scenes = try settings(name)[manifest] as? [String: Bool]
            #expect(scenes == ["UIApplicationSupportsMultipleScenes": false])
        }
        // What Xcode generates allows more than one.
        let key = "INFOPLIST_KEY_UIApplicationSceneManifest_Generation"
        let generated = objects.values.compactMap { ($0["buildSettings"] as? Object)?[key] as? String }
        #expect(generated == ["NO", "NO"])
    }

    @Test func theEntitlementNamesTheDomainOfTheSettings() throws {
        let entitlements = try settings("StepUpSample.entitlements")
        let domains = entitlements["com.apple.developer.associated-domains"] as? [String]
        #expect(domains == ["applinks:$(APP_DOMAIN)", "webcredentials:$(APP_DOMAIN)"])
    }

    private func settings(_ name: String) throws -> Object {
        try #require(try propertyList(at: Self.configuration.appendingPathComponent(name)))
    }

    /// Strings that have the form of an object's name.
    private func references(in value: Any) -> [String] {
        switch value {
        case let text as String: text.wholeMatch(of: /[0-9A-F]{24}/) == nil ? [] : [text]
        case let list as [Any]: list.flatMap(references)
        case let object as Object: object.keys.flatMap(references) + object.values.flatMap(references)
        default: []
        }
    }
}

private func propertyList(at file: URL) throws -> [String: Any]? {
    try PropertyListSerialization.propertyList(from: Data(contentsOf: file), format: nil) as? [String: Any]
}
