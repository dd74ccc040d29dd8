//! Events that stop coming: of one agent after the other, while the others go on.

use kpi_registry::registry::Registry;
use kpi_registry::series::slo::Recorded;
use kpi_registry::value::{Decimal, PromDuration};

use super::{Draft, kept_labels};
use crate::artifacts::prometheus::alerting::{Alert, Condition};
use crate::artifacts::prometheus::drive;
use crate::artifacts::prometheus::slo::Planned;
use crate::artifacts::prometheus::timeline::{
    Labels, MARGIN, Motion, STEP, Timeline, evaluation_after, evaluation_before, minus, sum,
};

/// Every alert on missing events of one SLO.
pub(super) fn walk<'a>(registry: &'a Registry, slo: &'a Planned<'a>, draft: &mut Draft<'a>) {
    let absent = slo.alerts.iter().filter_map(|alert| match &alert.condition {
        Condition::Unmeasured { agent, .. } => Some((alert, agent.as_deref())),
        _ => None,
    });
    let absent: Vec<(&Alert<'_>, Option<&str>)> = absent.collect();
    let longest = absent.iter().map(|(alert, _)| alert.hold).max().unwrap_or(PromDuration::ZERO);
    let round = sum([evaluation_after(longest), MARGIN, MARGIN, MARGIN, MARGIN, STEP]);
    let end = round.times(u64::try_from(absent.len()).unwrap_or(1));
    for (index, (alert, agent)) in absent.into_iter().enumerate() {
        let start = round.times(u64::try_from(index).unwrap_or(0));
        turn(registry, slo, alert, agent, (start, end), draft);
    }
}

/// There until its turn, then gone for long enough, then there again.
fn turn<'a>(
    registry: &'a Registry,
    slo: &'a Planned<'a>,
    alert: &'a Alert<'a>,
    agent: Option<&'a str>,
    (start, end): (PromDuration, PromDuration),
    draft: &mut Draft<'a>,
) {
    let plan = &slo.plan;
    let mut labels = kept_labels(registry, slo);
    labels.insert("slo_id", &plan.series.id);
    labels.extend(agent.map(|agent| ("agent", agent)));
    let mut timeline = Timeline::new(STEP, [drive::series(&plan.series.name(Recorded::Total), &labels)]);
    let there = [Motion::Stays(Decimal::ONE)];
    timeline.pass_until(sum([start, MARGIN, STEP]), &there);
    draft.expect(sum([start, MARGIN]), &alert.name, []);
    let gone = timeline.now();
    let pending = minus(evaluation_before(sum([gone, alert.hold])), MARGIN);
    if pending > gone {
        draft.expect(pending, &alert.name, []);
    }
    let fires = sum([evaluation_after(sum([gone, alert.hold])), MARGIN]);
    let matched = agent.map(|agent| ("agent", agent)).into_iter();
    let of_absence: Labels<'_> = matched.chain([("slo_id", plan.series.id.as_str())]).collect();
    draft.expect(fires, &alert.name, [(alert, of_absence, 1.0)]);
    timeline.pass_until(sum([fires, STEP]), &[]);
    let clear = sum([timeline.now(), MARGIN]);
    timeline.pass_until(end.max(sum([clear, STEP])), &there);
    draft.expect(clear, &alert.name, []);
    draft.add(timeline);
}
