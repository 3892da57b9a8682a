//! Mistakes that people make, planted one at a time: the type-check has to find each, or it proves nothing.

use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};

use crate::bindings::{files_below, remove};
use crate::swift::stubs::{ADAPTERS, Stubs};
use crate::workspace::build_directory;

/// A mistake in one file of a module.
struct Mistake {
    module: &'static str,
    file: &'static str,
    /// What stands there; once, or all places are changed.
    right: &'static str,
    wrong: &'static str,
    /// What the compiler says, in part.
    told: &'static str,
}

/// Of different kinds.
const MISTAKES: &[Mistake] = &[
    // A wrong type.
    Mistake {
        module: ADAPTERS,
        file: "BrowserVisit.swift",
        right: ".success(url.absoluteString)",
        wrong: ".success(url)",
        told: "cannot convert value of type 'URL'",
    },
    // A call that waits, without `await`.
    Mistake {
        module: ADAPTERS,
        file: "KeychainStorage.swift",
        right: "try await installation.run { try Keychain.data",
        wrong: "try installation.run { try Keychain.data",
        told: "expression is 'async' but is not marked with 'await'",
    },
    // A call that throws, without `try`.
    Mistake {
        module: ADAPTERS,
        file: "Installation.swift",
        right: "try Keychain.delete(.records(of: service))",
        wrong: "Keychain.delete(.records(of: service))",
        told: "call can throw but is not marked with 'try'",
    },
    // Something of the main actor's in a closure for any thread.
    Mistake {
        module: ADAPTERS,
        file: "PasskeyCeremony.swift",
        right: "Task { @MainActor in self.cancel() }",
        wrong: "controller.cancel()",
        told: "with non-sendable type 'ASAuthorizationController'",
    },
    // A window looked up off the main actor.
    Mistake {
        module: ADAPTERS,
        file: "PresentationWindow.swift",
        right: "private static var active",
        wrong: "private nonisolated static var active",
        told: "main actor-isolated class property 'shared'",
    },
    // An attribute that the keychain does not know.
    Mistake {
        module: ADAPTERS,
        file: "Keychain.swift",
        right: "kSecAttrAccessible\n",
        wrong: "kSecAttrAccessibility\n",
        told: "cannot find 'kSecAttrAccessibility' in scope",
    },
    // A case that is forgotten.
    Mistake {
        module: ADAPTERS,
        file: "Keychain.swift",
        right: "            case .token: kSecAttrTokenID\n",
        wrong: "",
        told: "switch must be exhaustive",
    },
    // A part of an answer that may be missing.
    Mistake {
        module: ADAPTERS,
        file: "PasskeyCeremony.swift",
        right: "guard let attestation = made.rawAttestationObject else { return nil }",
        wrong: "let attestation = made.rawAttestationObject",
        told: "value of optional type",
    },
    // A method of a delegate under another name.
    Mistake {
        module: ADAPTERS,
        file: "BrowserVisit.swift",
        right: "presentationAnchor(for session:",
        wrong: "presentationAnchor(of session:",
        told: "has different argument labels from those required by protocol",
    },
    // A wrong label.
    Mistake {
        module: ADAPTERS,
        file: "PasskeyCeremony.swift",
        right: "performRequests(options: options)",
        wrong: "performRequests(with: options)",
        told: "incorrect argument label",
    },
    // A text in place of one of the system's values.
    Mistake {
        module: ADAPTERS,
        file: "AuthorizationPasskeys.swift",
        right: "request.userVerificationPreference = .init(rawValue: preference)",
        wrong: "request.userVerificationPreference = preference",
        told: "cannot assign value of type 'String'",
    },
    // Something public that tasks must not share.
    Mistake {
        module: ADAPTERS,
        file: "OSLogSink.swift",
        right: "public final class OSLogSink",
        wrong: "public class OSLogSink",
        told: "cannot conform to 'Sendable'",
    },
    // A callback that lacks a call.
    Mistake {
        module: ADAPTERS,
        file: "SecureEnclaveDeviceKeys.swift",
        right: "public func delete(name: String)",
        wrong: "public func remove(name: String)",
        told: "does not conform to protocol 'DeviceKeys'",
    },
    // An option that a message of the log does not have.
    Mistake {
        module: ADAPTERS,
        file: "OSLogSink.swift",
        right: "privacy: .public",
        wrong: "privacy: .visible",
        told: "has no member 'visible'",
    },
    // In the views: what is no configuration, a screen that is forgotten, a task that does not wait, a
    // modifier that views do not have.
    Mistake {
        module: "SampleApp",
        file: "StepUpSampleApp.swift",
        right: "StepUp.apple(config, ",
        wrong: "StepUp.apple(settings, ",
        told: "cannot convert value of type 'SampleSettings'",
    },
    Mistake {
        module: "SampleApp",
        file: "RootView.swift",
        right: "        case .confirmDevice: ConfirmDeviceView(app: app)\n",
        wrong: "",
        told: "switch must be exhaustive",
    },
    Mistake {
        module: "SampleApp",
        file: "RootView.swift",
        right: "await app.run()",
        wrong: "app.run()",
        told: "expression is 'async' but is not marked with 'await'",
    },
    Mistake {
        module: "SampleApp",
        file: "RootView.swift",
        right: ".onOpenURL {",
        wrong: ".onOpen {",
        told: "has no member 'onOpen'",
    },
];

/// Plants each mistake in a copy. Says which one is not found; of each module there has to be one.
pub(super) fn unfound(stubs: &Stubs, modules: &[&str]) -> anyhow::Result<Option<String>> {
    for module in modules {
        if !MISTAKES.iter().any(|mistake| mistake.module == *module) {
            return Ok(Some(format!("no mistake is planted in {module}")));
        }
        let sources = stubs.sources(module)?;
        if let Some(complaint) = stubs.complaint(module, &stubs.modules(), &sources)? {
            println!("{complaint}");
            return Ok(Some(format!("{module} does not compile without a mistake either")));
        }
    }
    for mistake in MISTAKES {
        let copy = planted(mistake, &stubs.sources(mistake.module)?)?;
        let complaint = stubs.complaint(mistake.module, &stubs.modules(), &copy)?.unwrap_or_default();
        if !complaint.contains(mistake.told) {
            println!("{complaint}");
            return Ok(Some(format!("not found: {} in {}", mistake.wrong.trim(), mistake.file)));
        }
    }
    println!("planted mistakes: {}, each found", MISTAKES.len());
    Ok(None)
}

fn planted(mistake: &Mistake, sources: &Path) -> anyhow::Result<std::path::PathBuf> {
    let copy = build_directory()?.join("apple-mistakes").join(mistake.module);
    remove(&copy)?;
    for file in files_below(sources)? {
        let to = copy.join(file.strip_prefix(sources)?);
        fs::create_dir_all(to.parent().context("a file has a directory")?)?;
        fs::copy(&file, &to)?;
    }
    let file = copy.join(mistake.file);
    let text = fs::read_to_string(&file).with_context(|| mistake.file.to_owned())?;
    ensure!(text.contains(mistake.right), "{} has no `{}`", mistake.file, mistake.right);
    fs::write(&file, text.replace(mistake.right, mistake.wrong))?;
    Ok(copy)
}
