//! The series that are recorded of SLOs.

use std::collections::BTreeMap;

use super::{Form, Label, Labels, Quantity, Schema, Shape};
use crate::entity::{AnySlo, Kind};
use crate::registry::Registry;
use crate::series::slo::{Record, Recorded, SLOTH_VERSION, SloSeries};

/// Every SLO of a registry, each with its series unless the checks refuse it.
#[derive(Debug)]
pub struct Slos<'a>(Vec<(AnySlo<'a>, Option<SloSeries<'a>>)>);

impl<'a> Slos<'a> {
    /// Those of a registry.
    pub fn of(registry: &'a Registry) -> Self {
        let of_one = |slo: AnySlo<'a>| {
            let series = SloSeries::of(registry, &slo);
            (slo, series)
        };
        Self(registry.every_slo().map(of_one).collect())
    }

    /// Whether nothing is missing.
    pub(super) fn are_known(&self) -> bool {
        self.0.iter().all(|(_, series)| series.is_some())
    }
}

/// The series of one name, SLO by SLO.
struct Gathered<'a> {
    quantity: Quantity,
    /// How many SLOs have them.
    slos: usize,
    /// The labels that are left of what is counted.
    kept: Labels<'a>,
    /// The values of the labels that the rules set.
    set: BTreeMap<&'a str, Vec<&'a str>>,
}

impl<'a> Schema<'a> {
    pub(super) fn add_slos(&mut self, slos: &'a Slos<'a>) {
        let mut names: BTreeMap<&str, Gathered<'a>> = BTreeMap::new();
        for (slo, series) in &slos.0 {
            let Some(series) = series else { continue };
            let kept = self.kept(slo, series);
            for record in &series.records {
                let kept = if record.what.is_constant() { Labels::none() } else { kept.clone() };
                let gathered = names.entry(&record.name).and_modify(|gathered| {
                    gathered.slos += 1;
                    gathered.kept = either(std::mem::take(&mut gathered.kept), &kept);
                });
                let gathered = gathered.or_insert_with(|| Gathered {
                    quantity: quantity(record, slo),
                    slos: 1,
                    kept,
                    set: BTreeMap::new(),
                });
                for (label, value) in series.labels_of(record) {
                    gathered.set.entry(label).or_default().push(value);
                }
            }
        }
        for (name, gathered) in names {
            let quantity = gathered.quantity;
            let mut labels = gathered.labels().allowing_also(self.found_elsewhere());
            // Others may record some of the names too, and tell so under `external_metrics`.
            if let Some(declared) = self.declared(name) {
                labels = labels.or(&declared.labels);
            }
            self.add(name.to_owned(), None, Shape { labels, quantity, measure: None });
        }
    }

    /// The labels that are left of what an SLO counts.
    fn kept(&self, slo: &AnySlo<'a>, series: &SloSeries<'a>) -> Labels<'a> {
        let of_kpis = slo.kpis.iter().map(|kpi| {
            let kpi = self.registry().kpi(*kpi);
            // An expression may have dropped what the KPI is said to have.
            let all = match kpi.kind.value {
                Kind::Derived(_) => Labels::none(),
                _ => self.labels_of(kpi),
            };
            let label = |name: &str| all.get(name).cloned().unwrap_or_default();
            series.kept.iter().fold(Labels::none(), |labels, name| labels.with(name, label(name)))
        });
        of_kpis.reduce(|one, other| either(one, &other)).unwrap_or_default()
    }
}

/// The labels of either. Series of both have no more values of a label than those of one: it is `slo_id` that tells
/// them apart, or they are added up.
fn either<'a>(one: Labels<'a>, other: &Labels<'a>) -> Labels<'a> {
    let most = |labels: &Labels<'a>, name| labels.get(name).and_then(|label| label.most);
    let names = one.names().filter(|name| other.get(name).is_some());
    let most: Vec<_> = names.map(|name| (name, most(&one, name).max(most(other, name)))).collect();
    most.into_iter().fold(one.or(other), |labels, (name, most)| {
        let label = labels.get(name).cloned().unwrap_or_default();
        labels.with(name, Label { most, ..label })
    })
}

impl<'a> Gathered<'a> {
    fn labels(self) -> Labels<'a> {
        let Self { slos, kept, set, .. } = self;
        set.into_iter().fold(kept, |labels, (name, mut values)| {
            let always = values.len() == slos;
            values.sort_unstable();
            values.dedup();
            // The next release has another.
            let values = (name != SLOTH_VERSION).then_some(values);
            // Series of one `slo_id` don't differ in any of them, and those of one agent may all have one `slo_id`.
            labels.with(name, Label { always, values, most: None })
        })
    }
}

fn quantity(record: &Record, slo: &AnySlo<'_>) -> Quantity {
    match record.what {
        Recorded::Bad | Recorded::Total if slo.slo.goal.is_time() => Quantity::Level,
        Recorded::Bad | Recorded::Total | Recorded::BadIncrease(_) => Quantity::Flow(Form::Number),
        Recorded::Ratio(_)
        | Recorded::Objective
        | Recorded::Budget
        | Recorded::Period
        | Recorded::BurnRate
        | Recorded::PeriodBurnRate
        | Recorded::Remaining => Quantity::Intensive,
        Recorded::Info => Quantity::Fact,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::load::{Loaded, load_bytes};

    fn loaded(slo: &str, rest: &str) -> Loaded {
        let kpi = "name: calls, description: Calls made, unit: count, type: counter, labels: [status]";
        let text = format!(
            "version: 2\nplatform: p\nprometheus: {{retention: 30d}}\nlabels: {{status: {{values: [ok, error]}}}}\n\
             kpis: [{{{kpi}, slo: {{objective: 99.9, window: 30d{slo}}}}}]\n{rest}"
        );
        load_bytes(Path::new("kpi_registry.yaml"), text.into_bytes())
    }

    #[test]
    fn of_a_wrong_slo_nothing_is_known() {
        let alert = r#"alerts: [{name: A, expr: 'slo:bad:anything{x="y"} > 0', summary: S}]"#;
        let codes = |loaded: &Loaded| -> Vec<&str> {
            loaded.diagnostics.iter().map(|finding| finding.code).filter(|code| *code != "KPI0549").collect()
        };
        assert_eq!(codes(&loaded("", alert)), ["KPI0546"], "what follows from it is not complained about");
        assert_eq!(codes(&loaded(", bad: {status: error}", alert)), ["KPI1041"]);
    }

    #[test]
    fn others_may_record_some_of_the_names() {
        let rest = "external_metrics: {\"slo:objective:ratio\": {type: gauge, labels: [sloth_id]}}";
        let loaded = loaded(", bad: {status: error}", rest);
        let registry = loaded.registry.unwrap();
        let slos = Slos::of(&registry);
        let schema = Schema::of(&registry, &slos);
        let labels = |name: &str| schema.find(name).unwrap().shape.labels;
        let (objective, budget) = (labels("slo:objective:ratio"), labels("slo:error_budget:ratio"));
        assert!(objective.may_have("sloth_id") && !objective.must_have("slo_id"));
        assert!(!budget.may_have("sloth_id") && budget.must_have("slo_id"));
    }

    #[test]
    fn series_of_one_slo_differ_in_no_label_that_rules_set() {
        let rest = r#"slos: [{name: all, kpis: [calls], objective: 99.9, window: 30d, bad: {status: error}}]
targets: {prometheus: {slo_records: sloth}}
alerts:
  - {name: A, expr: 'slo:period_burn_rate:ratio{sloth_slo=~"calls|all"} > on (slo_id) slo:error_budget:ratio', summary: S}
  - {name: B, expr: 'slo:period_burn_rate:ratio{slo_id!="p-x"} > on (agent) slo:sli_error:ratio_rate5m', summary: S}"#;
        let loaded = loaded(", bad: {status: error}", rest);
        let codes: Vec<&str> = loaded.diagnostics.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, ["KPI1043"], "only `p-x` is none");
    }
}
