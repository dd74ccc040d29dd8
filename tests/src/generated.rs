//! The generated files, looked at as whoever loads them would.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// A rule of a rule file.
#[derive(Clone, Debug)]
pub struct Rule(Value);

impl Rule {
    /// Its expression.
    pub fn expression(&self) -> &str {
        self.0["expr"].as_str().unwrap_or_default()
    }

    /// The name it records under, when it records.
    pub fn record(&self) -> Option<&str> {
        self.0["record"].as_str()
    }

    /// Its name, when it alerts.
    pub fn alert(&self) -> Option<&str> {
        self.0["alert"].as_str()
    }

    /// One of its labels.
    pub fn label(&self, name: &str) -> Option<&str> {
        self.0["labels"][name].as_str()
    }

    /// The texts of its annotations.
    pub fn annotations(&self) -> Vec<&str> {
        self.0["annotations"]
            .as_object()
            .into_iter()
            .flatten()
            .filter_map(|(_, text)| text.as_str())
            .collect()
    }
}

/// Every rule in a folder of rule files.
///
/// # Panics
/// When a file cannot be read.
pub fn rules(folder: &Path) -> Vec<Rule> {
    let mut rules = Vec::new();
    for path in files(folder, "yml") {
        let file = yaml(&path);
        for group in file["groups"].as_array().into_iter().flatten() {
            rules.extend(group["rules"].as_array().into_iter().flatten().cloned().map(Rule));
        }
    }
    rules
}

/// A query of a dashboard.
#[derive(Clone, Debug)]
pub struct Query {
    /// The dashboard's file.
    pub file: PathBuf,
    /// The panel's or variable's title.
    pub title: String,
    /// The expression, its variables replaced.
    pub expression: String,
    /// How its series are named, with labels in double braces.
    pub legend: String,
}

/// Every query of every dashboard in a folder. Variables are replaced as Grafana does when "All" is chosen.
///
/// # Panics
/// When a file cannot be read.
pub fn queries(folder: &Path) -> Vec<Query> {
    let mut queries = Vec::new();
    for file in files(folder, "json") {
        let text = fs::read_to_string(&file).expect("the dashboard can be read");
        let dashboard: Value = serde_json::from_str(&text).expect("a dashboard is JSON");
        let variables = variables(&dashboard);
        for panel in panels(&dashboard) {
            for target in panel["targets"].as_array().into_iter().flatten() {
                queries.push(Query {
                    file: file.clone(),
                    title: panel["title"].as_str().unwrap_or_default().to_owned(),
                    expression: replaced(target["expr"].as_str().unwrap_or_default(), &variables),
                    legend: target["legendFormat"].as_str().unwrap_or_default().to_owned(),
                });
            }
        }
    }
    queries
}

/// The panels of a dashboard, those inside rows too.
fn panels(value: &Value) -> Vec<&Value> {
    let own = value["panels"].as_array().into_iter().flatten();
    own.flat_map(|panel| std::iter::once(panel).chain(panels(panel))).collect()
}

/// The names of a dashboard's variables, longest first, so that none is taken for the start of another.
fn variables(dashboard: &Value) -> Vec<String> {
    let list = dashboard["templating"]["list"].as_array().into_iter().flatten();
    let mut names: Vec<String> =
        list.filter_map(|variable| variable["name"].as_str()).map(str::to_owned).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names
}

fn replaced(expression: &str, variables: &[String]) -> String {
    let mut text = expression.to_owned();
    for (name, value) in [("__rate_interval", "1m"), ("__interval", "15s"), ("__range", "1h")] {
        text = text.replace(&format!("${name}"), value).replace(&format!("${{{name}}}"), value);
    }
    for name in variables {
        for spelling in [format!("${{{name}:regex}}"), format!("${{{name}}}"), format!("${name}")] {
            text = text.replace(&spelling, ".*");
        }
    }
    text
}

/// A generated YAML file.
///
/// # Panics
/// When it cannot be read.
pub fn yaml(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("the entry can be read").path()).collect();
    paths.sort();
    let inner = |path: PathBuf| if path.is_dir() { files(&path, extension) } else { vec![path] };
    let found = paths.into_iter().flat_map(inner);
    found.filter(|path| path.extension().is_some_and(|end| end == extension)).collect()
}
