//! What the records of SLOs are called.

use crate::entity::SloRecords;
use crate::value::PromDuration;

/// The names of one style. Every series also has the label `slo_id`; what may change, such as the objective, stands on
/// the info series alone, so that a changed objective does not break the series of the SLO in two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordNames {
    /// The share of bad events; the window follows.
    ratio: &'static str,
    /// The objective, from 0 to 1.
    pub objective: &'static str,
    /// The error budget, from 0 to 1.
    pub budget: &'static str,
    /// The period in days.
    pub period: &'static str,
    /// How fast the budget burns now; at 1 it lasts exactly the period.
    pub burn_rate: &'static str,
    /// How fast it burnt over the period: the share of the budget that is spent.
    pub period_burn_rate: &'static str,
    /// The share of the budget that is left; below 0 when the objective is missed.
    pub remaining: &'static str,
    /// Always 1, with everything that may change as labels.
    pub info: &'static str,
    /// Whether the labels of Sloth are on every series.
    pub sloth: bool,
}

const OWN: RecordNames = RecordNames {
    ratio: "slo:bad:ratio",
    objective: "slo:objective:ratio",
    budget: "slo:error_budget:ratio",
    period: "slo:period:days",
    burn_rate: "slo:burn_rate:ratio",
    period_burn_rate: "slo:period_burn_rate:ratio",
    remaining: "slo:error_budget_remaining:ratio",
    info: "slo:info",
    sloth: false,
};

const SLOTH: RecordNames = RecordNames {
    ratio: "slo:sli_error:ratio_rate",
    objective: "slo:objective:ratio",
    budget: "slo:error_budget:ratio",
    period: "slo:time_period:days",
    burn_rate: "slo:current_burn_rate:ratio",
    period_burn_rate: "slo:period_burn_rate:ratio",
    remaining: "slo:period_error_budget_remaining:ratio",
    info: "sloth_slo_info",
    sloth: true,
};

/// The label of Sloth that says which window a ratio is of.
pub const SLOTH_WINDOW: &str = "sloth_window";

impl RecordNames {
    /// The names of a style.
    pub const fn of(style: SloRecords) -> Self {
        match style {
            SloRecords::Own => OWN,
            SloRecords::Sloth => SLOTH,
        }
    }

    /// The share of bad events over a window.
    pub fn ratio(&self, window: PromDuration) -> String {
        format!("{}{window}", self.ratio)
    }
}

/// What is counted, bad or all of it: per second over a window; of gauges, series now.
pub fn events(which: &str, window: Option<PromDuration>) -> String {
    match window {
        Some(window) => format!("slo:{which}:rate{window}"),
        None => format!("slo:{which}:count"),
    }
}

/// Bad events in a window.
pub fn bad_increase(window: PromDuration) -> String {
    format!("slo:bad:increase{window}")
}
