//! Doc comments: what an editor shows on hover.
//!
//! The registry's texts are made harmless first: one line, no control or direction characters, nothing that Markdown or
//! HTML would take for its own.

use super::plan::{Handle, Plan};
use crate::entity::{Deprecation, Kpi, Label, LabelValues, NormalRange, Thresholds, Tier};
use crate::source::{SourceMap, Span};
use crate::value::Unit;
use std::fmt::Write;

/// Adds the doc comment of a field.
pub(crate) fn handle(
    out: &mut String,
    indent: &str,
    handle: &Handle<'_>,
    plan: &Plan<'_>,
    sources: &SourceMap,
) {
    let kpi = handle.kpi;
    line(out, indent, &prose(&kpi.description.value));
    line(out, indent, "");
    line(out, indent, &facts(handle, plan));
    if let Some(bounds) = limits(kpi) {
        line(out, indent, &bounds);
    }
    line(out, indent, &place(sources, kpi.name.span));
}

/// Adds the doc comment of a label's type.
pub(crate) fn label(out: &mut String, label: &Label, sources: &SourceMap) {
    let name = &label.name.value;
    match &label.description {
        Some(description) => line(out, "", &prose(description)),
        None => line(out, "", &format!("The label `{name}`.")),
    }
    line(out, "", "");
    if let LabelValues::Open { limit } = &label.values {
        let limit = limit.value;
        line(
            out,
            "",
            &format!("Label `{name}`: any text, at most {limit} different ones; the rest is `_other`."),
        );
    } else if label.description.is_some() {
        line(out, "", &format!("Label `{name}`."));
    }
    line(out, "", &place(sources, label.name.span));
}

/// Adds one line of a doc comment.
pub(crate) fn line(out: &mut String, indent: &str, text: &str) {
    out.push_str(indent);
    out.push_str(if text.is_empty() { "///" } else { "/// " });
    out.push_str(text);
    out.push('\n');
}

/// A text as Markdown that shows just it.
pub(crate) fn prose(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        for c in word.chars().filter(|c| is_harmless(*c)) {
            let list = matches!(c, '-' | '+' | '=' | '.' | ')') && is_list_start(&out);
            if list
                || matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '#' | '|' | '~' | '$')
            {
                out.push('\\');
            }
            out.push(c);
        }
    }
    out
}

/// A text as a code span.
pub(crate) fn code(text: &str) -> String {
    let plain: String = text.chars().filter(|c| is_harmless(*c) && *c != '`').collect();
    if plain.trim().is_empty() { "(empty)".to_owned() } else { format!("`{plain}`") }
}

/// Whether what follows would make a list, a heading or a rule.
fn is_list_start(out: &str) -> bool {
    out.len() < 10 && out.bytes().all(|byte| byte.is_ascii_digit())
}

/// Not a control character, and not one that changes the direction of text, which rustc refuses.
fn is_harmless(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

fn facts(handle: &Handle<'_>, plan: &Plan<'_>) -> String {
    let kpi = handle.kpi;
    let mut out = format!("{} `{}`", title(kpi.kind.value.name().as_str()), kpi.metric.value);
    match &kpi.unit.value {
        Unit::Builtin(unit) => {
            let _ = write!(out, " in {}", unit.name());
        }
        Unit::Custom(unit) => {
            let _ = write!(out, " in {}", code(&unit.ucum));
        }
    }
    for (at, label) in handle.labels.iter().enumerate() {
        out.push_str(if at == 0 { " by " } else { ", " });
        let _ = write!(out, "`{}`", plan.labels[*label].label.name.value);
    }
    out.push('.');
    if let Some(Deprecation { remove_in: Some(version), .. }) = &kpi.deprecated {
        let _ = write!(out, " Goes in {}.", version.value);
    }
    if kpi.tier == Tier::Debug {
        out.push_str(" Of the debug tier.");
    }
    out
}

/// `Normal 30 to 80, best 55. Warning below 30, critical below 20.`
fn limits(kpi: &Kpi) -> Option<String> {
    let mut sentences = Vec::new();
    if let Some(NormalRange { min, max, optimal, span: _ }) = &kpi.normal_range {
        let mut parts = Vec::new();
        match (min, max) {
            (Some(min), Some(max)) => parts.push(format!("normal {min} to {max}")),
            (Some(min), None) => parts.push(format!("normal from {min}")),
            (None, Some(max)) => parts.push(format!("normal up to {max}")),
            (None, None) => {}
        }
        if let Some(optimal) = optimal {
            parts.push(format!("best {optimal}"));
        }
        sentences.push(parts.join(", "));
    }
    sentences.push(thresholds(&kpi.thresholds));
    let sentences: Vec<String> =
        sentences.iter().filter(|text| !text.is_empty()).map(|text| format!("{}.", title(text))).collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

fn thresholds(thresholds: &Thresholds) -> String {
    let Thresholds { critical_low, warning_low, warning_high, critical_high, span: _ } = thresholds;
    let mut parts = Vec::new();
    for (words, threshold) in &[
        ("warning below", warning_low),
        ("critical below", critical_low),
        ("warning above", warning_high),
        ("critical above", critical_high),
    ] {
        if let Some(threshold) = threshold {
            parts.push(format!("{words} {}", threshold.value));
        }
    }
    parts.join(", ")
}

fn title(text: &str) -> String {
    let mut text = text.replace('_', " ");
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

/// ``Declared at `kpi_registry.yaml:12`.``
pub(crate) fn place(sources: &SourceMap, span: Span) -> String {
    format!("Declared at {}.", code(&file_line(sources, span)))
}

/// `kpi_registry.yaml:12`
pub(crate) fn file_line(sources: &SourceMap, span: Span) -> String {
    let place = sources.place(span);
    format!("{}:{}", place.name, place.at.line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_harmless() {
        assert_eq!(prose("a\n  b\tc"), "a b c");
        assert_eq!(prose("<script>[x](y) `z` *w*"), r"\<script\>\[x\](y) \`z\` \*w\*");
        assert_eq!(prose("- item"), r"\- item");
        assert_eq!(prose("12. item"), r"12\. item");
        assert_eq!(prose("sleep-debt 1.5"), "sleep-debt 1.5");
        assert_eq!(prose("a\u{202E}b\u{0}c\r*/"), r"abc \*/");
        assert_eq!(code("a`b"), "`ab`");
        assert_eq!(code(" "), "(empty)");
    }
}
