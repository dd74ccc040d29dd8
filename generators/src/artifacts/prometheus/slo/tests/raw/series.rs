//! The raw series behind an SLO, and how they move.

use kpi_registry::entity::{Kind, SloGoal};
use kpi_registry::registry::Registry;
use kpi_registry::value::Decimal;

use crate::artifacts::prometheus::drive::Source;
use crate::artifacts::prometheus::slo::SloPlan;
use crate::artifacts::prometheus::slo::sli::{Goal, Part};
use crate::artifacts::prometheus::timeline::Motion;

/// The series of every KPI of an SLO, in the order of [`motions`]; `None` where promtool can't write them.
pub(super) fn of(registry: &Registry, plan: &SloPlan<'_>) -> Option<Vec<String>> {
    let mut all = Vec::new();
    for (part, kpi) in plan.sli.parts.iter().zip(&plan.slo.kpis) {
        let emitting = registry.agents_of(*kpi);
        let agent = plan.agents.iter().find(|agent| emitting.contains(agent)).copied();
        let source = Source::new(registry, *kpi, agent);
        all.extend(match (&part.goal, &registry.kpi(*kpi).kind.value) {
            (Goal::Series(_), _) => good_and_bad(registry, plan, part, &source)?,
            (Goal::AboveBucket(bound), Kind::Histogram(buckets)) => {
                let bounds: Vec<Decimal> = buckets.bounds.iter().map(|bound| bound.value).collect();
                around_bucket(part, &source, &bounds, *bound)?
            }
            (Goal::Outside { .. }, _) => vec![source.named(&part.metric)],
            (Goal::Above(_) | Goal::AboveBucket(_), _) => return None,
        });
    }
    Some(all)
}

/// How the series of one KPI grow for so many events, some of them bad.
pub(super) fn motions(goal: &Goal, all: Decimal, bad: Decimal) -> Vec<Motion> {
    let good = all.checked_sub(bad).unwrap_or(Decimal::ZERO);
    match goal {
        Goal::Series(_) => vec![Motion::Grows(good), Motion::Grows(bad)],
        // Everything is at the threshold or above the bucket after it, so each other bucket would tell another story.
        Goal::AboveBucket(_) => {
            vec![Motion::Grows(all), Motion::Grows(Decimal::ZERO), Motion::Grows(good), Motion::Grows(all)]
        }
        Goal::Above(_) | Goal::Outside { .. } => Vec::new(),
    }
}

/// A good and a bad series of a counter.
fn good_and_bad(
    registry: &Registry,
    plan: &SloPlan<'_>,
    part: &Part,
    source: &Source<'_>,
) -> Option<Vec<String>> {
    let SloGoal::Bad(bad) = &plan.slo.slo.goal else { return None };
    let labels = bad.iter().map(|(label, values)| (registry.label(label.value), values));
    let first_bad =
        labels.clone().filter_map(|(label, values)| Some((label.name.as_str(), values.first()?.as_str())));
    // One good value is enough to be good; of an open label, any other is.
    let good = labels.clone().find_map(|(label, bad)| {
        let is_good = |value: &&str| !bad.iter().any(|bad| bad.value == **value);
        let mut values = label.values.closed().into_iter().flatten().map(|value| value.as_str());
        let value = if label.values.closed().is_some() { values.find(is_good)? } else { "good" };
        Some((label.name.as_str(), value))
    });
    Some(vec![source.with_all(&part.metric, good), source.with_all(&part.metric, first_bad)])
}

/// The count of a histogram, the bucket below the threshold's, that one, and the one above.
fn around_bucket(
    part: &Part,
    source: &Source<'_>,
    bounds: &[Decimal],
    bound: Decimal,
) -> Option<Vec<String>> {
    let at = bounds.iter().position(|known| *known == bound)?;
    let name = [&part.metric, "_bucket"].concat();
    let bucket = |bound: &str| source.with_all(&name, [("le", bound)]);
    let text = |at: usize| bounds.get(at).map_or_else(|| "+Inf".to_owned(), ToString::to_string);
    // Below the first bucket there is the empty one of 0.
    let below = at.checked_sub(1).map_or_else(|| "0".to_owned(), text);
    let count = source.named(&[&part.metric, "_count"].concat());
    Some(vec![count, bucket(&below), bucket(&text(at)), bucket(&text(at + 1))])
}
