//! A recording rule that a KPI asks for.

use super::LabelId;
use super::decode::Cx;
use super::label::OwnLabels;
use crate::source::{Span, Spanned};
use crate::syntax::{Fields, Kind, Node};
use crate::value::{Decimal, PromDuration};

/// What to compute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AggregationOp {
    /// `mean`
    Mean,
    /// `min`
    Min,
    /// `max`
    Max,
    /// `sum`
    Sum,
    /// `rate`
    Rate,
    /// `increase`
    Increase,
    /// `p50`
    P50,
    /// `p90`
    P90,
    /// `p95`
    P95,
    /// `p99`
    P99,
    /// `count`
    Count,
    /// `last`
    Last,
    /// `delta`
    Delta,
    /// `trend`
    Trend,
    /// `fraction`
    Fraction,
}

impl AggregationOp {
    /// Every operation, in the order of the reference.
    pub const ALL: &'static [Self] = &[
        Self::Mean,
        Self::Min,
        Self::Max,
        Self::Sum,
        Self::Rate,
        Self::Increase,
        Self::P50,
        Self::P90,
        Self::P95,
        Self::P99,
        Self::Count,
        Self::Last,
        Self::Delta,
        Self::Trend,
        Self::Fraction,
    ];

    /// As written in a registry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Min => "min",
            Self::Max => "max",
            Self::Sum => "sum",
            Self::Rate => "rate",
            Self::Increase => "increase",
            Self::P50 => "p50",
            Self::P90 => "p90",
            Self::P95 => "p95",
            Self::P99 => "p99",
            Self::Count => "count",
            Self::Last => "last",
            Self::Delta => "delta",
            Self::Trend => "trend",
            Self::Fraction => "fraction",
        }
    }
}

/// One aggregation of a KPI.
#[derive(Debug)]
pub struct Aggregation {
    /// What to compute; its place is the operation's text.
    pub op: Spanned<AggregationOp>,
    /// The KPI's labels to keep beside `agent`; `None` keeps all closed ones.
    pub by: Option<Vec<Spanned<LabelId>>>,
    /// The window; `None` is the default, max(5m, 4 × scrape interval).
    pub window: Option<Spanned<PromDuration>>,
    /// With `fraction`: up to which value observations count, in the KPI's unit.
    pub up_to: Option<Spanned<Decimal>>,
    /// The whole entry.
    pub span: Span,
}

impl Aggregation {
    /// An operation, or `{op, by, window, up_to}`. `by` names labels of the KPI itself.
    pub(crate) fn decode(node: &Node, labels: &OwnLabels, cx: &mut Cx<'_>) -> Option<Self> {
        let read = |node: Option<&Node>, cx: &mut Cx<'_>| {
            cx.word(node, "aggregation", AggregationOp::ALL, AggregationOp::as_str)
        };
        let Kind::Map(_) = node.kind else {
            return Some(Self {
                op: read(Some(node), cx)?,
                by: None,
                window: None,
                up_to: None,
                span: node.span,
            });
        };
        let mut fields = Fields::of(node, "an aggregation", cx.out)?;
        let op = fields.required("op").and_then(|node| read(Some(node), cx));
        let by = fields.optional("by").map(|node| labels.refer_all(node, cx));
        let window = fields.optional("window").and_then(|node| node.duration(cx.out));
        let up_to = fields.optional("up_to").and_then(|node| node.number(cx.out));
        fields.finish(cx.out);
        Some(Self { op: op?, by, window, up_to, span: node.span })
    }
}
