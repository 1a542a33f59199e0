//! Parses manifests of documents as written by clients' code generators.

use serde_json::{Map, Value};

use crate::graphql::documents::sha256;

/// The name of Apollo's format.
const APOLLO: &str = "apollo-persisted-query-manifest";

/// The documents of a manifest as hash and text, each hash verified; or what is wrong.
pub(super) fn read(text: &str) -> Result<Vec<(String, String)>, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| format!("line {}: not JSON", error.line()))?;
    let Value::Object(members) = value else {
        return Err("a manifest is a JSON object".to_owned());
    };
    let pairs = match members.get("format") {
        Some(format) if *format == APOLLO => apollo_pairs(&members),
        _ => plain_pairs(&members),
    };
    let pairs = pairs.ok_or("it is neither an object of identifiers and texts nor a manifest of Apollo, version 1")?;
    if pairs.is_empty() {
        return Err("it has no documents".to_owned());
    }
    pairs.into_iter().map(|(id, text)| verified(id, text)).collect()
}

fn plain_pairs(members: &Map<String, Value>) -> Option<Vec<(&str, &str)>> {
    members
        .iter()
        .map(|(id, text)| Some((id.as_str(), text.as_str()?)))
        .collect()
}

fn apollo_pairs(members: &Map<String, Value>) -> Option<Vec<(&str, &str)>> {
    if *members.get("version")? != 1 {
        return None;
    }
    let operations = members.get("operations")?.as_array()?;
    operations
        .iter()
        .map(|operation| Some((operation.get("id")?.as_str()?, operation.get("body")?.as_str()?)))
        .collect()
}

/// The identifier must be the hash of the text, so that nobody can pass one document off as another.
fn verified(id: &str, text: &str) -> Result<(String, String), String> {
    let hash = sha256(text);
    if id.trim_start_matches("sha256:") != hash {
        return Err(format!(
            "{}: the identifier is not the SHA-256 of its text; set the generator's algorithm to sha256",
            id.chars().take(80).collect::<String>()
        ));
    }
    Ok((hash, text.to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn manifests_of_code_generators_are_read() {
        let hash = sha256("{ a }");
        let wanted = Ok(vec![(hash.clone(), "{ a }".to_owned())]);
        let apollo = json!({ "format": APOLLO, "version": 1, "operations": [
            { "id": hash, "name": "A", "type": "query", "body": "{ a }" }
        ] });
        for manifest in [
            json!({ hash.as_str(): "{ a }" }),
            json!({ format!("sha256:{hash}"): "{ a }" }),
            apollo,
        ] {
            assert_eq!(read(&manifest.to_string()), wanted, "{manifest}");
        }
    }

    #[test]
    fn other_files_are_refused() {
        let hash = sha256("{ a }");
        for (manifest, told) in [
            ("{".to_owned(), "line 1: not JSON"),
            ("[]".to_owned(), "a manifest is"),
            ("{}".to_owned(), "it has no documents"),
            (json!({ hash.as_str(): 1 }).to_string(), "it is neither"),
            (
                json!({ hash.as_str(): "{ b }" }).to_string(),
                &format!("{hash}: the identifier"),
            ),
            (json!({ "0f1e": "{ a }" }).to_string(), "0f1e: the identifier"),
            (
                json!({ "format": APOLLO, "version": 2, "operations": [] }).to_string(),
                "it is neither",
            ),
            (
                json!({ "format": APOLLO, "version": 1, "operations": [{}] }).to_string(),
                "it is neither",
            ),
        ] {
            let refused = read(&manifest).expect_err("refused");
            assert!(refused.starts_with(told), "{manifest}: {refused}");
        }
    }
}
