//! The interface of `StepUp` as an app sees it: with the generated types that it passes on, as if they were
//! its own.

use std::fs;
use std::path::Path;

use anyhow::Context;
use serde_json::Value;

use super::api::{ALIAS, GENERATED, Graph, PRODUCTS, path};

/// Writes one description into an empty directory, made of those that are in another one.
pub(crate) fn write(descriptions: &Path, target: &Path) -> anyhow::Result<()> {
    let module = PRODUCTS[0];
    let own = Graph::read(descriptions, module)?;
    let generated = Graph::read(descriptions, GENERATED)?;
    let added = Graph::read(descriptions, &format!("{module}@{GENERATED}"))?;
    let file = target.join(format!("{module}.symbols.json"));
    fs::write(&file, serde_json::to_vec(&merged(&own, &generated, &added))?)
        .with_context(|| format!("{}", file.display()))
}

/// `added` is what the module adds to types of the generated one.
fn merged(own: &Graph, generated: &Graph, added: &Graph) -> Value {
    let aliases = own.names_of(|kind| kind == ALIAS);
    let types = generated.names_of(|kind| kind != ALIAS);
    let is_passed_on = |symbol: &Value| {
        path(symbol).first().is_some_and(|root| aliases.contains(*root) && types.contains(*root))
    };
    let kept = own.symbols().filter(|symbol| !is_passed_on(symbol));
    let symbols =
        kept.chain(generated.symbols().filter(|symbol| is_passed_on(symbol))).chain(added.symbols());
    let symbols: Vec<_> = symbols.map(|symbol| adopted(symbol, &own.module)).collect();

    let id = |symbol: &Value| symbol["identifier"]["precise"].clone();
    let ids: Vec<_> = symbols.iter().map(id).collect();
    let relations = [own, generated, added].into_iter().flat_map(Graph::relations);
    let mut merged = own.content.clone();
    merged["relationships"] =
        relations.filter(|relation| ids.contains(&relation["source"])).cloned().collect();
    merged["symbols"] = Value::Array(symbols);
    merged
}

/// Documented in this module, and no extension of another one.
fn adopted(symbol: &Value, module: &str) -> Value {
    let mut symbol = symbol.clone();
    if let Some(fields) = symbol.as_object_mut() {
        fields.remove("swiftExtension");
    }
    if let Some(comment) = symbol.get_mut("docComment") {
        comment["module"] = module.into();
    }
    symbol
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn symbol(id: &str, kind: &str, path: &[&str]) -> Value {
        json!({
            "identifier": { "precise": id }, "kind": { "identifier": kind }, "pathComponents": path,
            "docComment": { "module": "any" }, "swiftExtension": {},
        })
    }

    fn graph(module: &str, symbols: Vec<Value>, relations: &[[&str; 2]]) -> Graph {
        let relations: Vec<_> =
            relations.iter().map(|[from, to]| json!({ "source": from, "target": to })).collect();
        let content = json!({ "module": { "name": module }, "symbols": symbols, "relationships": relations });
        Graph { module: module.to_owned(), content }
    }

    #[test]
    fn what_is_passed_on_is_the_module_s_own() {
        let aliases = [symbol("a", ALIAS, &["Session"]), symbol("b", ALIAS, &["PasskeyId"])];
        let own = [aliases.to_vec(), vec![symbol("c", "swift.class", &["Client"])]].concat();
        let generated = vec![
            symbol("d", "swift.struct", &["Session"]),
            symbol("e", "swift.property", &["Session", "user"]),
            symbol("f", "swift.class", &["Client"]),
            symbol("g", ALIAS, &["PasskeyId"]),
        ];
        let added = vec![symbol("h", "swift.property", &["Session", "description"])];
        let merged = merged(
            &graph("StepUp", own, &[["c", "x"], ["a", "x"]]),
            &graph("StepUpGenerated", generated, &[["e", "d"], ["f", "x"]]),
            &graph("StepUp", added, &[["h", "d"]]),
        );
        let texts = |list: &str, name: &str| -> Vec<String> {
            let list = merged[list].as_array().unwrap().iter();
            list.map(|value| value.pointer(name).unwrap().as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(texts("symbols", "/identifier/precise"), ["b", "c", "d", "e", "h"]);
        assert_eq!(texts("relationships", "/source"), ["c", "e", "h"]);
        assert_eq!(texts("symbols", "/docComment/module"), ["StepUp"; 5]);
        assert!(!merged.to_string().contains("swiftExtension"));
        assert_eq!(merged["module"]["name"], "StepUp");
    }
}
