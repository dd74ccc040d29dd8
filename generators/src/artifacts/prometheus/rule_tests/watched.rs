//! Tests of alerts on metrics of others.

use super::Draft;
use crate::artifacts::prometheus::alerting::Alert;
use crate::artifacts::prometheus::alerting::infra::Watch;
use crate::artifacts::prometheus::timeline::{
    Labels, MARGIN, STEP, Timeline, evaluation_after, evaluation_before, minus, sum,
};

/// Silent as long as it is fine, firing when it was bad for long enough and not before, then silent again, and silent
/// without data.
pub(super) fn walk<'a>(alert: &'a Alert<'a>, watch: &'a Watch, draft: &mut Draft<'a>) {
    let mut timeline = Timeline::new(STEP, watch.series.iter().cloned());
    let settled = sum([watch.window, alert.hold, MARGIN, STEP]);
    // One after the other, so that each is tested by its own series alone.
    timeline.pass_until(draft.turn, watch.fine.first().map_or(&[], |(_, motions)| motions));
    for (time, motions) in &watch.fine {
        timeline.pass(if time.is_zero() { settled } else { *time }, motions);
        draft.expect(evaluation_before(minus(timeline.now(), STEP)), alert, None);
    }
    let start = timeline.now();
    let pending = minus(evaluation_before(sum([start, alert.hold])), MARGIN);
    if pending > start {
        draft.expect(pending, alert, None);
    }
    let fires = sum([evaluation_after(sum([start, watch.window, alert.hold])), MARGIN]);
    timeline.pass_until(sum([fires, STEP]), &watch.bad);
    let (labels, value) = &watch.fires;
    let labels: Labels<'_> = labels.iter().map(|(name, value)| (*name, value.as_str())).collect();
    draft.expect(fires, alert, Some((labels, *value)));
    for motions in [watch.fine.last().map_or(&[][..], |(_, motions)| motions), &[]] {
        timeline.pass(settled, motions);
        draft.expect(evaluation_before(minus(timeline.now(), STEP)), alert, None);
    }
    draft.turn = timeline.now();
    draft.add(timeline);
}
