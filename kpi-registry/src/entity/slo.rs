//! Service level objectives.

use super::{KpiId, LabelId};
use crate::source::{Span, Spanned};
use crate::value::{Decimal, PromDuration};

/// A named set of SLO defaults.
#[derive(Clone, Debug)]
pub struct SloProfile {
    /// Its name.
    pub name: Spanned<String>,
    /// The objective in percent.
    pub objective: Option<Spanned<Decimal>>,
    /// The period.
    pub window: Option<Spanned<PromDuration>>,
}

/// The SLO inside a KPI. What it leaves out comes from the profile, then the agent, then the defaults.
#[derive(Clone, Debug)]
pub struct Slo {
    /// Index of its profile in the registry's list.
    pub profile: Option<Spanned<usize>>,
    /// The objective in percent, after inheritance; `None` when nobody says (an error of the checks).
    pub objective: Option<Spanned<Decimal>>,
    /// The period, after inheritance; `None` when nobody says.
    pub window: Option<Spanned<PromDuration>>,
    /// What counts as good or bad.
    pub goal: SloGoal,
    /// The whole value of `slo:`.
    pub span: Span,
}

/// What an SLO measures.
#[derive(Clone, Debug)]
pub enum SloGoal {
    /// A counter: series with these label values are bad events.
    Bad(Vec<(Spanned<LabelId>, Vec<Spanned<String>>)>),
    /// A histogram: observations above this duration are bad.
    Latency(Spanned<PromDuration>),
    /// A gauge: time outside this range is bad; an end left out is open.
    InRange {
        /// Lower end.
        min: Option<Spanned<Decimal>>,
        /// Upper end.
        max: Option<Spanned<Decimal>>,
    },
    /// Nothing was said.
    Missing,
}

/// An SLO over several KPIs, written under `slos:`.
#[derive(Clone, Debug)]
pub struct OwnSlo {
    /// Its name.
    pub name: Spanned<String>,
    /// What it promises.
    pub description: Option<String>,
    /// The KPIs it covers, all of one kind.
    pub kpis: Vec<Spanned<KpiId>>,
    /// The objective, period and goal.
    pub slo: Slo,
}
