//! The end-to-end set: from raw series through every record to the alerts.
//!
//! What is expected is worked out here from plain sums, by no expression of PromQL.

mod series;
mod time;
mod traffic;

use std::collections::BTreeSet;

use kpi_registry::entity::{Burn, BurnTier, KpiId};
use kpi_registry::promql::{BinaryOp, Expr, Grouping, Selector};
use kpi_registry::registry::Registry;
use kpi_registry::value::PromDuration;

use super::{Draft, kept_labels};
use crate::artifacts::prometheus::alerting::Alert;
use crate::artifacts::prometheus::derived;
use crate::artifacts::prometheus::slo::{Planned, SloPlan};
use crate::artifacts::prometheus::timeline::{Labels, MARGIN, STEP, Timeline, minus, sum};
use crate::wire::rules::Test;
use kpi_registry::series::slo::SLOTH_WINDOW;

/// The longest window of a tier that is lived through: beyond it a test takes longer than it tells.
const LONGEST: PromDuration = PromDuration::from_minutes(6 * 60);

/// Some SLOs, each by its fastest tier. A KPI can play only one part, so an SLO that shares one with an earlier is left
/// to the injected records; so are native histograms, whose samples promtool 2.42 can't write.
pub(super) fn tests<'a>(registry: &'a Registry, slos: &[&'a Planned<'a>]) -> Vec<Test<'a>> {
    let (mut draft, mut quiet) = (Draft::default(), Draft::default());
    let mut taken: BTreeSet<KpiId> = BTreeSet::new();
    for slo in slos {
        let kpis = &slo.plan.slo.kpis;
        let is_free = |kpi: &KpiId| !taken.contains(kpi) && !derived::may_exist_without_input(registry, *kpi);
        if !kpis.iter().all(is_free) {
            continue;
        }
        let Some(play) = Play::new(registry, slo) else { continue };
        if slo.plan.sli.is_time() {
            play.time(&mut draft);
        } else {
            play.traffic(&mut draft);
            if let Some(play) = Play::new(registry, slo) {
                play.nothing_bad(&mut quiet);
            }
        }
        taken.extend(kpis);
    }
    [draft.finish("raw series"), quiet.finish("nothing bad yet")].into_iter().flatten().collect()
}

/// One SLO and the raw series that it counts.
struct Play<'a> {
    plan: &'a SloPlan<'a>,
    /// Its burn-rate alerts.
    tiers: Vec<(&'a Alert<'a>, BurnTier, Burn)>,
    /// The tier with the shortest long window.
    fastest: (BurnTier, Burn),
    /// The labels of its records.
    labels: Labels<'a>,
    timeline: Timeline,
    /// All events and the bad ones, up to each minute.
    sums: Vec<(f64, f64)>,
}

impl<'a> Play<'a> {
    /// `None` for an SLO that can't be played: too slow, with holds of its own, or without series that promtool can write.
    fn new(registry: &'a Registry, slo: &'a Planned<'a>) -> Option<Self> {
        let plan = &slo.plan;
        let alerts = slo.alerts.iter().zip(&plan.series.tiers);
        let tiers: Vec<_> = alerts.map(|(alert, (tier, burn))| (alert, *tier, *burn)).collect();
        let (_, tier, burn) = tiers.iter().min_by_key(|(_, tier, _)| tier.long)?;
        let fastest = (*tier, *burn);
        let is_slow = tier.long > LONGEST || burn.short <= sum([MARGIN, STEP]);
        if is_slow || tiers.iter().any(|(alert, ..)| !alert.hold.is_zero() || alert.keep_firing_for.is_some())
        {
            return None;
        }
        let mut labels = kept_labels(registry, slo);
        labels.extend(plan.series.labels().iter().map(|(name, value)| (*name, value.as_str())));
        let timeline = Timeline::new(STEP, series::of(registry, plan)?);
        Some(Self { plan, tiers, fastest, labels, timeline, sums: Vec::new() })
    }

    /// Counts so many events a minute, some of them bad.
    fn count(&mut self, time: PromDuration, all: f64, bad: f64) {
        for _ in 0..time.as_millis().div_ceil(STEP.as_millis()) {
            let (before, bad_before) = self.sums.last().copied().unwrap_or_default();
            self.sums.push((before + all, bad_before + bad));
        }
    }

    /// The share of the bad among what came in the window before the last minute.
    fn share(&self, window: PromDuration) -> Option<f64> {
        let minutes = usize::try_from(window.as_millis() / STEP.as_millis()).unwrap_or(usize::MAX);
        let first = self.sums.len().saturating_sub(1).saturating_sub(minutes);
        let (start, end) = (self.sums.get(first)?, self.sums.last()?);
        let all = end.0 - start.0;
        (all > 0.0).then(|| (end.1 - start.1) / all)
    }

    /// The time of the last sample.
    fn last(&self) -> PromDuration {
        minus(self.timeline.now(), STEP)
    }

    /// Expects those alerts whose long and short share, as `share` tells them, are above their thresholds.
    fn expect(&self, share: impl Fn(PromDuration) -> Option<f64>, draft: &mut Draft<'a>) {
        let fires = |tier: &(&'a Alert<'a>, BurnTier, Burn)| {
            let (alert, tier, burn) = *tier;
            let threshold = to_f64(burn.threshold.numerator()) / to_f64(burn.threshold.denominator());
            let (long, short) = (share(tier.long)?, share(burn.short)?);
            let mut labels = self.labels.clone();
            labels.extend(self.plan.series.window_label(tier.long).map(|text| (SLOTH_WINDOW, text)));
            (long > threshold && short > threshold).then_some((alert, labels, long))
        };
        let firing: Vec<_> = self.tiers.iter().filter_map(fires).collect();
        // Where rounding noise decides what a text says, nothing can be expected.
        if firing
            .iter()
            .all(|(alert, _, value)| alert.annotations.values().all(|text| text.is_steady(*value)))
        {
            draft.expect(self.last(), &self.tiers[0].0.name, firing);
        }
    }

    /// Expects every record of the SLO to be a number: the sum of all would be none either.
    fn expect_numbers(&self, draft: &mut Draft<'a>) {
        let all = || Expr::from(Selector::default().eq("slo_id", &self.plan.series.id)).sum(Grouping::All);
        draft.evaluate(self.last(), &all().binary(BinaryOp::NotEqual, all()), None);
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "thresholds are compared with shares that are a hundredth off"
)]
fn to_f64(term: i64) -> f64 {
    term as f64
}
