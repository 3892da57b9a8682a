import Foundation
import Testing

/// How the tests name an object of each type that has calls.
private let receivers = [
    "StepUpClient": "client", "AuthClient": "auth", "StepUpAuthClient": "stepUp", "MfaClient": "mfa",
    "PasskeysClient": "passkeys", "DeviceRegistrationClient": "deviceRegistration",
    "Subscription": "subscription", "StepUpFlow": "flow",
]

extension AllTests {
    /// What the core exports is wrapped, and what is wrapped is driven: found out from the sources.
    @Suite struct SurfaceTests {
        private let generated: String
        /// The wrapper's files by name.
        private let wrappers: [String: String]
        private let tests: [String: String]

        init() throws {
            let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            let sources = here.deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("Sources")
            generated = try files(of: sources.appendingPathComponent("StepUpGenerated")).values.joined()
            wrappers = try files(of: sources.appendingPathComponent("StepUp"))
            tests = try files(of: here)
        }

        @Test func everyCallHasAWrapperAndIsDriven() throws {
            let protocols = generated.matches(
                of: /public protocol (\w+)Protocol: AnyObject, Sendable \{\n(.*?)\n\}/
                    .dotMatchesNewlines())
            // Not for apps: they cancel their task.
            let objects = protocols.filter { $0.1 != "CancelToken" }
            #expect(Set(objects.map { String($0.1) }) == Set(receivers.keys))
            // That every call fails after a shutdown is not what it is there for.
            let driven = tests.filter { $0.key != "LifecycleTests.swift" }.values.joined()
            for object in objects {
                let receiver = try #require(receivers[String(object.1)])
                let wrapper = wrappers.filter { $0.key.prefix(while: \.isLetter) == object.1 }
                    .values.joined()
                let calls = object.2.matches(of: /func (\w+)\([^\n]*/)
                #expect(!calls.isEmpty)
                for call in calls {
                    #expect(wrapper.contains("core.\(call.1)("), "no wrapper: \(object.1).\(call.1)")
                    let use = try Regex("\\b\(receiver)\\.\(call.1)\\b").wordBoundaryKind(.simple)
                    #expect(driven.contains(use), "not driven: \(receiver).\(call.1)")
                }
            }
        }

        @Test func everyFallibleCallIsMadeAfterAShutdown() throws {
            let calls = try #require(tests["LifecycleTests.swift"])
            for (name, text) in wrappers {
                let type = String(name.prefix(while: \.isLetter))
                guard let receiver = receivers[type], type != "StepUpClient" else { continue }
                let fallible = text.matches(of: /public func (\w+)(?:<[^(]*>)?\([^{]*throws/)
                #expect(type == "Subscription" || !fallible.isEmpty)
                for call in fallible {
                    let owner = type == "StepUpFlow" ? "" : "client."
                    let made = calls.contains(" \(owner)\(receiver).\(call.1)(")
                    #expect(made, "not called: \(receiver).\(call.1)")
                }
            }
        }

        @Test func everyTypeHasItsNameHere() {
            let types = generated.matches(of: /\npublic\s+(?:struct|enum) (\w+)([^{\n]*)/)
                .filter { !$0.1.hasPrefix("FfiConverter") }
            #expect(types.count > 40)
            let text = wrappers.values.joined()
            for type in types {
                let isNamed = text.contains("typealias \(type.1) = StepUpGenerated.\(type.1)\n")
                let isReplaced = text.contains("var core: StepUpGenerated.\(type.1) {\n")
                #expect(isNamed != isReplaced, "no name, or two: \(type.1)")
                if type.2.contains("CustomDebugStringConvertible") {
                    let isRedacted = text.contains("extension \(type.1): CustomReflectable")
                    #expect(isRedacted, "shown by dump: \(type.1)")
                }
            }
        }

        @Test func everyIdHasItsNameHere() throws {
            let ids = generated.matches(of: /\npublic typealias (\w+Id) =/)
            #expect(ids.count > 5)
            for id in ids {
                let isNamed = wrappers["Types.swift"]?.contains("\(id.1) = StepUpGenerated.\(id.1)\n")
                #expect(isNamed == true, "no name: \(id.1)")
            }
        }

        @Test func whatIsReplacedLosesNoField() throws {
            let replaced = wrappers.values.joined().matches(of: /var core: StepUpGenerated.(\w+) \{\n/)
            #expect(replaced.count == 3)
            for type in replaced {
                let body = try Regex(
                    "public struct \(type.1): [^{]*\\{(.*?)public init", as: (Substring, Substring).self
                )
                .dotMatchesNewlines()
                let fields = try #require(generated.firstMatch(of: body)).1.matches(of: /public let (\w+):/)
                let wrapper = try #require(wrappers["\(type.1).swift"])
                #expect(!fields.isEmpty)
                for field in fields {
                    #expect(wrapper.contains("public var \(field.1): "), "\(type.1).\(field.1)")
                }
            }
        }

        @Test func everyCallbackHasItsNameAndAGuard() throws {
            let callbacks = generated.matches(of: /public protocol (\w+): AnyObject, Sendable/)
                .filter { !$0.1.hasSuffix("Protocol") }
            #expect(callbacks.count > 7)
            let text = wrappers.values.joined()
            for callback in callbacks {
                let isNamed = text.contains("typealias \(callback.1) = StepUpGenerated.\(callback.1)\n")
                #expect(isNamed, "no name: \(callback.1)")
                let guarded = try Regex("class Guarded\\w+: \(callback.1) \\{")
                #expect(text.contains(guarded), "no guard: \(callback.1)")
            }
        }

        @Test func everyFunctionIsUsed() {
            let functions = generated.matches(of: /\npublic func (\w+)\(/)
                .filter { !$0.1.hasPrefix("FfiConverter") && !$0.1.hasPrefix("uniffi") }
            #expect(!functions.isEmpty)
            let text = wrappers.values.joined() + tests.values.joined()
            for function in functions {
                #expect(text.contains("\(function.1)("), "not used: \(function.1)")
            }
        }
    }
}

private func files(of directory: URL) throws -> [String: String] {
    let files = try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
    return try files.filter { $0.pathExtension == "swift" }.reduce(into: [:]) {
        $0[$1.lastPathComponent] = try String(contentsOf: $1, encoding: .utf8)
    }
}
