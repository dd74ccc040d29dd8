//! What nearly every rule needs.

pub(super) use crate::check::check;
pub(super) use crate::diagnostic::{Diagnostic, Diagnostics};
pub(super) use crate::entity::{Kind, Kpi};
pub(super) use crate::index::Index;
pub(super) use crate::registry::Registry;
pub(super) use crate::source::{Span, Spanned};
pub(super) use crate::suggest::nearest;
pub(super) use crate::value::{BuiltinUnit, Decimal, PromDuration, Unit};

/// The type of a KPI as people say it: `native histogram`.
pub(super) fn kind_word(kpi: &Kpi) -> &'static str {
    match &kpi.kind.value {
        Kind::Gauge => "gauge",
        Kind::Counter => "counter",
        Kind::Histogram(_) => "histogram",
        Kind::NativeHistogram => "native histogram",
        Kind::State => "state",
        Kind::Info => "info series",
        Kind::Derived(_) => "derived KPI",
    }
}

/// The same with its article: `an info series`.
pub(super) fn a_kind(kpi: &Kpi) -> String {
    let word = kind_word(kpi);
    let article = if word.starts_with('i') { "an" } else { "a" };
    format!("{article} {word}")
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed<T: std::fmt::Display>(items: &[T]) -> String {
    let quoted: Vec<String> = items.iter().map(|item| format!("`{item}`")).collect();
    match quoted.split_last() {
        Some((last, [_, ..])) => format!("{} and {last}", quoted[..quoted.len() - 1].join(", ")),
        Some((last, [])) => last.clone(),
        None => String::new(),
    }
}
