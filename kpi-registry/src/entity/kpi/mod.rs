//! A KPI: one line of the registry that becomes a metric, rules, alerts and a panel.

mod buckets;
mod decode;

pub(crate) use decode::{Surroundings, decode_unit, default_metric};

use super::{AgentId, Aggregation, KpiId, LabelId, NormalRange, PanelHints, Slo, Thresholds, Trace};
use crate::source::{Span, Spanned};
use crate::value::{Decimal, PromDuration, Unit, Version};

/// One KPI, with every default filled in.
#[derive(Debug)]
pub struct Kpi {
    /// The Rust field, the name on the command line, the stable id.
    pub name: Spanned<String>,
    /// One sentence: HELP text, doc comment, panel description.
    pub description: Spanned<String>,
    /// The unit of its value.
    pub unit: Spanned<Unit>,
    /// The exposed metric name; its place is the name's when it was left out.
    pub metric: Spanned<String>,
    /// What kind of metric it is; its place is the name's when it was left out.
    pub kind: Spanned<Kind>,
    /// Agents that must emit it, in the order written; empty when it is available to all and required of none.
    pub agents: Vec<Spanned<AgentId>>,
    /// Its labels, in the order written.
    pub labels: Vec<Spanned<LabelId>>,
    /// Alert thresholds. A gauge is compared as it is, a histogram by its p95, a counter by the first of its
    /// aggregations: [`Kpi::watched`] says it exactly.
    pub thresholds: Thresholds,
    /// The band that is normal.
    pub normal_range: Option<NormalRange>,
    /// Recording rules it asks for.
    pub aggregations: Vec<Aggregation>,
    /// Its service level objective.
    pub slo: Option<Slo>,
    /// How it is drawn.
    pub dashboard: PanelHints,
    /// Exemplars and traces.
    pub trace: Trace,
    /// KPIs it depends on: their alerts inhibit its own.
    pub depends_on: Vec<Spanned<KpiId>>,
    /// Whether it is exposed from the start.
    pub init: Init,
    /// After how long without a series to alert; `None` is off.
    pub no_data: Option<PromDuration>,
    /// In which builds it is recorded.
    pub tier: Tier,
    /// How firmly it is promised.
    pub stability: Stability,
    /// The release it came with.
    pub since: Option<Version>,
    /// The name it had before.
    pub renamed_from: Option<Spanned<String>>,
    /// When it is on its way out.
    pub deprecated: Option<Deprecation>,
    /// The team it belongs to; when left out, that of its agents, or the default: [`Registry::owner_of`].
    ///
    /// [`Registry::owner_of`]: crate::registry::Registry::owner_of
    pub owner: Option<String>,
    /// Where its runbook is: its own, or made from `runbook_base` and its name.
    pub runbook: Option<String>,
    /// What to do when an alert on it fires.
    pub action: Option<String>,
    /// A free grouping; dashboards make it a row.
    pub category: Option<String>,
    /// Free tags.
    pub tags: Vec<String>,
    /// Who pays for it.
    pub cost_center: Option<String>,
    /// The whole entry.
    pub span: Span,
}

impl Kpi {
    /// Whether an agent's program has it: it lists the agent, or nobody.
    pub fn is_of(&self, agent: AgentId) -> bool {
        self.agents.is_empty() || self.agents.iter().any(|listed| listed.value == agent)
    }
}

/// What kind of metric a KPI is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A value that goes up and down.
    Gauge,
    /// A total that only grows.
    Counter,
    /// A distribution over fixed buckets.
    Histogram(Buckets),
    /// A distribution over exponential buckets that Prometheus chooses.
    NativeHistogram,
    /// Which of a few states holds; its label `state` has the closed values.
    State,
    /// Constant facts as labels of a series that is always 1.
    Info,
    /// A value that exists only in Prometheus, computed by this expression.
    Derived(Spanned<String>),
}

/// The name of a [`Kind`], without what it carries.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum KindName {
    /// `gauge`
    Gauge,
    /// `counter`
    Counter,
    /// `histogram`
    Histogram,
    /// `native_histogram`
    NativeHistogram,
    /// `state`
    State,
    /// `info`
    Info,
    /// `derived`
    Derived,
}

impl KindName {
    /// Every kind, in the order of the reference.
    pub const ALL: &'static [Self] = &[
        Self::Gauge,
        Self::Counter,
        Self::Histogram,
        Self::NativeHistogram,
        Self::State,
        Self::Info,
        Self::Derived,
    ];

    /// As written in a registry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gauge => "gauge",
            Self::Counter => "counter",
            Self::Histogram => "histogram",
            Self::NativeHistogram => "native_histogram",
            Self::State => "state",
            Self::Info => "info",
            Self::Derived => "derived",
        }
    }
}

impl Kind {
    /// Its name.
    pub const fn name(&self) -> KindName {
        match self {
            Self::Gauge => KindName::Gauge,
            Self::Counter => KindName::Counter,
            Self::Histogram(_) => KindName::Histogram,
            Self::NativeHistogram => KindName::NativeHistogram,
            Self::State => KindName::State,
            Self::Info => KindName::Info,
            Self::Derived(_) => KindName::Derived,
        }
    }
}

/// Finite, strictly increasing upper bounds in the KPI's unit; `+Inf` is not among them.
#[derive(Clone, Debug, PartialEq)]
pub struct Buckets {
    /// The bounds.
    pub bounds: Vec<Spanned<Decimal>>,
    /// The whole value of `buckets:`.
    pub span: Span,
}

/// When a series is first exposed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Init {
    /// From the start, with 0.
    Zero,
    /// From the first write.
    Lazy,
}

/// In which builds a KPI is recorded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tier {
    /// In all.
    Standard,
    /// In builds with debug assertions, and in those with `--cfg kpi_debug`; in others its handle compiles to nothing.
    Debug,
}

/// How firmly a KPI is promised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stability {
    /// May change at any time.
    Experimental,
    /// Changes only with notice.
    Stable,
}

/// The way out of a KPI.
#[derive(Debug)]
pub struct Deprecation {
    /// Since which release.
    pub since: Option<Version>,
    /// What to use instead.
    pub use_instead: Option<Spanned<String>>,
    /// From which release on using it is an error.
    pub remove_in: Option<Spanned<Version>>,
    /// The whole value of `deprecated:`.
    pub span: Span,
}

impl Init {
    pub(crate) const ALL: &'static [Self] = &[Self::Zero, Self::Lazy];

    /// As written in a registry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Zero => "zero",
            Self::Lazy => "lazy",
        }
    }
}

impl Tier {
    pub(crate) const ALL: &'static [Self] = &[Self::Standard, Self::Debug];

    /// As written in a registry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Debug => "debug",
        }
    }
}

impl Stability {
    pub(crate) const ALL: &'static [Self] = &[Self::Experimental, Self::Stable];

    /// As written in a registry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Experimental => "experimental",
            Self::Stable => "stable",
        }
    }
}
