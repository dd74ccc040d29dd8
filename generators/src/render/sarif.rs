//! Findings as SARIF 2.1.0, for code scanning.

use std::collections::BTreeMap;
use std::path::Path;

use kpi_registry::diagnostic::{Diagnostic, Diagnostics, Patch, Severity};
use kpi_registry::explain::explain;
use kpi_registry::source::{FileId, SourceMap, Span};

use super::path_in;
use crate::wire;
use crate::wire::sarif::{
    ArtifactChange, ArtifactLocation, Driver, Fix, Level, Location, Log, Message, PhysicalLocation, Region,
    Replacement, ReportingDescriptor, Result, Run, Tool,
};

/// The log. Files are called by their path below `root`, as addresses relative to the source root.
pub fn report(diagnostics: &Diagnostics, sources: &SourceMap, root: &Path) -> String {
    wire::json(&log(diagnostics, sources, root))
}

fn log(diagnostics: &Diagnostics, sources: &SourceMap, root: &Path) -> Log {
    let mut rules: BTreeMap<&str, usize> = diagnostics.iter().map(|finding| (finding.code, 0)).collect();
    for (index, place) in rules.values_mut().enumerate() {
        *place = index;
    }
    let writer = Writer { sources, root, rules: &rules };
    let driver = Driver {
        name: "kpi".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        rules: rules.keys().map(|code| rule(code)).collect(),
    };
    Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json".into(),
        version: "2.1.0".into(),
        runs: vec![Run {
            tool: Tool { driver },
            column_kind: "unicodeCodePoints".into(),
            results: diagnostics.iter().map(|finding| writer.result(finding)).collect(),
        }],
    }
}

fn rule(code: &str) -> ReportingDescriptor {
    let explained = explain(code);
    let title = explained.map_or(code, |explained| explained.title);
    let text = explained.map_or("", |explained| explained.text).trim();
    let full = if text.is_empty() { title } else { text };
    ReportingDescriptor {
        id: code.into(),
        short_description: Message::text(title),
        full_description: Message::text(full),
        help: Message { text: full.into(), markdown: Some(full.into()) },
    }
}

struct Writer<'a> {
    sources: &'a SourceMap,
    root: &'a Path,
    rules: &'a BTreeMap<&'a str, usize>,
}

impl Writer<'_> {
    fn result(&self, finding: &Diagnostic) -> Result {
        let Diagnostic { code, severity, message, at, label, also, help, patch } = finding;
        let said = std::iter::once(message).chain([label]).chain(help).filter(|text| !text.is_empty());
        let said: Vec<&str> = said.map(String::as_str).collect();
        let related = also.iter().zip(1..).map(|((span, text), id)| Location {
            id: Some(id),
            message: Some(Message::text(text)),
            physical_location: self.place(*span),
        });
        Result {
            rule_id: (*code).into(),
            rule_index: self.rules.get(code).copied().unwrap_or_default(),
            level: match severity {
                Severity::Error => Level::Error,
                Severity::Warning => Level::Warning,
                Severity::Note => Level::Note,
            },
            message: Message::text(said.join("\n")),
            locations: at
                .map(|span| Location { id: None, message: None, physical_location: self.place(span) })
                .into_iter()
                .collect(),
            related_locations: related.collect(),
            fixes: patch.iter().map(|patch| self.fix(patch)).collect(),
        }
    }

    fn fix(&self, patch: &Patch) -> Fix {
        let mut files: BTreeMap<FileId, Vec<Replacement>> = BTreeMap::new();
        for (span, text) in &patch.edits {
            files.entry(span.file).or_default().push(Replacement {
                deleted_region: self.region(*span),
                inserted_content: Message::text(text),
            });
        }
        let changes = files.into_iter().map(|(file, replacements)| ArtifactChange {
            artifact_location: self.artifact(file),
            replacements,
        });
        Fix { description: Message::text(&patch.title), artifact_changes: changes.collect() }
    }

    fn place(&self, span: Span) -> PhysicalLocation {
        PhysicalLocation { artifact_location: self.artifact(span.file), region: self.region(span) }
    }

    fn artifact(&self, file: FileId) -> ArtifactLocation {
        let path = path_in(self.root, self.sources.file(file));
        ArtifactLocation { uri: percent_encoded(&path), uri_base_id: "%SRCROOT%".into() }
    }

    fn region(&self, span: Span) -> Region {
        let file = self.sources.file(span.file);
        let (start, end) = (file.line_column(span.start), file.line_column(span.end));
        Region {
            start_line: start.line,
            start_column: start.column,
            end_line: end.line,
            end_column: end.column,
        }
    }
}

/// A path as the path of an address.
fn percent_encoded(path: &str) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let digit = |digit: u8| char::from(DIGITS[usize::from(digit)]);
            out.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_have_rules_regions_and_fixes() {
        let mut sources = SourceMap::default();
        let file = sources.add("a dir/kpi.yaml".into(), "kpi.yaml".into(), "é: x\nunit: msec\n".into());
        let unit = Span::new(file, 12, 16);
        let mut found = Diagnostics::default();
        found.push(Diagnostic::warning("KPI0101", unit, "unknown key").help("remove it"));
        let second = Diagnostic::error("KPI0001", unit, "bad").label("here").replace(unit, "ms");
        found.push(second.also(Span::new(file, 0, 2), "first"));
        let log: serde_json::Value = serde_json::from_str(&report(&found, &sources, Path::new("/"))).unwrap();
        let run = &log["runs"][0];
        assert_eq!(log["version"], "2.1.0");
        assert_eq!(run["columnKind"], "unicodeCodePoints");
        assert_eq!(run["tool"]["driver"]["rules"][1]["id"], "KPI0101");
        assert_eq!(run["tool"]["driver"]["rules"][1]["shortDescription"]["text"], "unknown key");
        assert_eq!(
            (&run["results"][0]["ruleIndex"], &run["results"][0]["level"]),
            (&1.into(), &"warning".into())
        );
        assert_eq!(run["results"][0]["message"]["text"], "unknown key\nremove it");
        let place = &run["results"][1]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "a%20dir/kpi.yaml");
        let region = serde_json::json!({"startLine": 2, "startColumn": 7, "endLine": 2, "endColumn": 11});
        assert_eq!(place["region"], region);
        assert_eq!(run["results"][1]["relatedLocations"][0]["message"]["text"], "first");
        let change = &run["results"][1]["fixes"][0]["artifactChanges"][0]["replacements"][0];
        assert_eq!((&change["deletedRegion"], &change["insertedContent"]["text"]), (&region, &"ms".into()));
    }
}
