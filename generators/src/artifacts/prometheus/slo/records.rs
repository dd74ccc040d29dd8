//! Recording rules of an SLO.

use std::borrow::Cow;
use std::collections::BTreeMap;

use kpi_registry::entity::SloGoal;
use kpi_registry::promql::{BinaryOp, Expr, Function};
use kpi_registry::registry::Registry;
use kpi_registry::value::{Decimal, PromDuration};

use super::plan::SloPlan;
use crate::wire::rules::{Record, Rule};
use kpi_registry::series::slo::{SLOTH_WINDOW, bad_increase};

impl SloPlan<'_> {
    /// Everything that is recorded, each after what it reads.
    pub(super) fn records(&self, registry: &Registry) -> Vec<Rule<'static>> {
        let (names, period) = (&self.names, self.setting.period);
        let mut records: Vec<(String, Expr, Option<PromDuration>)> = vec![
            (self.events("bad"), self.sli.bad(self.base), None),
            (self.events("total"), self.sli.total(self.base), None),
        ];
        for window in self.windows().into_iter().filter(|window| *window != period) {
            records.push((names.ratio(window), self.ratio(window), Some(window)));
        }
        if self.slo.slo.terms.low_traffic.is_some() {
            let windows = self.tiers.iter().map(|(tier, _)| tier.long);
            records.extend(windows.map(|window| (bad_increase(window), self.sli.bad_increase(window), None)));
        }
        let recorded = |name: String| Expr::from(self.record(name));
        let per_budget = |window| recorded(names.ratio(window)).divided_by(self.budget);
        let left =
            Expr::from(Decimal::ONE).binary(BinaryOp::Subtract, recorded(names.period_burn_rate.into()));
        records.extend([
            (names.ratio(period), self.by_events(period), Some(period)),
            (names.objective.into(), constant(self.objective()), None),
            (names.budget.into(), constant(self.budget), None),
            (names.period.into(), days(period), None),
            (names.burn_rate.into(), per_budget(self.base), None),
            (names.period_burn_rate.into(), per_budget(period), None),
            (names.remaining.into(), left, None),
        ]);
        let info = constant(Decimal::ONE).to_string();
        let info = Record { record: names.info.into(), expr: info, labels: self.info(registry) };
        let rules = records.into_iter().map(|(record, expr, window)| self.rule(record, &expr, window));
        rules.chain([info]).map(Rule::Record).collect()
    }

    /// The share of bad events over a window.
    fn ratio(&self, window: PromDuration) -> Expr {
        if self.sli.is_time() { self.by_events(window) } else { self.sli.ratio(window) }
    }

    /// The same, from the recorded events: every event counts the same, be it in a busy hour or in an idle one.
    fn by_events(&self, window: PromDuration) -> Expr {
        let over = |which: &str| self.record(self.events(which)).over(window).apply(Function::SumOverTime);
        let total = over("total");
        // A series of a gauge that exists counts, so there is nothing to divide by zero.
        over("bad").divided_by(if self.sli.is_time() { total } else { total.above_zero() })
    }

    fn rule(&self, record: String, expr: &Expr, window: Option<PromDuration>) -> Record<'static> {
        let mut labels = self.labels();
        if let Some(window) = window.and_then(|window| self.window_label(window)) {
            labels.insert(SLOTH_WINDOW.into(), window.to_owned().into());
        }
        Record { record, expr: expr.to_string(), labels }
    }

    /// The labels of every record: nothing that may change while the SLO stays the same.
    fn labels(&self) -> BTreeMap<Cow<'static, str>, Cow<'static, str>> {
        let mut labels = BTreeMap::from([(Cow::from("slo_id"), Cow::from(self.id.clone()))]);
        labels.extend(self.sloth.iter().map(|(name, value)| (Cow::from(*name), Cow::from(value.clone()))));
        labels
    }

    /// What may change.
    fn info(&self, registry: &Registry) -> BTreeMap<Cow<'static, str>, Cow<'static, str>> {
        let mut labels = self.labels();
        let goal = match self.slo.slo.goal {
            SloGoal::Latency(_) => "latency",
            SloGoal::InRange { .. } => "in_range",
            SloGoal::Bad(_) | SloGoal::Missing => "bad",
        };
        let kpis: Vec<&str> = self.slo.kpis.iter().map(|kpi| registry.kpi(*kpi).name.as_str()).collect();
        let mut add = |name: &'static str, value: String| labels.insert(name.into(), value.into());
        add("slo", self.slo.name.value.clone());
        add("goal", goal.into());
        add("kpis", kpis.join(","));
        add("objective", self.setting.objective.to_string());
        add("period", self.setting.period.to_string());
        if let Some(team) = self.team(registry) {
            add("team", team.to_owned());
        }
        if self.names.sloth {
            add("sloth_objective", self.setting.objective.to_string());
            add("sloth_mode", "kpi".into());
            add("sloth_spec", "prometheus/v1".into());
            add("sloth_version", env!("CARGO_PKG_VERSION").into());
        }
        labels
    }

    /// The team it belongs to: what it says itself, or what its KPIs agree on.
    pub(super) fn team<'r>(&'r self, registry: &'r Registry) -> Option<&'r str> {
        if let Some(owner) = self.slo.own.and_then(|own| own.owner.as_deref()) {
            return Some(owner);
        }
        let mut owners = self.slo.kpis.iter().map(|kpi| registry.owner_of(*kpi, &[]));
        let first = owners.next().flatten();
        first.filter(|_| owners.all(|owner| owner == first)).or(registry.defaults.owner.as_deref())
    }
}

fn constant(value: Decimal) -> Expr {
    Expr::call(Function::Vector, [value.into()])
}

/// A period in days, exactly: as a fraction where it is no finite decimal.
fn days(period: PromDuration) -> Expr {
    let day = PromDuration::from_minutes(24 * 60);
    let days = kpi_registry::value::Rational::of_durations(period, day);
    let number = days.map_or(Expr::from(Decimal::ZERO), super::number);
    Expr::call(Function::Vector, [number])
}
