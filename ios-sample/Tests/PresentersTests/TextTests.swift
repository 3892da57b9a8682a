import Foundation
import Testing

@testable import Presenters

/// Every text that is shown is in the string catalogue of the app, and every text there is shown.
@Suite struct TextTests {
    private struct Catalogue: Decodable {
        struct Entry: Decodable {
            struct Localization: Decodable {
                struct Unit: Decodable {
                    let value: String
                }
                let stringUnit: Unit
            }
            let localizations: [String: Localization]
        }
        let sourceLanguage: String
        let strings: [String: Entry]
    }

    private let app = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("App")

    @Test func theCatalogueHasWhatIsShownAndNothingElse() throws {
        let catalogue = try catalogue()
        let shown = try keysOfViews().union(TextKey.allCases.map(\.rawValue))
        #expect(Set(catalogue.strings.keys).subtracting(shown) == [])
        #expect(shown.subtracting(catalogue.strings.keys) == [])
    }

    @Test func everyTextIsThereAndTakesWhatItsKeyNames() throws {
        let catalogue = try catalogue()
        for (key, entry) in catalogue.strings {
            let text = try #require(entry.localizations[catalogue.sourceLanguage]?.stringUnit.value)
            #expect(!text.isEmpty)
            let named = key == TextKey.waitSeconds.rawValue ? ["%lld"] : placeholders(in: key)
            #expect(placeholders(in: text) == named, "\(key)")
        }
    }

    private func catalogue() throws -> Catalogue {
        let file = app.appendingPathComponent("Localizable.xcstrings")
        return try JSONDecoder().decode(Catalogue.self, from: Data(contentsOf: file))
    }

    /// Literals of the form `screen.text`, with what is put into them: a number, or a text.
    private func keysOfViews() throws -> Set<String> {
        let files = try FileManager.default.contentsOfDirectory(at: app, includingPropertiesForKeys: nil)
        let sources = try files.filter { $0.pathExtension == "swift" }
            .map { try String(contentsOf: $0, encoding: .utf8) }
        try #require(!sources.isEmpty)
        let literal = /(?:(\w+): )?"([a-z_]+\.[a-z_]+)( \\\((?:\w+\.)*(\w+))?/
        return Set(
            sources.flatMap { $0.matches(of: literal) }.compactMap { match in
                guard match.1 != "systemImage", match.1 != "systemName" else { return nil }
                guard let value = match.4 else { return String(match.2) }
                return "\(match.2) \(["seconds", "attempts"].contains(value) ? "%lld" : "%@")"
            })
    }

    private func placeholders(in text: String) -> [String] {
        text.matches(of: /%(?:lld|@)/).map { String($0.output) }
    }
}
