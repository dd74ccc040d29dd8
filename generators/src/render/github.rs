//! Findings as annotations of a GitHub Actions run.

use std::fmt::Write;
use std::path::Path;

use kpi_registry::diagnostic::{Diagnostic, Diagnostics, Severity};
use kpi_registry::source::SourceMap;

use super::path_in;

/// GitHub shows so many annotations of each kind in a step, and drops the others without a word.
const SHOWN: usize = 10;

/// The commands to print. When there are more findings of a severity than GitHub shows, the last annotation stands
/// for the rest, and the log has every one of them as a plain line.
///
/// Files are called by their path below `root`.
pub fn report(diagnostics: &Diagnostics, sources: &SourceMap, root: &Path) -> String {
    let mut out = String::new();
    for severity in [Severity::Error, Severity::Warning, Severity::Note] {
        let findings: Vec<&Diagnostic> =
            diagnostics.iter().filter(|finding| finding.severity == severity).collect();
        let single = if findings.len() > SHOWN { SHOWN - 1 } else { findings.len() };
        for finding in &findings[..single] {
            annotate(&mut out, finding, sources, root);
        }
        summarise(&mut out, severity, &findings[single..], sources, root);
    }
    out
}

fn command(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    }
}

fn annotate(out: &mut String, finding: &Diagnostic, sources: &SourceMap, root: &Path) {
    let _ = write!(out, "::{} ", command(finding.severity));
    if let Some(span) = finding.at {
        let file = sources.file(span.file);
        let (start, end) = (file.line_column(span.start), file.line_column(span.end));
        let _ =
            write!(out, "file={},line={},endLine={}", property(&path_in(root, file)), start.line, end.line);
        // Columns are only allowed within one line.
        if start.line == end.line {
            let _ = write!(out, ",col={},endColumn={}", start.column, end.column);
        }
        out.push(',');
    }
    let said = [&finding.message, &finding.label].into_iter().chain(&finding.help);
    let said: Vec<&str> = said.map(String::as_str).filter(|text| !text.is_empty()).collect();
    let _ = writeln!(out, "title={}::{}", property(finding.code), data(&said.join("\n")));
}

fn summarise(out: &mut String, severity: Severity, rest: &[&Diagnostic], sources: &SourceMap, root: &Path) {
    if rest.is_empty() {
        return;
    }
    let lines: Vec<String> = rest.iter().map(|finding| line(finding, sources, root)).collect();
    let title = format!("{} more findings of severity {}", rest.len(), severity.as_str());
    let _ = writeln!(out, "::{} title={}::{}", command(severity), property(&title), data(&lines.join("\n")));
    for line in lines {
        // A line must not start a command, whatever the registry's author wrote.
        let _ = writeln!(out, "{}", line.replace(['\r', '\n'], " "));
    }
}

fn line(finding: &Diagnostic, sources: &SourceMap, root: &Path) -> String {
    let Diagnostic { code, severity, message, at, .. } = finding;
    let place = at.map_or_else(String::new, |span| {
        let file = sources.file(span.file);
        let start = file.line_column(span.start);
        format!("{}:{}:{}: ", path_in(root, file), start.line, start.column)
    });
    format!("{place}{}[{code}]: {message}", severity.as_str())
}

/// The text of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use kpi_registry::source::Span;

    #[test]
    fn commands_are_escaped() {
        let mut sources = SourceMap::default();
        let file = sources.add("a,b:c%.yaml".into(), "kpi.yaml".into(), "unit: msec\nx: y\n".into());
        let mut found = Diagnostics::default();
        found.push(
            Diagnostic::error("KPI0010", Span::new(file, 6, 10), "100% wrong\n::error::x").help("use `ms`"),
        );
        found.push(Diagnostic::note("KPI0011", Span::new(file, 6, 12), "long"));
        found.push(Diagnostic::warning("KPI0012", None, "nowhere"));
        assert_eq!(
            report(&found, &sources, Path::new("/")),
            "::error file=a%2Cb%3Ac%25.yaml,line=1,endLine=1,col=7,endColumn=11,title=KPI0010::\
             100%25 wrong%0A::error::x%0Ause `ms`\n\
             ::warning title=KPI0012::nowhere\n\
             ::notice file=a%2Cb%3Ac%25.yaml,line=1,endLine=2,title=KPI0011::long\n"
        );
    }

    #[test]
    fn what_github_would_drop_is_summed_up() {
        let sources = SourceMap::default();
        let mut found = Diagnostics::default();
        for number in 0..12 {
            found.push(Diagnostic::error("KPI0010", None, format!("bad {number}")));
        }
        let report = report(&found, &sources, Path::new("/"));
        assert_eq!(report.lines().filter(|line| line.starts_with("::error ")).count(), SHOWN);
        assert!(report.contains("::error title=3 more findings of severity error::error[KPI0010]: bad 9%0A"));
        assert!(report.ends_with("error[KPI0010]: bad 9\nerror[KPI0010]: bad 10\nerror[KPI0010]: bad 11\n"));
    }
}
