//! SLOs as plain data: records, alerts and tests are made of the same plan.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use kpi_registry::entity::{
    AgentId, AnySlo, Burn, BurnSetting, BurnTier, Kind, KpiId, SloGoal, default_window,
};
use kpi_registry::promql::{Matcher, Selector};
use kpi_registry::registry::Registry;
use kpi_registry::value::{Decimal, PromDuration};

use super::sli::{Goal, Part, Sli};
use crate::artifacts::prometheus::alerting::{SHARED, section_of};
use kpi_registry::series::slo::{self as names, RecordNames};
use kpi_registry::series::target_labels;

/// One SLO with everything settled.
pub(in crate::artifacts::prometheus) struct SloPlan<'a> {
    /// As it was written.
    pub(super) slo: AnySlo<'a>,
    /// The value of the label `slo_id`, unique among all.
    pub(super) id: String,
    /// The file its rules belong to.
    pub(super) section: &'a str,
    /// Whether its rules stand in the group of derived KPIs, as it reads one of them.
    pub(in crate::artifacts::prometheus) is_derived: bool,
    /// Objective, period, scrape interval, retention.
    pub(super) setting: BurnSetting,
    /// The error budget, from 0 to 1.
    pub(super) budget: Decimal,
    /// What is counted.
    pub(super) sli: Sli,
    /// The window over which events are counted, and over which the budget burns "now".
    pub(super) base: PromDuration,
    /// The tiers that work, by falling burn rate.
    pub(super) tiers: Vec<(BurnTier, Burn)>,
    /// The names of its records.
    pub(super) names: RecordNames,
    /// Labels by which Sloth's dashboards find it; none in another style.
    pub(super) sloth: Vec<(&'static str, String)>,
    /// What the label that tells windows apart says; none in another style.
    window_labels: Vec<(PromDuration, String)>,
    /// The agents whose events it counts, in order of the registry.
    pub(super) agents: Vec<AgentId>,
    /// After how long without events to alert.
    pub(super) no_data: Option<PromDuration>,
}

/// The value of the label `slo_id` of the SLO of a name.
pub(in crate::artifacts::prometheus) fn id(registry: &Registry, name: &str) -> String {
    format!("{}-{name}", registry.platform)
}

/// Every SLO, in order of the registry.
pub(super) fn plans(registry: &Registry) -> impl Iterator<Item = SloPlan<'_>> {
    registry.every_slo().filter_map(|slo| SloPlan::new(registry, slo))
}

impl<'a> SloPlan<'a> {
    /// `None` for an SLO that the checks refuse.
    fn new(registry: &'a Registry, slo: AnySlo<'a>) -> Option<Self> {
        let setting = registry.burn_setting(&slo)?;
        let parts = slo.kpis.iter().map(|kpi| part(registry, &slo, *kpi)).collect::<Option<Vec<_>>>()?;
        let burns = slo.slo.tiers().iter().filter_map(|tier| Some((*tier, tier.burn(&setting).ok()?)));
        let mut tiers: Vec<(BurnTier, Burn)> = burns.collect();
        tiers.sort_by_key(|(_, burn)| Reverse(burn.factor));
        let is_derived = slo.kpis.iter().any(|kpi| matches!(registry.kpi(*kpi).kind.value, Kind::Derived(_)));
        let emitting: BTreeSet<AgentId> = slo.kpis.iter().flat_map(|kpi| registry.agents_of(*kpi)).collect();
        let hundred = Decimal::from(100);
        let (id, section) = (id(registry, slo.name), section(registry, &slo.kpis));
        let names = RecordNames::of(registry.targets.slo_records);
        let sloth = [("sloth_id", &*id), ("sloth_service", section), ("sloth_slo", slo.name)];
        let sloth = sloth.map(|(name, value)| (name, value.to_owned()));
        let base = default_window(setting.scrape_interval);
        let windows =
            tiers.iter().flat_map(|(tier, burn)| [burn.short, tier.long]).chain([base, setting.period]);
        let windows: Vec<_> = windows.map(|window| (window, window.to_string())).collect();
        Some(Self {
            sloth: if names.sloth { sloth.to_vec() } else { Vec::new() },
            window_labels: if names.sloth { windows } else { Vec::new() },
            id,
            section,
            is_derived,
            setting,
            budget: hundred.checked_sub(setting.objective)?.checked_div(hundred)?,
            sli: Sli { parts, labels: labels(registry, &slo) },
            base,
            tiers,
            names,
            agents: emitting.into_iter().collect(),
            no_data: no_data(registry, &slo),
            slo,
        })
    }

    /// Every window over which the share of bad events is recorded, ascending.
    pub(super) fn windows(&self) -> BTreeSet<PromDuration> {
        let of_tiers = self.tiers.iter().flat_map(|(tier, burn)| [burn.short, tier.long]);
        of_tiers.chain([self.base]).collect()
    }

    /// The series of one of its records.
    pub(super) fn record(&self, name: impl Into<String>) -> Selector {
        Selector::new(name).eq("slo_id", &self.id)
    }

    /// The name of the record of events: `bad` or `total`.
    pub(super) fn events(&self, which: &str) -> String {
        names::events(which, (!self.sli.is_time()).then_some(self.base))
    }

    /// What Sloth's label for a window says; `None` in another style.
    pub(super) fn window_label(&self, window: PromDuration) -> Option<&str> {
        self.window_labels.iter().find(|(known, _)| *known == window).map(|(_, text)| text.as_str())
    }

    /// The one agent that it is about.
    pub(super) fn only_agent(&self) -> Option<AgentId> {
        match self.agents.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// Whether it holds for every agent by itself.
    pub(super) fn keeps_agent(&self) -> bool {
        self.sli.labels.iter().any(|label| label == "agent")
    }

    /// The KPI that it belongs to, unless it covers several.
    pub(super) fn kpi(&self) -> Option<KpiId> {
        self.slo.own.is_none().then(|| self.slo.kpis.first().copied())?
    }

    /// The objective, from 0 to 1.
    pub(super) fn objective(&self) -> Decimal {
        Decimal::ONE.checked_sub(self.budget).unwrap_or(Decimal::ONE)
    }
}

/// What one KPI adds to an SLO.
fn part(registry: &Registry, slo: &AnySlo<'_>, id: KpiId) -> Option<Part> {
    let kpi = registry.kpi(id);
    let goal = match (&slo.slo.goal, &kpi.kind.value) {
        (SloGoal::Bad(bad), Kind::Counter) => {
            let conditions = bad.iter().map(|(label, values)| {
                Matcher::any_of(
                    &registry.label(label.value).name.value,
                    values.iter().map(|value| &value.value),
                )
            });
            Goal::Series(conditions.collect())
        }
        (SloGoal::Latency(limit), Kind::Histogram(_)) => {
            Goal::AboveBucket(kpi.unit.of_duration(limit.value)?)
        }
        (SloGoal::Latency(limit), Kind::NativeHistogram) => Goal::Above(kpi.unit.of_duration(limit.value)?),
        (SloGoal::InRange { min, max }, Kind::Gauge | Kind::Derived(_)) => {
            Goal::Outside { min: min.map(|min| min.value), max: max.map(|max| max.value) }
        }
        _ => return None,
    };
    Some(Part { kpi: kpi.name.value.clone(), metric: kpi.metric.value.clone(), within: Vec::new(), goal })
}

/// The labels that are kept. The SLO of a KPI holds for every agent by itself, one under `slos:` for all together.
fn labels(registry: &Registry, slo: &AnySlo<'_>) -> Vec<String> {
    let of_target =
        target_labels(registry).into_iter().filter(|label| slo.own.is_none() || *label != "agent");
    let by = slo.slo.by.iter().map(|label| registry.label(label.value).name.as_str());
    of_target.chain(by).map(str::to_owned).collect()
}

fn section<'a>(registry: &'a Registry, kpis: &[KpiId]) -> &'a str {
    let mut sections = kpis.iter().map(|kpi| section_of(registry, registry.kpi(*kpi)));
    let first = sections.next().unwrap_or(SHARED);
    if sections.all(|section| section == first) { first } else { SHARED }
}

/// What the SLO says; else nothing where the KPI's own alert on missing data says it, and for several KPIs the longest
/// of theirs when all have one.
fn no_data(registry: &Registry, slo: &AnySlo<'_>) -> Option<PromDuration> {
    match slo.slo.terms.no_data {
        Some(said) => said.value,
        None if slo.own.is_none() => None,
        None => {
            let each = slo.kpis.iter().map(|kpi| registry.kpi(*kpi).no_data);
            each.collect::<Option<Vec<_>>>()?.into_iter().max()
        }
    }
}
