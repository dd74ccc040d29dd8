//! Alerts written by hand.

use super::decode::{Cx, named};
use super::{Level, Severity};
use crate::source::{Span, Spanned};
use crate::syntax::{Fields, Node};
use crate::value::{ByText, PromDuration};

/// One entry of `alerts:`.
#[derive(Debug)]
pub struct OwnAlert {
    /// The alert name.
    pub name: Spanned<String>,
    /// Its PromQL.
    pub expr: Spanned<String>,
    /// How long it must hold; the default of its severity is filled in.
    pub hold: PromDuration,
    /// How long it stays after it stopped holding.
    pub keep_firing_for: Option<PromDuration>,
    /// Its severity; warning when not said.
    pub severity: Severity,
    /// One line for the pager.
    pub summary: Option<String>,
    /// More words.
    pub description: Option<String>,
    /// What to do.
    pub action: Option<String>,
    /// Where the runbook is.
    pub runbook: Option<String>,
    /// The team.
    pub owner: Option<String>,
    /// Further labels.
    pub labels: ByText<String>,
    /// The whole entry.
    pub span: Span,
}

impl OwnAlert {
    /// One entry of `alerts:`.
    pub(crate) fn decode(node: &Node, cx: &mut Cx<'_>) -> Option<Self> {
        let mut fields = Fields::of(node, "an alert", cx.out)?;
        let name = cx.text(fields.required("name"));
        let expr = cx.text(fields.required("expr"));
        let hold = fields.optional("for").and_then(|node| node.duration_or_zero(cx.out));
        let keep = fields.optional("keep_firing_for").and_then(|node| node.duration(cx.out));
        let severity = cx.word(fields.optional("severity"), "severity", Severity::ALL, Severity::as_str);
        let severity = severity.map_or(Severity::Warning, |severity| severity.value);
        let labels = named(fields.optional("labels"), "labels", cx.out)
            .filter_map(|(name, value)| Some((name.value, value.text(cx.out)?.value)))
            .collect();
        let alert = (
            cx.words(fields.optional("summary")),
            cx.words(fields.optional("description")),
            cx.words(fields.optional("action")),
            cx.words(fields.optional("runbook")),
            cx.words(fields.optional("owner")),
        );
        fields.finish(cx.out);
        let (summary, description, action, runbook, owner) = alert;
        Some(Self {
            name: name?,
            expr: expr?,
            hold: hold.map_or(Level::of(severity, true).default_for(), |hold| hold.value),
            keep_firing_for: keep.map(|keep| keep.value),
            severity,
            summary,
            description,
            action,
            runbook,
            owner,
            labels,
            span: node.span,
        })
    }
}
