import Foundation
import Testing

@Suite struct AssociationTests {
    private struct Association: Decodable {
        struct Links: Decodable {
            struct Detail: Decodable {
                let appIDs: [String]
                let components: [[String: String]]
            }
            let details: [Detail]
        }
        struct Credentials: Decodable {
            let apps: [String]
        }
        let applinks: Links
        let webcredentials: Credentials
    }

    private static func file(_ path: String) throws -> String {
        let package = URL(fileURLWithPath: #filePath).appendingPathComponent("../../..").standardized
        return try String(contentsOf: package.appendingPathComponent(path), encoding: .utf8)
    }

    @Test func theExampleNamesOneAppForPasskeysRedirectsAndLinks() throws {
        let text = try Self.file("examples/apple-app-site-association")
        let example = try JSONDecoder().decode(Association.self, from: Data(text.utf8))
        let app = try #require(example.webcredentials.apps.first)
        #expect(app.wholeMatch(of: /[A-Z]+\.[a-z.]+/) != nil, "team and bundle identifier")
        #expect(example.applinks.details.map(\.appIDs) == [[app]])
        let paths = example.applinks.details.flatMap(\.components).compactMap { $0["/"] }
        #expect(!paths.isEmpty && paths.allSatisfy { $0.hasPrefix("/") })
    }

    @Test func theArticleShowsTheExample() throws {
        let article = try Self.file("Sources/StepUpApple/StepUpApple.docc/AssociatingYourDomain.md")
        let example = try Self.file("examples/apple-app-site-association")
        #expect(article.contains("```json\n\(example)```\n"))
    }
}
