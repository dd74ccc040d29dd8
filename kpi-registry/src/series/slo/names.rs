//! What records of SLOs are called.

use super::Recorded;
use crate::entity::SloRecords;

/// The names of one style. Every series also has the label `slo_id`; what may change, such as the objective, stands on
/// the info series alone, so that a changed objective does not break the series of the SLO in two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RecordNames {
    /// The share of bad events; the window follows.
    ratio: &'static str,
    objective: &'static str,
    budget: &'static str,
    period: &'static str,
    burn_rate: &'static str,
    period_burn_rate: &'static str,
    remaining: &'static str,
    info: &'static str,
    /// Whether the labels of Sloth are on every series.
    pub(super) sloth: bool,
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

impl RecordNames {
    /// The names of a style.
    pub(super) const fn of(style: SloRecords) -> Self {
        match style {
            SloRecords::Own => OWN,
            SloRecords::Sloth => SLOTH,
        }
    }

    /// The name of a record; `events` is what the names of events end in.
    pub(super) fn name(&self, what: Recorded, events: &str) -> String {
        let name = match what {
            Recorded::Bad => return format!("slo:bad:{events}"),
            Recorded::Total => return format!("slo:total:{events}"),
            Recorded::Ratio(window) => return format!("{}{window}", self.ratio),
            Recorded::BadIncrease(window) => return format!("slo:bad:increase{window}"),
            Recorded::Objective => self.objective,
            Recorded::Budget => self.budget,
            Recorded::Period => self.period,
            Recorded::BurnRate => self.burn_rate,
            Recorded::PeriodBurnRate => self.period_burn_rate,
            Recorded::Remaining => self.remaining,
            Recorded::Info => self.info,
        };
        name.to_owned()
    }
}

/// Whether something of this name may be recorded of an SLO.
pub fn is_record(name: &str) -> bool {
    name.starts_with("slo:") || [OWN, SLOTH].iter().any(|names| name == names.info)
}
