//! Queries of Prometheus: where their parts stand, and what they count.

use std::ops::Range;

use kpi_registry::diagnostic::{Diagnostic, Diagnostics, codes};
use kpi_registry::layout::Layout;
use kpi_registry::promql::{Dialect, Expr};
use kpi_registry::registry::Registry;
use kpi_registry::source::{SourceMap, Span, Spanned};

/// A query that was parsed.
#[derive(Debug)]
pub(super) struct Query {
    text: Spanned<String>,
    pub(super) expr: Expr,
}

impl Query {
    /// Parses a query; says what is wrong with it and where.
    pub(super) fn parse(
        text: Spanned<String>,
        registry: &Registry,
        sources: &SourceMap,
        out: &mut Diagnostics,
    ) -> Option<Self> {
        let text = text.map(|text| without_templates(&text));
        // The range of a rate means nothing here, so it may be a variable of Grafana.
        match Expr::parse(&text, Dialect::panels(registry.prometheus.version.value)) {
            Ok(expr) => return Some(Self { text, expr }),
            Err(errors) => {
                let layout = Layout::of(sources, &text);
                out.extend(errors.into_iter().map(|error| {
                    let help = error.help.unwrap_or_else(|| "write it as Prometheus reads it".to_owned());
                    Diagnostic::error(codes::OPENSLO_PROMQL, layout.place(&error.at), error.message)
                        .help(help)
                }));
            }
        }
        None
    }

    /// Where it stands.
    pub(super) const fn span(&self) -> Span {
        self.text.span
    }

    /// Where a name in it stands; the whole when it is not there.
    pub(super) fn place(&self, sources: &SourceMap, name: &str) -> Span {
        let places = words(&self.text);
        let found =
            places.into_iter().find(|at| self.text[at.clone()].trim_matches(['"', '\'', '`']) == name);
        let sign = || self.text.find(name).map(|at| at..at + name.len());
        match found.or_else(sign) {
            Some(at) if !name.is_empty() => Layout::of(sources, &self.text).place(&at),
            _ => self.span(),
        }
    }
}

/// The names and the texts of a query.
fn words(text: &str) -> Vec<Range<usize>> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at + first.len_utf8()..];
        let length = if matches!(first, '"' | '\'' | '`') {
            let mut is_escaped = false;
            let end = rest.find(|c| {
                let ends = c == first && !is_escaped;
                is_escaped = c == '\\' && !is_escaped && first != '`';
                ends
            });
            end.map_or(rest.len(), |end| end + 1)
        } else if is_part(first) {
            rest.find(|c| !is_part(c)).unwrap_or(rest.len())
        } else {
            at += first.len_utf8();
            continue;
        };
        words.push(at..at + first.len_utf8() + length);
        at += first.len_utf8() + length;
    }
    words
}

/// Some tools fill the range in: `[{{.window}}]`. Any range does, if everything else stays where it is.
fn without_templates(text: &str) -> String {
    const RANGE: &str = "5m";
    let mut out = text.to_owned();
    let mut from = 0;
    while let Some(start) = out[from..].find("{{").map(|at| from + at) {
        let Some(end) = out[start..].find("}}").map(|at| start + at + 2) else { break };
        if out[start + 2..end - 2].trim() == ".window" {
            let padded = format!("{RANGE:width$}", width = end - start);
            out.replace_range(start..end, &padded);
        }
        from = end;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_are_found() {
        let text = r#"sum(m_bucket{le="0.5", a='it\'s'}[5m])"#;
        let found: Vec<&str> = words(text).into_iter().map(|at| &text[at]).collect();
        assert_eq!(found, ["sum", "m_bucket", "le", "\"0.5\"", "a", r"'it\'s'", "5m"]);
        assert_eq!(words("\"µ").len(), 1);
    }

    #[test]
    fn templates_keep_the_length() {
        assert_eq!(without_templates("m[{{.window}}] x"), "m[5m         ] x");
        assert_eq!(without_templates("{{ .window }} {{a}} {{"), "5m            {{a}} {{");
    }
}
