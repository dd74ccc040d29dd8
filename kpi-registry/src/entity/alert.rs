//! Alerts written by hand.

use super::Severity;
use crate::source::{Span, Spanned};
use crate::value::PromDuration;
use std::collections::BTreeMap;

/// One entry of `alerts:`.
#[derive(Clone, Debug)]
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
    pub labels: BTreeMap<String, String>,
    /// The whole entry.
    pub span: Span,
}
