//! The expressions in the files of a directory.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_yaml::Value;

use super::Result;

/// Expressions, each text once.
///
/// They are the values of the keys `expr` in YAML and JSON, wherever they stand: rules, tests of rules, resources of
/// Kubernetes, dashboards. In files `*.test` they are what Prometheus' own tests evaluate.
#[derive(Default)]
pub(crate) struct Collection {
    /// The texts, sorted.
    pub(crate) expressions: Vec<String>,
    /// How many files have some.
    pub(crate) files: usize,
    /// Files that are named so and are none, such as templates of YAML.
    pub(crate) unread: Vec<PathBuf>,
}

impl Collection {
    /// Everything in a directory and those below it.
    pub(crate) fn read(directory: &Path) -> Result<Self> {
        let mut files = Vec::new();
        list(directory, &mut files)?;
        files.sort();
        let (mut all, mut collection) = (BTreeSet::new(), Self::default());
        for path in files {
            match expressions(&path) {
                Some(found) => {
                    collection.files += usize::from(!found.is_empty());
                    all.extend(found);
                }
                None => collection.unread.push(path),
            }
        }
        if all.is_empty() {
            return Err(format!("{}: no expression is in there", directory.display()).into());
        }
        collection.expressions = all.into_iter().collect();
        Ok(collection)
    }
}

fn list(directory: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let told = |error| format!("{}: {error}", directory.display());
    for entry in std::fs::read_dir(directory).map_err(told)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            list(&entry.path(), files)?;
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    Ok(())
}

fn expressions(path: &Path) -> Option<Vec<String>> {
    let mut found = Vec::new();
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("yaml" | "yml") => {
            let text = std::fs::read_to_string(path).ok()?;
            for document in serde_yaml::Deserializer::from_str(&text) {
                gather(&Value::deserialize(document).ok()?, &mut found);
            }
        }
        Some("json") => {
            let text = std::fs::read_to_string(path).ok()?;
            gather(&serde_json::from_str(&text).ok()?, &mut found);
        }
        Some("test") => {
            let text = std::fs::read_to_string(path).ok()?;
            found.extend(text.lines().filter_map(evaluated).map(str::to_owned));
        }
        _ => {}
    }
    Some(found)
}

fn gather(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Mapping(mapping) => {
            for (key, value) in mapping {
                match value {
                    Value::String(text) if key == "expr" => found.push(filled_in(text)),
                    Value::Number(number) if key == "expr" => found.push(number.to_string()),
                    value => gather(value, found),
                }
            }
        }
        Value::Sequence(values) => values.iter().for_each(|value| gather(value, found)),
        Value::Tagged(tagged) => gather(&tagged.value, found),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The expression with five minutes for every range and offset that is a variable of Grafana, as Grafana sends it.
fn filled_in(text: &str) -> String {
    let mut parts = text.split('$');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let in_braces = part.strip_prefix('{');
        let name = in_braces.unwrap_or(part);
        let after = name.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let after = if in_braces.is_some() { after.strip_prefix('}') } else { Some(after) };
        let before = filled.trim_end().trim_end_matches('-').trim_end();
        let is_duration = before.ends_with(['[', ':']) || before.ends_with("offset");
        let (value, rest) = after.filter(|_| is_duration).map_or(("$", part), |after| ("5m", after));
        filled.push_str(value);
        filled.push_str(rest);
    }
    filled
}

/// What a line `eval instant at 5m …` or `eval range from 0 to 5m step 1m …` evaluates.
fn evaluated(line: &str) -> Option<&str> {
    let (_, rest) = line.strip_prefix("eval")?.split_once(' ')?;
    let words = match rest.split_whitespace().next()? {
        "instant" => 3,
        "range" => 7,
        _ => return None,
    };
    let after = (0..words).try_fold(rest.trim_start(), |rest, _| {
        rest.split_once(char::is_whitespace).map(|(_, rest)| rest.trim_start())
    });
    after.map(str::trim_end)
}
