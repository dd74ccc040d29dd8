//! What is recorded of SLOs: names, windows and labels.

mod names;

use std::cmp::Reverse;
use std::collections::BTreeSet;

use self::names::RecordNames;
pub use self::names::is_record;
use super::{SHARED, section_of, target_labels};
use crate::entity::{AnySlo, Burn, BurnSetting, BurnTier, KpiId, SloGoal, default_window};
use crate::registry::Registry;
use crate::value::PromDuration;

/// The label of Sloth that says which window a ratio is of.
pub const SLOTH_WINDOW: &str = "sloth_window";
/// The label of Sloth that says what made the rules.
pub const SLOTH_VERSION: &str = "sloth_version";

/// What a record holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// Bad events per second over the base window; of gauges, the series that are bad now.
    Bad,
    /// The same of all events.
    Total,
    /// The share of bad events over a window.
    Ratio(PromDuration),
    /// Bad events in a window.
    BadIncrease(PromDuration),
    /// The objective, from 0 to 1.
    Objective,
    /// The error budget, from 0 to 1.
    Budget,
    /// The period in days.
    Period,
    /// How fast the budget burns now.
    BurnRate,
    /// The share of the budget that is spent.
    PeriodBurnRate,
    /// The share of the budget that is left.
    Remaining,
    /// Always 1.
    Info,
}

impl Recorded {
    /// Whether it is one series, and not one for all values of the labels that are kept.
    pub const fn is_constant(self) -> bool {
        matches!(self, Self::Objective | Self::Budget | Self::Period | Self::Info)
    }
}

/// A record of an SLO.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// What it holds.
    pub what: Recorded,
    /// Its name.
    pub name: String,
    /// What the label that tells windows apart says, where there is one.
    pub window: Option<String>,
}

/// An SLO as far as its records depend on it.
#[derive(Clone, Debug)]
pub struct SloSeries<'a> {
    /// The value of the label `slo_id`, unique among all.
    pub id: String,
    /// The section its rules belong to.
    pub section: &'a str,
    /// Objective, period, scrape interval, retention.
    pub setting: BurnSetting,
    /// The window over which events are counted, and over which the budget burns "now".
    pub base: PromDuration,
    /// The tiers that work, by falling burn rate.
    pub tiers: Vec<(BurnTier, Burn)>,
    /// The names of its records.
    names: RecordNames,
    /// What the names of events end in.
    events: String,
    /// The labels that are kept of what is counted.
    pub kept: Vec<&'a str>,
    /// Everything that is recorded, each after what it reads.
    pub records: Vec<Record>,
    /// The labels of every record: nothing that may change while the SLO stays the same.
    labels: Vec<(&'static str, String)>,
    /// What may change, on the info series alone.
    facts: Vec<(&'static str, String)>,
}

/// The value of the label `slo_id` of the SLO of a name.
pub fn id(registry: &Registry, name: &str) -> String {
    format!("{}-{name}", registry.platform)
}

impl<'a> SloSeries<'a> {
    /// `None` for an SLO that the checks refuse.
    pub fn of(registry: &'a Registry, slo: &AnySlo<'a>) -> Option<Self> {
        let setting = registry.burn_setting(slo)?;
        let mut tiers = Vec::new();
        for tier in slo.slo.tiers() {
            match tier.burn(&setting) {
                Ok(burn) => tiers.push((*tier, burn)),
                // Of the defaults, those that can't work are left out.
                Err(_) if tier.span.is_none() => {}
                Err(_) => return None,
            }
        }
        tiers.sort_by_key(|(_, burn)| Reverse(burn.factor));
        let base = default_window(setting.scrape_interval);
        let names = RecordNames::of(registry.targets.slo_records);
        let (id, section) = (id(registry, slo.name), section(registry, &slo.kpis));
        let events = events(&slo.slo.goal, base)?;
        let record = |what| {
            let window = match what {
                Recorded::Ratio(window) if names.sloth => Some(window.to_string()),
                _ => None,
            };
            Record { what, name: names.name(what, &events), window }
        };
        Some(Self {
            records: recorded(slo, setting.period, base, &tiers).into_iter().map(record).collect(),
            labels: labels(&names, &id, section, slo),
            facts: facts(registry, &names, &setting, slo),
            kept: kept(registry, slo),
            id,
            section,
            setting,
            base,
            tiers,
            names,
            events,
        })
    }

    /// Whether its records are those of Sloth, which tells windows apart by a label.
    pub const fn is_of_sloth(&self) -> bool {
        self.names.sloth
    }

    /// The labels of every record.
    pub fn labels(&self) -> &[(&'static str, String)] {
        &self.labels
    }

    /// The labels that the rule of a record sets.
    pub fn labels_of<'s>(&'s self, record: &'s Record) -> impl Iterator<Item = (&'static str, &'s str)> {
        let facts = self.facts.iter().filter(|_| record.what == Recorded::Info);
        let window = record.window.iter().map(|window| (SLOTH_WINDOW, window.as_str()));
        self.labels.iter().chain(facts).map(|(name, value)| (*name, value.as_str())).chain(window)
    }

    /// The name of a record.
    pub fn name(&self, what: Recorded) -> String {
        self.names.name(what, &self.events)
    }

    /// What the label that tells windows apart says; `None` in a style without one.
    pub fn window_label(&self, window: PromDuration) -> Option<&str> {
        let ratio = self.records.iter().find(|record| record.what == Recorded::Ratio(window));
        ratio?.window.as_deref()
    }
}

/// What the names of events end in: per second over a window they are, or, of gauges, series now.
fn events(goal: &SloGoal, base: PromDuration) -> Option<String> {
    match goal {
        SloGoal::Missing => None,
        goal if goal.is_time() => Some("count".to_owned()),
        _ => Some(format!("rate{base}")),
    }
}

/// Everything that is recorded, each after what it reads.
fn recorded(
    slo: &AnySlo<'_>,
    period: PromDuration,
    base: PromDuration,
    tiers: &[(BurnTier, Burn)],
) -> Vec<Recorded> {
    let windows: BTreeSet<PromDuration> =
        tiers.iter().flat_map(|(tier, burn)| [burn.short, tier.long]).chain([base]).collect();
    let mut all = vec![Recorded::Bad, Recorded::Total];
    all.extend(windows.into_iter().filter(|window| *window != period).map(Recorded::Ratio));
    if slo.slo.terms.low_traffic.is_some() {
        all.extend(tiers.iter().map(|(tier, _)| Recorded::BadIncrease(tier.long)));
    }
    all.extend([
        Recorded::Ratio(period),
        Recorded::Objective,
        Recorded::Budget,
        Recorded::Period,
        Recorded::BurnRate,
        Recorded::PeriodBurnRate,
        Recorded::Remaining,
        Recorded::Info,
    ]);
    all
}

/// The labels of every record. Those of Sloth are what its dashboards find an SLO by.
fn labels(names: &RecordNames, id: &str, section: &str, slo: &AnySlo<'_>) -> Vec<(&'static str, String)> {
    let sloth = [("sloth_id", id), ("sloth_service", section), ("sloth_slo", slo.name)];
    let sloth = sloth.into_iter().filter(|_| names.sloth);
    [("slo_id", id)].into_iter().chain(sloth).map(|(name, value)| (name, value.to_owned())).collect()
}

/// What may change.
fn facts(
    registry: &Registry,
    names: &RecordNames,
    setting: &BurnSetting,
    slo: &AnySlo<'_>,
) -> Vec<(&'static str, String)> {
    let goal = match slo.slo.goal {
        SloGoal::Latency(_) => "latency",
        SloGoal::InRange { .. } => "in_range",
        SloGoal::Bad(_) | SloGoal::Missing => "bad",
    };
    let kpis: Vec<&str> = slo.kpis.iter().map(|kpi| registry.kpi(*kpi).name.as_str()).collect();
    let mut facts = vec![
        ("slo", slo.name.value.clone()),
        ("goal", goal.to_owned()),
        ("kpis", kpis.join(",")),
        ("objective", setting.objective.to_string()),
        ("period", setting.period.to_string()),
    ];
    facts.extend(registry.owner_of_slo(slo).map(|team| ("team", team.to_owned())));
    if names.sloth {
        facts.extend([
            ("sloth_objective", setting.objective.to_string()),
            ("sloth_mode", "kpi".to_owned()),
            ("sloth_spec", "prometheus/v1".to_owned()),
            (SLOTH_VERSION, env!("CARGO_PKG_VERSION").to_owned()),
        ]);
    }
    facts
}

/// The labels that are kept. The SLO of a KPI holds for every agent by itself, one under `slos:` for all together.
fn kept<'a>(registry: &'a Registry, slo: &AnySlo<'a>) -> Vec<&'a str> {
    let of_target =
        target_labels(registry).into_iter().filter(|label| slo.own.is_none() || *label != "agent");
    let by = slo.slo.by.iter().map(|label| registry.label(label.value).name.as_str());
    of_target.chain(by).collect()
}

fn section<'a>(registry: &'a Registry, kpis: &[KpiId]) -> &'a str {
    let mut sections = kpis.iter().map(|kpi| section_of(registry, registry.kpi(*kpi)));
    let first = sections.next().unwrap_or(SHARED);
    if sections.all(|section| section == first) { first } else { SHARED }
}
