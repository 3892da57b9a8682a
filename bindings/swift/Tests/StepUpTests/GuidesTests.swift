import Foundation
import Testing

extension AllTests {
    /// All Swift that a guide of this repository shows is compiled: with these tests, as the app of a
    /// stranger, or with the adapters for Apple's systems.
    @Suite struct GuidesTests {
        private static let package = URL(fileURLWithPath: #filePath)
            .appendingPathComponent("../../..").standardized
        private static let repository = package.appendingPathComponent("../..").standardized

        @Test func everyGuideShowsCodeThatIsCompiled() throws {
            let compiled = try ["Tests", "consumer", "../../tests/apple-stubs/Sources/Guide"]
                .flatMap { try Self.files(of: Self.package.appendingPathComponent($0), "swift") }
                .map { try Self.withoutIndentation(String(contentsOf: $0, encoding: .utf8)) }
            var shown = 0
            for guide in try Self.files(of: Self.repository, "md") {
                for block in try Self.blocks(of: String(contentsOf: guide, encoding: .utf8)) {
                    shown += 1
                    let code = Self.withoutIndentation(block)
                    #expect(compiled.contains { $0.contains(code) }, "\(guide.path):\n\(block)")
                }
            }
            #expect(shown >= 13, "the README and the articles have as many")
        }

        @Test func blocksOfAnyFenceAreFound() {
            let text = """
                ```swift
                a
                ```
                -
                  ``` Swift title
                  c
                  ```
                ~~~swift
                d
                ~~~
                ```rust
                e
                ```
                """
            #expect(Self.blocks(of: text) == ["a\n", "  c\n", "d\n"])
        }

        private static func blocks(of text: String) -> [String] {
            text.matches(
                of: /^ *(?<fence>```|~~~) *[Ss]wift\b[^\n]*\n(?<code>.*?)^ *\k<fence>/
                    .anchorsMatchLineEndings().dotMatchesNewlines()
            ).map { String($0.code) }
        }

        /// What is private to a test is not so in a guide, and stands further to the left.
        private static func withoutIndentation(_ code: String) -> String {
            code.replacingOccurrences(of: "private func", with: "func")
                .split(separator: "\n", omittingEmptySubsequences: false)
                .map { $0.drop { $0 == " " } }.joined(separator: "\n")
        }

        /// Those of a directory, not what is built from them.
        private static func files(of directory: URL, _ ending: String) throws -> [URL] {
            let all = try #require(
                FileManager.default.enumerator(
                    at: directory, includingPropertiesForKeys: nil, options: .skipsHiddenFiles))
            var found: [URL] = []
            while let file = all.nextObject() as? URL {
                if file.lastPathComponent == "target" { all.skipDescendants() }
                if file.pathExtension == ending { found.append(file) }
            }
            return found
        }
    }
}
