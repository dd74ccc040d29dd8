//! The fast set: records are put in place of what would record them.

use kpi_registry::entity::{Burn, BurnTier};
use kpi_registry::promql::{AggregateOp, BinaryOp, Expr, Function, Grouping};
use kpi_registry::registry::Registry;
use kpi_registry::value::{Decimal, PromDuration, Rational};

use super::{Draft, absence, kept_labels};
use crate::artifacts::prometheus::alerting::{Alert, Condition};
use crate::artifacts::prometheus::drive;
use crate::artifacts::prometheus::slo::Planned;
use crate::artifacts::prometheus::timeline::{
    Labels, MARGIN, Motion, STEP, Timeline, evaluation_before, minus, sum,
};
use crate::wire::rules::Test;
use kpi_registry::series::slo::{Recorded, SLOTH_WINDOW};

/// Every alert on some SLOs.
pub(super) fn test<'a>(registry: &'a Registry, slos: &[&'a Planned<'a>]) -> Option<Test<'a>> {
    let mut draft = Draft::default();
    for slo in slos {
        if let Some(burning) = Burns::of(registry, slo) {
            burning.walk(&mut draft);
        }
        absence::walk(registry, slo, &mut draft);
    }
    draft.finish("injected records")
}

/// The burn-rate alerts of one SLO with the records they read.
struct Burns<'a> {
    slo: &'a Planned<'a>,
    name: &'a str,
    tiers: Vec<(&'a Alert<'a>, BurnTier, Burn)>,
    /// The windows whose ratio is injected, in the order of the series.
    windows: Vec<PromDuration>,
    /// The long windows whose bad events are injected, after them.
    guards: Vec<PromDuration>,
    /// How many bad events are no reason to alert.
    most: Option<u64>,
    labels: Labels<'a>,
    timeline: Timeline,
}

/// What is injected in one phase.
#[derive(Clone)]
struct Values {
    ratios: Vec<(PromDuration, Decimal)>,
    bad: Decimal,
}

impl<'a> Burns<'a> {
    fn of(registry: &'a Registry, slo: &'a Planned<'a>) -> Option<Self> {
        let plan = &slo.plan;
        let alerts = slo.alerts.iter().filter(|alert| matches!(alert.condition, Condition::Burning(_)));
        let tiers: Vec<_> =
            alerts.zip(&plan.series.tiers).map(|(alert, (tier, burn))| (alert, *tier, *burn)).collect();
        let name = tiers.first()?.0.name.as_str();
        let mut windows: Vec<PromDuration> =
            tiers.iter().flat_map(|(_, tier, burn)| [burn.short, tier.long]).collect();
        windows.extend([plan.series.base, plan.series.setting.period]);
        windows.sort_unstable();
        windows.dedup();
        let most = plan.slo.slo.terms.low_traffic.map(|most| most.value);
        let guards =
            if most.is_some() { tiers.iter().map(|(_, tier, _)| tier.long).collect() } else { Vec::new() };
        let mut labels = kept_labels(registry, slo);
        labels.extend(plan.series.labels().iter().map(|(name, value)| (*name, value.as_str())));
        let ratios = windows.iter().map(|window| {
            let mut labels = labels.clone();
            labels.extend(plan.series.window_label(*window).map(|text| (SLOTH_WINDOW, text)));
            drive::series(&plan.series.name(Recorded::Ratio(*window)), &labels)
        });
        let bad: Vec<String> = guards
            .iter()
            .map(|window| drive::series(&plan.series.name(Recorded::BadIncrease(*window)), &labels))
            .collect();
        let timeline = Timeline::new(STEP, ratios.chain(bad));
        Some(Self { slo, name, tiers, windows, guards, most, labels, timeline })
    }

    /// Passes every tier in turn: at its threshold, above it, with either window alone, and back.
    fn walk(mut self, draft: &mut Draft<'a>) {
        let quiet = Values { ratios: Vec::new(), bad: whole(self.most.unwrap_or(0).saturating_add(1)) };
        self.settle(&quiet, draft);
        for index in 0..self.tiers.len() {
            let (alert, tier, burn) = self.tiers[index];
            let (at, above) = around(burn.threshold);
            let both = |long: Decimal, short: Decimal| Values {
                ratios: vec![(tier.long, long), (burn.short, short)],
                bad: quiet.bad,
            };
            self.settle(&both(at, above), draft);
            self.settle(&both(above, at), draft);
            if let Some(most) = self.most {
                self.settle(&Values { bad: whole(most), ..both(above, above) }, draft);
            }
            self.hold_back(alert, &both(above, above), draft);
            self.settle(&both(above, above), draft);
            self.keep_up(alert, draft);
            self.settle(&both(above, Decimal::ZERO), draft);
            self.settle(&both(Decimal::ZERO, above), draft);
            self.settle(&quiet, draft);
        }
        self.budget(quiet.bad, draft);
        self.timeline.pass(sum([self.longest_memory(), MARGIN, STEP]), &[]);
        let at = evaluation_before(minus(self.timeline.now(), STEP));
        draft.expect(at, self.name, []);
        draft.add(self.timeline);
    }

    /// The budget burns twice as fast as it may now, and a quarter of it is spent: what is recorded of that is right.
    fn budget(&mut self, bad: Decimal, draft: &mut Draft<'a>) {
        let plan = &self.slo.plan;
        let part = |share: Decimal| plan.budget.checked_mul(share).unwrap_or(plan.budget);
        let (twice, quarter) = (Decimal::from(2), Decimal::new(25, 2));
        let ratios = vec![(plan.series.base, part(twice)), (plan.series.setting.period, part(quarter))];
        self.settle(&Values { ratios, bad }, draft);
        let at = evaluation_before(minus(self.timeline.now(), STEP));
        let days = Rational::of_durations(plan.series.setting.period, PromDuration::from_minutes(24 * 60));
        let days = days.map_or(Decimal::ZERO, |days| days.rounded(12, false));
        for (record, value) in [
            (Recorded::Objective, plan.objective()),
            (Recorded::Budget, plan.budget),
            (Recorded::Period, days),
            (Recorded::BurnRate, twice),
            (Recorded::PeriodBurnRate, quarter),
            (Recorded::Remaining, Decimal::new(75, 2)),
        ] {
            let off = Expr::from(plan.record(record)).binary(BinaryOp::Subtract, value);
            let near = Expr::call(Function::Abs, [off]).binary(BinaryOp::Less, Decimal::new(1, 9));
            draft.evaluate(at, &near.aggregate(AggregateOp::Count, Grouping::All), Some(1));
        }
    }

    /// Keeps values until every alert has made up its mind, and expects those to fire whose conditions hold.
    fn settle(&mut self, values: &Values, draft: &mut Draft<'a>) {
        let motions = self.motions(values);
        self.timeline.pass(sum([self.longest_memory(), MARGIN, STEP]), &motions);
        let at = evaluation_before(minus(self.timeline.now(), STEP));
        let firing: Vec<_> = self
            .tiers
            .iter()
            .filter(|tier| self.holds(tier, values))
            .map(|tier| self.firing(tier, values))
            .collect();
        draft.expect(at, self.name, firing);
    }

    /// Expects nothing before the hold of an alert is over.
    fn hold_back(&mut self, alert: &Alert<'_>, values: &Values, draft: &mut Draft<'a>) {
        if alert.hold > sum([MARGIN, STEP]) {
            let motions = self.motions(values);
            self.timeline.pass(minus(alert.hold, MARGIN), &motions);
            draft.expect(evaluation_before(minus(self.timeline.now(), STEP)), self.name, []);
        }
    }

    /// Expects an alert to go on firing as long as it was asked to.
    fn keep_up(&mut self, alert: &'a Alert<'a>, draft: &mut Draft<'a>) {
        let keep = alert.keep_firing_for.unwrap_or(PromDuration::ZERO);
        if keep > sum([MARGIN, STEP]) {
            let quiet = Values { ratios: Vec::new(), bad: Decimal::ZERO };
            let last = self.tiers.iter().find(|(other, ..)| std::ptr::eq(*other, alert)).map(|tier| {
                let (_, above) = around(tier.2.threshold);
                self.firing(tier, &Values { ratios: vec![(tier.1.long, above)], bad: quiet.bad })
            });
            let motions = self.motions(&quiet);
            self.timeline.pass(minus(keep, MARGIN), &motions);
            draft.expect(evaluation_before(minus(self.timeline.now(), STEP)), self.name, last);
        }
    }

    fn motions(&self, values: &Values) -> Vec<Motion> {
        let ratio = |window: &PromDuration| {
            let set = values.ratios.iter().find(|(set, _)| set == window);
            Motion::Stays(set.map_or(Decimal::ZERO, |(_, value)| *value))
        };
        let bad = self.guards.iter().map(|_| Motion::Stays(values.bad));
        self.windows.iter().map(ratio).chain(bad).collect()
    }

    fn holds(&self, (_, tier, burn): &(&Alert<'_>, BurnTier, Burn), values: &Values) -> bool {
        let is_above = |window: PromDuration| {
            let value = values
                .ratios
                .iter()
                .find(|(set, _)| *set == window)
                .and_then(|(_, value)| Rational::of(*value));
            value.is_some_and(|value| value > burn.threshold)
        };
        is_above(tier.long) && is_above(burn.short) && self.most.is_none_or(|most| values.bad > whole(most))
    }

    fn firing(
        &self,
        (alert, tier, _): &(&'a Alert<'a>, BurnTier, Burn),
        values: &Values,
    ) -> (&'a Alert<'a>, Labels<'a>, f64) {
        let value = values.ratios.iter().find(|(window, _)| *window == tier.long);
        let mut labels = self.labels.clone();
        labels.extend(self.slo.plan.series.window_label(tier.long).map(|text| (SLOTH_WINDOW, text)));
        (alert, labels, value.map_or(0.0, |(_, value)| value.to_f64()))
    }

    /// How long the slowest alert of the SLO takes to make up its mind.
    fn longest_memory(&self) -> PromDuration {
        let memory = |(alert, ..): &(&Alert<'_>, BurnTier, Burn)| {
            alert.hold.max(alert.keep_firing_for.unwrap_or(PromDuration::ZERO))
        };
        self.tiers.iter().map(memory).max().unwrap_or(PromDuration::ZERO)
    }
}

/// The threshold itself, or just below where it is no decimal; and a thousandth above it.
fn around(threshold: Rational) -> (Decimal, Decimal) {
    let at = threshold.to_decimal().unwrap_or(threshold.rounded(12, false));
    let more = Rational::of(Decimal::new(1001, 3)).and_then(|more| threshold.checked_mul(more));
    (at, more.unwrap_or(threshold).rounded(12, true))
}

fn whole(number: u64) -> Decimal {
    Decimal::new(i64::try_from(number).unwrap_or(i64::MAX), 0)
}
