//! What panels say in words. Markdown, in which Grafana also replaces variables.

use std::fmt::Display;

use kpi_registry::entity::{Kpi, NormalRange, Threshold};
use kpi_registry::registry::Registry;
use kpi_registry::value::Decimal;

use super::view::View;

/// A KPI's name as a title: `hrv_rmssd` → `Hrv rmssd`.
pub(super) fn title(name: &str) -> String {
    let mut chars = name.chars().map(|c| if c == '_' { ' ' } else { c });
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// What a panel on a KPI says when one hovers over it: what it is, when it is bad, what to do, where it comes from.
pub(super) fn describe(registry: &Registry, kpi: &Kpi, view: &View<'_>) -> String {
    let mut parts = vec![plain(&kpi.description)];
    parts.extend(view.role.map(|role| labelled("Role", plain(role))));
    parts.push(labelled("Unit", plain(kpi.unit.name())));
    parts.extend(kpi.normal_range.as_ref().and_then(|range| normal(kpi, range)));
    parts.extend(thresholds(kpi, view));
    parts.extend(kpi.action.as_ref().map(|action| labelled("What to do", plain(action))));
    parts.extend(view.actions.iter().map(|action| labelled("Agent", plain(action))));
    parts.extend(kpi.runbook.as_ref().map(|address| ["[Runbook](<", &address_part(address), ">)"].concat()));
    parts.push(["Registry: `", &kpi.name, "` in `", &code(&registry.source), "`"].concat());
    parts.join("\n\n")
}

fn normal(kpi: &Kpi, range: &NormalRange) -> Option<String> {
    let value = |value: Decimal| with_unit(kpi, value);
    let band = match (&range.min, &range.max) {
        (Some(min), Some(max)) => format!("{} to {}", min.value, value(max.value)),
        (Some(min), None) => format!("from {}", value(min.value)),
        (None, Some(max)) => format!("up to {}", value(max.value)),
        (None, None) => String::new(),
    };
    let best = range.optimal.as_ref().map(|optimal| format!("best {}", value(optimal.value)));
    let said: Vec<String> =
        [Some(band).filter(|band| !band.is_empty()), best].into_iter().flatten().collect();
    (!said.is_empty()).then(|| labelled("Normal", said.join(", ")))
}

/// A list of all levels, the lowest value first.
fn thresholds(kpi: &Kpi, view: &View<'_>) -> Option<String> {
    let lines: Vec<String> = view
        .thresholds
        .iter()
        .map(|(level, threshold)| {
            let side = if level.is_low() { "below" } else { "above" };
            let action = threshold.action.as_ref().map(|action| format!(": {}", plain(action)));
            let Threshold { value, hold, severity, .. } = threshold;
            let limit = with_unit(kpi, value.value);
            let (severity, per) = (title(severity.as_str()), &view.per);
            format!("- {severity} {side} {limit}{per} for {hold}{}", action.unwrap_or_default())
        })
        .collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn with_unit(kpi: &Kpi, value: Decimal) -> String {
    let symbol = kpi.unit.symbol();
    if symbol.is_empty() { value.to_string() } else { format!("{value} {}", plain(symbol)) }
}

fn labelled(label: &str, text: impl Display) -> String {
    format!("{label}: {text}")
}

/// A text of the registry in Markdown, meaning nothing but itself: no HTML, no links, no headings and lists, no
/// variables of Grafana.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let text = text.trim_start();
    if text.starts_with(['#', '-', '+', '=', '~', '_']) {
        out.push('\\');
    }
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '$' => out.push_str("&#36;"),
            '[' | ']' | '`' | '*' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// An address that can't end the link it stands in and names no variable of Grafana.
fn address_part(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    for c in address.chars() {
        match c {
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            '$' => out.push_str("%24"),
            '[' => out.push_str("%5B"),
            ']' => out.push_str("%5D"),
            c if c.is_whitespace() => out.push_str("%20"),
            c => out.push(c),
        }
    }
    out
}

/// A text inside a code span.
fn code(text: &str) -> String {
    bare(text).replace('`', "'")
}

/// A text of the registry where Grafana shows no Markdown but still replaces variables, `$a`, `${a}` and `[[a]]`: a
/// title.
pub(super) fn bare(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|c| *c != '$') {
        if c == '[' && out.ends_with('[') {
            out.push(' ');
        }
        out.push(if c.is_control() { ' ' } else { c });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_titles() {
        assert_eq!(title("sleep_debt_hours"), "Sleep debt hours");
        assert_eq!(title(""), "");
    }

    #[test]
    fn texts_mean_nothing_but_themselves() {
        assert_eq!(plain("<b>[x](y) `$job`\n"), "&lt;b&gt;\\[x\\](y) \\`&#36;job\\` ");
        assert_eq!(address_part("http://x/ >)$a"), "http://x/%20%3E)%24a");
        assert_eq!(bare("a $b\n"), "a b ");
        assert_eq!(bare("[[job]] [$[x]]"), "[ [job]] [ [x]]");
        assert_eq!(address_part("http://x/[[job]]"), "http://x/%5B%5Bjob%5D%5D");
        assert_eq!(code("a`[[b]].yaml"), "a'[ [b]].yaml");
    }

    #[test]
    fn texts_are_no_blocks_of_markdown() {
        assert_eq!(plain("# of requests"), "\\# of requests");
        assert_eq!(plain("- 5"), "\\- 5");
        assert_eq!(plain("5 - 4"), "5 - 4");
    }
}
