//! The document, and that every path conforms to it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::get;
use crate::story::{Story, shared};

/// Any value for a path's argument that leads to something.
fn known(story: &Story, path: &str, name: &str) -> String {
    let stake = story.stake.root().transaction().unwrap();
    match name {
        "chain" | "origin" => "0".to_owned(),
        "block" => stake.block_seqno.to_string(),
        "number" => "1".to_owned(),
        "hash" if path.contains("/messages/") => story.stake.root().hash.to_string(),
        "hash" => stake.hash.to_string(),
        "key" => story.removed.0.to_string(),
        "address" if path.contains("/pools/") => story.root.to_string(),
        "address" if path.contains("/wallets/") => story.wallet.to_string(),
        "address" => story.user.address().to_string(),
        name => panic!("{path} has an argument {name}: give it a value here"),
    }
}

#[test]
fn every_path_of_the_document_answers_as_it_says() {
    let story = shared();
    let document = get(story, "/api/v1/openapi.json");
    assert!(document["openapi"].as_str().unwrap().starts_with("3."));
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.len() >= 25, "{}", paths.len());
    for (path, operations) in paths {
        let operation = &operations["get"];
        assert!(operation.is_object(), "{path} can only be read");
        let mut filled = path.clone();
        for parameter in operation["parameters"].as_array().unwrap_or(&Vec::new()) {
            let name = parameter["name"].as_str().unwrap();
            if parameter["in"] == "path" {
                filled = filled.replace(&format!("{{{name}}}"), &known(story, path, name));
            } else if parameter["required"] == true {
                filled += &format!("?{name}={}", story.root);
            }
        }
        if path.ends_with("/stream") {
            continue; // its own test reads it
        }
        let answer = story.server.http.get(&filled);
        assert_eq!(answer.status, 200, "{filled}: {}", answer.text);
        let content = &operation["responses"]["200"]["content"]["application/json"]["schema"];
        conforms(&answer.json(), content, schemas, &filled);
        // unknown arguments are refused, not ignored
        let sign = if filled.contains('?') { '&' } else { '?' };
        let has_query = operation["parameters"]
            .as_array()
            .is_some_and(|all| all.iter().any(|parameter| parameter["in"] == "query"));
        if has_query {
            let odd = story
                .server
                .http
                .get(&format!("{filled}{sign}no_such_argument=1"));
            assert_eq!(odd.status, 400, "{filled}");
            assert_eq!(odd.json()["error"]["code"], "bad_request");
        }
    }
}

/// Whether a value conforms to a schema: required fields, no others, right types.
fn conforms(value: &Value, schema: &Value, schemas: &serde_json::Map<String, Value>, at: &str) {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        return conforms(value, &schemas[name], schemas, &format!("{at} {name}"));
    }
    for any in ["oneOf", "anyOf"] {
        if let Some(all) = schema[any].as_array() {
            let other = all.iter().find(|one| one["type"] != "null").unwrap();
            if !value.is_null() {
                conforms(value, other, schemas, at);
            }
            return;
        }
    }
    if let Some(all) = schema["allOf"].as_array() {
        let mut fields = BTreeSet::new();
        for part in all {
            let part = match part["$ref"].as_str() {
                Some(name) => &schemas[name.rsplit('/').next().unwrap()],
                None => part,
            };
            let own = part["properties"].as_object().unwrap();
            for (name, schema) in own {
                fields.insert(name.clone());
                if let Some(field) = value.get(name) {
                    conforms(field, schema, schemas, &format!("{at}.{name}"));
                }
            }
        }
        for name in value.as_object().unwrap().keys() {
            assert!(
                fields.contains(name),
                "{at} has {name}, which is not described"
            );
        }
        return;
    }
    let kinds = match &schema["type"] {
        Value::String(kind) => vec![kind.clone()],
        Value::Array(kinds) => kinds
            .iter()
            .map(|k| k.as_str().unwrap().to_owned())
            .collect(),
        other => panic!("{at}: {other} is no type: {schema}"),
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    assert!(
        kinds.iter().any(|known| known == kind),
        "{at}: {value} is no {kinds:?}"
    );
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                conforms(item, &schema["items"], schemas, &format!("{at}[{index}]"));
            }
        }
        // by names that are no part of the shape
        Value::Object(fields) if schema["additionalProperties"].is_object() => {
            for (name, field) in fields {
                let each = &schema["additionalProperties"];
                conforms(field, each, schemas, &format!("{at}.{name}"));
            }
        }
        Value::Object(fields) => {
            let known = schema["properties"].as_object().unwrap();
            for (name, field) in fields {
                assert!(
                    known.contains_key(name),
                    "{at} has {name}, which is not described"
                );
                conforms(field, &known[name], schemas, &format!("{at}.{name}"));
            }
            for name in schema["required"].as_array().unwrap_or(&Vec::new()) {
                let name = name.as_str().unwrap();
                assert!(fields.contains_key(name), "{at} lacks {name}");
            }
        }
        _ => {}
    }
}

#[test]
fn interactive_documentation_loads_nothing_external() {
    let story = shared();
    let page = story.server.http.get("/api/v1/docs/");
    assert_eq!(page.status, 200);
    assert!(page.text.contains("swagger-ui"));
    for part in page.text.split(['"', '\'']) {
        assert!(
            !part.starts_with("http") && !part.starts_with("//"),
            "{part}"
        );
    }
    let script = story.server.http.get("/api/v1/docs/swagger-initializer.js");
    assert!(
        script.text.contains("/api/v1/openapi.json"),
        "{}",
        script.text
    );
}
