//! Events: even from minute to minute, so that the share of the bad over any window follows from sums.

use kpi_registry::promql::{AggregateOp, BinaryOp, Expr, Function, Grouping};
use kpi_registry::value::{Decimal, PromDuration};

use super::series::motions;
use super::{Draft, Play, to_f64};
use crate::artifacts::prometheus::slo::sli::Goal;
use crate::artifacts::prometheus::timeline::{MARGIN, Motion, STEP, sum};
use kpi_registry::series::slo::Recorded;

/// Events of every KPI in a busy minute: so many that a small share of them is a whole number.
const BUSY: u32 = 10_000_000;
/// And in a quiet one.
const QUIET: u32 = 10_000;
/// What counters stand at when a test begins.
const FAR_ABOVE_ZERO: i64 = 1_000_000_000_000;
/// Beyond so many bad events, a guard against low traffic would be near the numbers of this test.
const MOST_GUARDED: u64 = 1000;

impl<'a> Play<'a> {
    /// Below the threshold, above it, recovered, a trickle of nothing but bad events, and nothing at all.
    pub(super) fn traffic(mut self, draft: &mut Draft<'a>) {
        let (tier, burn) = self.fastest;
        let parts = u32::try_from(self.plan.sli.parts.len()).unwrap_or(u32::MAX);
        let threshold = to_f64(burn.threshold.numerator()) / to_f64(burn.threshold.denominator());
        // All that is bad is so in the first KPI.
        let at = threshold * f64::from(BUSY) * f64::from(parts);
        let (below, above) = ((at * 0.99).floor(), (at * 1.01).ceil());
        let guard = self.plan.slo.slo.terms.low_traffic.map_or(0, |most| most.value);
        if above > f64::from(BUSY) || below * 10.0 < to_f64(10) || guard > MOST_GUARDED {
            return;
        }
        let long = sum([tier.long, MARGIN, MARGIN]);
        let short = sum([burn.short.max(self.plan.series.base), MARGIN, MARGIN]);
        // Near zero, Prometheus would extrapolate each counter down to zero, by another length of time each.
        self.timeline.pass(STEP, &[Motion::Stays(Decimal::new(FAR_ABOVE_ZERO, 0))]);
        self.count(STEP, 0.0, 0.0);
        self.phase(long, BUSY, below, draft);
        self.phase(long, BUSY, above, draft);
        self.phase(short, BUSY, 0.0, draft);
        self.phase(short, QUIET, f64::from(QUIET), draft);
        let (all, bad) = self.sums.last().copied().unwrap_or_default();
        draft.evaluate(self.last(), &self.is_about(bad / all), Some(1));
        self.phase(sum([short, MARGIN]), 0, 0.0, draft);
        let now = self.plan.record(Recorded::Ratio(burn.short));
        draft.evaluate(self.last(), &Expr::from(now), None);
        self.expect_numbers(draft);
        draft.add(self.timeline);
    }

    /// Events of which none was ever bad, so that there may be no series of it: the share is 0 all the same.
    pub(super) fn nothing_bad(mut self, draft: &mut Draft<'a>) {
        let parts = self.plan.sli.parts.iter();
        let good = parts.flat_map(|part| {
            let mut motions = motions(&part.goal, Decimal::from(QUIET), Decimal::ZERO);
            if let (Goal::Series(_), Some(bad)) = (&part.goal, motions.last_mut()) {
                *bad = Motion::Absent;
            }
            motions
        });
        let good: Vec<Motion> = good.collect();
        self.timeline.pass(sum([self.plan.series.base, MARGIN]), &good);
        draft.expect(self.last(), &self.tiers[0].0.name, []);
        let now = Expr::from(self.plan.record(Recorded::Ratio(self.plan.series.base)));
        let zero = now.binary(BinaryOp::Equal, Decimal::ZERO).aggregate(AggregateOp::Count, Grouping::All);
        draft.evaluate(self.last(), &zero, Some(1));
        draft.add(self.timeline);
    }

    /// So many events of every KPI a minute, and so many bad ones of the first; then looks at the alerts.
    fn phase(&mut self, time: PromDuration, events: u32, bad: f64, draft: &mut Draft<'a>) {
        let all = Decimal::from(events);
        let bad_events: Decimal = bad.to_string().parse().unwrap_or(Decimal::ZERO);
        let parts = self.plan.sli.parts.iter().enumerate();
        let motions: Vec<Motion> = parts
            .flat_map(|(index, part)| {
                motions(&part.goal, all, if index == 0 { bad_events } else { Decimal::ZERO })
            })
            .collect();
        self.timeline.pass(time, &motions);
        let parts = u32::try_from(self.plan.sli.parts.len()).unwrap_or(u32::MAX);
        self.count(time, f64::from(events) * f64::from(parts), bad);
        self.expect(|window| self.share(window), draft);
    }

    /// One series that is within a twentieth of a share over the period. Every event counts the same, so the trickle hardly
    /// does; only in the first and the last few minutes do events count less often.
    fn is_about(&self, share: f64) -> Expr {
        let share: Decimal = format!("{share:.3e}").parse().unwrap_or(Decimal::ONE);
        let over_period = self.plan.record(Recorded::Ratio(self.plan.series.setting.period));
        let off = Expr::from(over_period).divided_by(share).binary(BinaryOp::Subtract, Decimal::ONE);
        let near = Expr::call(Function::Abs, [off]).binary(BinaryOp::Less, Decimal::new(5, 2));
        near.aggregate(AggregateOp::Count, Grouping::All)
    }
}
