//! The public interface of the Swift package as text, one line per symbol: a change shows in review.

pub(crate) mod apple;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use serde_json::Value;

use super::{Swift, stubs};
use crate::workspace::{Workspace, build_directory};
use crate::{Command, process};

pub(crate) const COMMAND: Command =
    Command { name: "swift-api", about: "accept the present interface of the Swift package", run };

/// What is committed.
const FILE: &str = "bindings/swift/api.txt";
/// What an app imports.
pub(super) const PRODUCTS: [&str; 2] = ["StepUp", "StepUpTesting"];
/// Of this, what `StepUp` names is for apps, though it passes everything on.
pub(super) const GENERATED: &str = "StepUpGenerated";
/// The kind of symbol by which `StepUp` names a generated type.
pub(super) const ALIAS: &str = "swift.typealias";

fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    if let Some(argument) = arguments.first() {
        bail!("`{argument}` is not understood; there are no arguments");
    }
    let workspace = Workspace::find()?;
    let swift = Swift::prepare(&workspace)?;
    let status = process::stream(&mut swift.command(&["build"]), |_| {})?;
    ensure!(status.success(), "the package does not build ({status})");
    fs::write(workspace.root().join(FILE), present(&swift)?)?;
    println!("{FILE}");
    if cfg!(target_os = "linux") {
        println!("{}", apple::accept(&workspace, &swift)?);
    }
    Ok(ExitCode::SUCCESS)
}

/// What has changed since the interface was accepted, of a package that is built: nothing, or a text for
/// people. Foundation has other extensions elsewhere: only Linux can tell.
pub(crate) fn changes(workspace: &Workspace, swift: &Swift) -> anyhow::Result<Option<String>> {
    if !cfg!(target_os = "linux") {
        return Ok(None);
    }
    let accepted = workspace.read_text(FILE)?.unwrap_or_default();
    Ok(told(&accepted, &present(swift)?))
}

fn told(accepted: &str, present: &str) -> Option<String> {
    let difference = difference(accepted, present);
    let told =
        |lines| format!("{lines}The interface has changed. `cargo xtask {}` accepts it.", COMMAND.name);
    (!difference.is_empty()).then(|| told(difference))
}

/// The lines that are there no more, and those that are new.
fn difference(accepted: &str, present: &str) -> String {
    let [old, new] = [accepted, present].map(|text| text.lines().collect::<BTreeSet<_>>());
    let gone = old.difference(&new).map(|line| format!("- {line}\n"));
    gone.chain(new.difference(&old).map(|line| format!("+ {line}\n"))).collect()
}

/// Has the compiler describe the modules of the package, which is built. Answers with the directory of the
/// descriptions.
pub(crate) fn describe(swift: &Swift) -> anyhow::Result<PathBuf> {
    let output = build_directory()?.join("swift-api");
    fs::create_dir_all(&output)?;
    let (triple, modules) = (triple(swift)?, build_directory()?.join("swift/debug/Modules"));
    for module in PRODUCTS.into_iter().chain([GENERATED]) {
        extract(swift, module, &triple, &modules, &output)?;
    }
    Ok(output)
}

fn present(swift: &Swift) -> anyhow::Result<String> {
    let output = describe(swift)?;
    let mut lines = BTreeSet::new();
    for module in PRODUCTS {
        lines.extend(Graph::read(&output, module)?.lines(|_| true));
    }
    let named = Graph::read(&output, PRODUCTS[0])?.names_of(|kind| kind == ALIAS);
    lines.extend(Graph::read(&output, GENERATED)?.lines(|root| named.contains(root)));
    // What each product adds to types of another module.
    for (product, extended) in [(PRODUCTS[0], GENERATED), (PRODUCTS[1], PRODUCTS[0])] {
        lines.extend(Graph::read(&output, &format!("{product}@{extended}"))?.lines(|_| true));
    }
    Ok(lines.into_iter().map(|line| line + "\n").collect())
}

fn triple(swift: &Swift) -> anyhow::Result<String> {
    let told = swift.command(&["-print-target-info"]).output().context("Swift cannot be started")?;
    let told: Value = serde_json::from_slice(&told.stdout)?;
    Ok(told["target"]["triple"].as_str().context("Swift does not name its target")?.to_owned())
}

fn extract(swift: &Swift, module: &str, triple: &str, modules: &Path, output: &Path) -> anyhow::Result<()> {
    let mut extract = swift.command(&["symbolgraph-extract", "-module-name", module, "-target", triple]);
    extract.args(["-minimum-access-level", "public", "-skip-synthesized-members", "-I"]).arg(modules);
    extract.args(stubs::module_map_arguments()).arg("-output-dir").arg(output);
    let status = process::stream(&mut extract, |_| {})?;
    ensure!(status.success(), "the interface of {module} cannot be read ({status})");
    Ok(())
}

/// What the compiler's `symbolgraph-extract` tells of a module.
pub(super) struct Graph {
    pub(super) module: String,
    pub(super) content: Value,
}

impl Graph {
    pub(super) fn read(directory: &Path, module: &str) -> anyhow::Result<Self> {
        let file = directory.join(format!("{module}.symbols.json"));
        let text = fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        Ok(Self { module: module.to_owned(), content: serde_json::from_slice(&text)? })
    }

    /// One line per symbol whose outermost type satisfies the condition.
    fn lines(&self, is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let protocols = self.conformances();
        let symbols = self.symbols().filter(|symbol| is_wanted(path(symbol).first().unwrap_or(&"")));
        let line = |symbol: &Value| {
            let declaration = declaration(symbol);
            let id = symbol["identifier"]["precise"].as_str().unwrap_or_default();
            let conforms = protocols.get(id).map_or_else(String::new, |names| {
                format!(" : {}", names.iter().copied().collect::<Vec<_>>().join(", "))
            });
            format!("{}.{} | {declaration}{conforms}", self.module, path(symbol).join("."))
        };
        symbols.map(line).collect()
    }

    /// The names of the outermost symbols of some kinds.
    pub(super) fn names_of(&self, is_wanted: impl Fn(&str) -> bool) -> BTreeSet<String> {
        let is_wanted = |symbol: &Value| symbol["kind"]["identifier"].as_str().is_some_and(&is_wanted);
        let name = |symbol: &Value| match path(symbol)[..] {
            [name] if is_wanted(symbol) => Some(name.to_owned()),
            _ => None,
        };
        self.symbols().filter_map(name).collect()
    }

    pub(super) fn symbols(&self) -> impl Iterator<Item = &Value> {
        self.content["symbols"].as_array().into_iter().flatten()
    }

    pub(super) fn relations(&self) -> impl Iterator<Item = &Value> {
        self.content["relationships"].as_array().into_iter().flatten()
    }

    /// By a type's identifier the protocols to which it conforms.
    fn conformances(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let names: BTreeMap<_, _> = self
            .symbols()
            .filter_map(|symbol| Some((symbol["identifier"]["precise"].as_str()?, *path(symbol).last()?)))
            .collect();
        let mut conformances = BTreeMap::<&str, BTreeSet<&str>>::new();
        for relation in self.relations().filter(|relation| relation["kind"] == "conformsTo") {
            let [Some(source), Some(target)] = [&relation["source"], &relation["target"]].map(Value::as_str)
            else {
                continue;
            };
            let foreign = relation["targetFallback"].as_str();
            let name = names.get(target).copied().or(foreign).unwrap_or(target);
            conformances.entry(source).or_default().insert(name);
        }
        conformances
    }
}

pub(super) fn path(symbol: &Value) -> Vec<&str> {
    symbol["pathComponents"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// As it stands in the source, in one line.
fn declaration(symbol: &Value) -> String {
    let fragments = symbol["declarationFragments"].as_array().into_iter().flatten();
    let text: String = fragments.filter_map(|fragment| fragment["spelling"].as_str()).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph() -> Graph {
        let symbol = |id: &str, kind: &str, path: &[&str], words: &[&str]| {
            let fragments: Vec<_> = words.iter().map(|word| serde_json::json!({"spelling": word})).collect();
            serde_json::json!({
                "identifier": {"precise": id}, "kind": {"identifier": kind}, "pathComponents": path,
                "declarationFragments": fragments,
            })
        };
        let conforms = |to: &str, name: Option<&str>| {
            serde_json::json!({
                "kind": "conformsTo", "source": "c", "target": to, "targetFallback": name,
            })
        };
        let content = serde_json::json!({
            "symbols": [
                symbol("c", "swift.class", &["Client"], &["final ", "class", " Client"]),
                symbol("m", "swift.method", &["Client", "end()"], &["func", " end", "()\n    async"]),
                symbol("a", "swift.typealias", &["Config"], &["typealias Config"]),
                symbol("p", "swift.protocol", &["Closing"], &["protocol Closing"]),
            ],
            "relationships": [conforms("p", None), conforms("s:s8SendableP", Some("Swift.Sendable"))],
        });
        Graph { module: "M".to_owned(), content }
    }

    #[test]
    fn each_symbol_is_a_line_with_its_declaration_and_conformances() {
        let lines = graph().lines(|root| root == "Client");
        let class = "M.Client | final class Client : Closing, Swift.Sendable";
        assert_eq!(lines, [class, "M.Client.end() | func end() async"]);
    }

    #[test]
    fn what_is_named_by_an_alias_is_known() {
        assert_eq!(graph().names_of(|kind| kind == ALIAS), BTreeSet::from(["Config".to_owned()]));
    }

    #[test]
    fn a_difference_shows_what_is_gone_and_what_is_new() {
        assert_eq!(difference("a\nb\n", "b\nc\n"), "- a\n+ c\n");
        assert_eq!(difference("a\n", "a\n"), "");
    }
}
