//! Time: a gauge at the end of its range, just outside of it, and back.

use kpi_registry::value::{Decimal, PromDuration};

use super::{Draft, Play};
use crate::artifacts::prometheus::slo::sli::Goal;
use crate::artifacts::prometheus::timeline::{MARGIN, Motion, STEP, minus, sum};

impl<'a> Play<'a> {
    /// Every KPI of the SLO moves alike, past each end of its range in turn.
    pub(super) fn time(mut self, draft: &mut Draft<'a>) {
        let (_, burn) = self.fastest;
        let time = sum([burn.short, MARGIN]);
        for side in [Side::High, Side::Low] {
            let ends = self.plan.sli.parts.iter().map(|part| end_and_beyond(&part.goal, side));
            let Some(ends) = ends.collect::<Option<Vec<_>>>() else { continue };
            let inside: Vec<Motion> = ends.iter().map(|(end, _)| Motion::Stays(*end)).collect();
            let outside: Vec<Motion> = ends.iter().map(|(_, beyond)| Motion::Stays(*beyond)).collect();
            for (motions, bad) in [(&inside, 0.0), (&outside, 1.0), (&inside, 0.0)] {
                self.timeline.pass(time, motions);
                self.count(time, 1.0, bad);
                self.expect(|window| self.share_of_time(window), draft);
            }
        }
        self.expect_numbers(draft);
        draft.add(self.timeline);
    }

    /// As [`share`](Self::share), but the first sample counts too. Whether one at the edge of a window does differs
    /// between versions of Prometheus; so a window holds everything, or only what one phase did.
    fn share_of_time(&self, window: PromDuration) -> Option<f64> {
        let (all, bad) = self.sums.last().copied()?;
        if window >= self.timeline.now() { Some(bad / all) } else { self.share(minus(window, STEP)) }
    }
}

/// The two ends of a range.
#[derive(Clone, Copy)]
enum Side {
    High,
    Low,
}

/// The end of a range, and one digit beyond it; `None` where it is open.
fn end_and_beyond(goal: &Goal, side: Side) -> Option<(Decimal, Decimal)> {
    let Goal::Outside { min, max } = goal else { return None };
    let end = match side {
        Side::High => *max,
        Side::Low => *min,
    }?;
    let step = Decimal::new(1, end.scale() + 1);
    let beyond = match side {
        Side::High => end.checked_add(step),
        Side::Low => end.checked_sub(step),
    };
    Some((end, beyond?))
}
