//! Findings as one JSON document.

use std::path::Path;

use kpi_registry::diagnostic::{Diagnostic, Diagnostics};
use kpi_registry::source::{SourceMap, Span};
use serde::Serialize;

use super::{Counts, path_in};
use crate::wire;

#[derive(Serialize)]
struct Report {
    version: u32,
    summary: Counts,
    diagnostics: Vec<Finding>,
}

#[derive(Serialize)]
struct Finding {
    code: &'static str,
    severity: &'static str,
    message: String,
    label: String,
    place: Option<Place>,
    also: Vec<Note>,
    help: Vec<String>,
    patch: Option<Patch>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    file: String,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    start: u32,
    end: u32,
}

#[derive(Serialize)]
struct Note {
    place: Place,
    text: String,
}

#[derive(Serialize)]
struct Patch {
    title: String,
    edits: Vec<Note>,
}

/// The report: lines and columns from 1 in characters, `start` and `end` from 0 in bytes, ends exclusive.
///
/// Files are called by their path below `root`.
pub fn report(diagnostics: &Diagnostics, sources: &SourceMap, root: &Path) -> String {
    let places = Places { sources, root };
    let diagnostics_found = diagnostics.iter().map(|finding| places.finding(finding)).collect();
    wire::json(&Report { version: 1, summary: Counts::of(diagnostics), diagnostics: diagnostics_found })
}

struct Places<'a> {
    sources: &'a SourceMap,
    root: &'a Path,
}

impl Places<'_> {
    fn finding(&self, finding: &Diagnostic) -> Finding {
        let Diagnostic { code, severity, message, at, label, also, help, patch } = finding;
        Finding {
            code,
            severity: severity.as_str(),
            message: message.clone(),
            label: label.clone(),
            place: at.map(|span| self.place(span)),
            also: self.notes(also),
            help: help.clone(),
            patch: patch
                .as_ref()
                .map(|patch| Patch { title: patch.title.clone(), edits: self.notes(&patch.edits) }),
        }
    }

    fn notes(&self, notes: &[(Span, String)]) -> Vec<Note> {
        notes.iter().map(|(span, text)| Note { place: self.place(*span), text: text.clone() }).collect()
    }

    fn place(&self, span: Span) -> Place {
        let file = self.sources.file(span.file);
        let (start, end) = (file.line_column(span.start), file.line_column(span.end));
        Place {
            file: path_in(self.root, file),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            start: span.start,
            end: span.end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_there() {
        let mut sources = SourceMap::default();
        let file = sources.add("dir/kpi.yaml".into(), "kpi.yaml".into(), "é: x\nunit: msec\n".into());
        let unit = Span::new(file, 12, 16);
        let mut found = Diagnostics::default();
        let finding =
            Diagnostic::error("KPI0010", unit, "unknown unit `msec`").label("not a unit").help("use `ms`");
        found.push(finding.also(Span::new(file, 0, 2), "here").replace(unit, "ms"));
        found.push(Diagnostic::note("KPI0001", None, "no file"));
        let report: serde_json::Value =
            serde_json::from_str(&report(&found, &sources, Path::new("/"))).unwrap();
        let expected = serde_json::json!({
            "version": 1,
            "summary": {"errors": 1, "warnings": 0, "notes": 1, "leftOut": 0},
            "diagnostics": [{
                "code": "KPI0010", "severity": "error", "message": "unknown unit `msec`", "label": "not a unit",
                "place": {"file": "dir/kpi.yaml", "line": 2, "column": 7, "endLine": 2, "endColumn": 11,
                    "start": 12, "end": 16},
                "also": [{"place": {"file": "dir/kpi.yaml", "line": 1, "column": 1, "endLine": 1, "endColumn": 2,
                    "start": 0, "end": 2}, "text": "here"}],
                "help": ["use `ms`"],
                "patch": {"title": "replace it", "edits": [{"place": {"file": "dir/kpi.yaml", "line": 2,
                    "column": 7, "endLine": 2, "endColumn": 11, "start": 12, "end": 16}, "text": "ms"}]},
            }, {
                "code": "KPI0001", "severity": "note", "message": "no file", "label": "", "place": null,
                "also": [], "help": [], "patch": null,
            }],
        });
        assert_eq!(report, expected);
    }
}
