//! What an SLO counts: bad events, all events, and the share of the bad.

use kpi_registry::promql::{AggregateOp, BinaryOp, Expr, Function, Grouping, Matcher, Selector};
use kpi_registry::value::{Decimal, PromDuration};

/// The indicator of an SLO.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sli {
    /// One for each KPI, all of one kind.
    pub(super) parts: Vec<Part>,
    /// The labels that are kept.
    pub(super) labels: Vec<String>,
}

/// What one KPI adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// The name of the KPI, which tells it from the others of the SLO.
    pub(super) kpi: String,
    /// The exposed name.
    pub(super) metric: String,
    /// The conditions that its series have to meet.
    pub(super) within: Vec<Matcher>,
    /// What is bad.
    pub(super) goal: Goal,
}

/// What is bad of a metric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    /// Of a counter, the series that meet these conditions.
    Series(Vec<Matcher>),
    /// Of a histogram, what is above this bucket.
    AboveBucket(Decimal),
    /// Of a native histogram, what is above this value.
    Above(Decimal),
    /// Of a gauge, every moment outside this range.
    Outside {
        /// Lower end.
        min: Option<Decimal>,
        /// Upper end.
        max: Option<Decimal>,
    },
}

/// The label that tells the KPIs of one SLO apart while they are added up; no registry can have it.
const OF_KPI: &str = "__kpi";

/// How events become a number.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Count {
    /// Per second.
    Rate,
    /// In the window.
    Increase,
    /// Since the counters began.
    Total,
}

impl Sli {
    /// Whether it counts moments at which a value is bad, and not events.
    pub(super) fn is_time(&self) -> bool {
        self.parts.iter().any(|part| matches!(part.goal, Goal::Outside { .. }))
    }

    /// Bad events per second over a window; of gauges, how many series are bad now. Has a value wherever
    /// [`total`](Self::total) has one.
    pub(super) fn bad(&self, window: PromDuration) -> Expr {
        self.whole(|part| part.bad(self.grouping(), window, Count::Rate))
    }

    /// All events per second over a window; of gauges, how many series there are now.
    pub(super) fn total(&self, window: PromDuration) -> Expr {
        self.whole(|part| part.total(self.grouping(), window, Count::Rate))
    }

    /// Bad events in a window.
    pub(super) fn bad_increase(&self, window: PromDuration) -> Expr {
        self.whole(|part| part.bad(self.grouping(), window, Count::Increase))
    }

    /// Whether bad and all events are numbers that only grow. Of a native histogram only rates tell what is bad.
    pub(super) fn is_counted(&self) -> bool {
        self.parts.iter().all(|part| matches!(part.goal, Goal::Series(_) | Goal::AboveBucket(_)))
    }

    /// Bad events so far; where they are not [counted](Self::is_counted), those of now.
    pub(super) fn bad_so_far(&self, window: PromDuration) -> Expr {
        self.whole(|part| part.bad(self.grouping(), window, self.so_far()))
    }

    /// All events so far; where they are not [counted](Self::is_counted), those of now.
    pub(super) fn total_so_far(&self, window: PromDuration) -> Expr {
        self.whole(|part| part.total(self.grouping(), window, self.so_far()))
    }

    fn so_far(&self) -> Count {
        if self.is_counted() { Count::Total } else { Count::Rate }
    }

    /// The share of bad events over a window, from 0 to 1. No value without events.
    pub(super) fn ratio(&self, window: PromDuration) -> Expr {
        match self.parts.as_slice() {
            [part @ Part { goal: Goal::Above(limit), .. }] => {
                let histogram = || rate(part.select(""), window, Count::Rate).sum(self.grouping());
                let good = fraction(*limit, histogram());
                let is_busy = Expr::call(Function::HistogramCount, [histogram()]).above_zero();
                Expr::from(Decimal::ONE).binary(BinaryOp::Subtract, good).binary(BinaryOp::And, is_busy)
            }
            _ => self.bad(window).divided_by(self.total(window).above_zero()),
        }
    }

    fn grouping(&self) -> Grouping {
        if self.labels.is_empty() { Grouping::All } else { Grouping::by(self.labels.iter().cloned()) }
    }

    /// The sum over all KPIs. Each gets a label of its own first: `or` would take series of the same labels for one.
    fn whole(&self, of_part: impl Fn(&Part) -> Expr) -> Expr {
        let [first, others @ ..] = self.parts.as_slice() else {
            return Expr::call(Function::Vector, [Decimal::ZERO.into()]);
        };
        if others.is_empty() {
            return of_part(first);
        }
        let marked = |part: &Part| {
            let text = |text: &str| Expr::Text(text.to_owned());
            Expr::call(
                Function::LabelReplace,
                [of_part(part), text(OF_KPI), text(&part.kpi), text(""), text("")],
            )
        };
        let all = others.iter().fold(marked(first), |all, part| all.binary(BinaryOp::Or, marked(part)));
        all.sum(self.grouping())
    }
}

impl Part {
    fn total(&self, grouping: Grouping, window: PromDuration, count: Count) -> Expr {
        let select = |suffix: &str| self.select(suffix);
        match &self.goal {
            Goal::Series(_) => rate(select(""), window, count).sum(grouping),
            Goal::AboveBucket(_) => rate(select("_count"), window, count).sum(grouping),
            Goal::Above(_) => {
                Expr::call(Function::HistogramCount, [rate(select(""), window, count).sum(grouping)])
            }
            Goal::Outside { .. } => Expr::from(select("")).aggregate(AggregateOp::Count, grouping),
        }
    }

    fn bad(&self, grouping: Grouping, window: PromDuration, count: Count) -> Expr {
        let total = || self.total(grouping.clone(), window, count);
        let none = || Expr::from(Decimal::ZERO).times(total());
        match &self.goal {
            Goal::Series(bad) => {
                let selector = bad.iter().cloned().fold(self.select(""), Selector::matching);
                // Where nothing bad has happened yet there may be no series of it.
                rate(selector, window, count).sum(grouping.clone()).binary(BinaryOp::Or, none())
            }
            Goal::AboveBucket(bound) => {
                let bucket = self.select("_bucket").matching(Matcher::bucket(*bound));
                total().binary(BinaryOp::Subtract, rate(bucket, window, count).sum(grouping.clone()))
            }
            Goal::Above(limit) => {
                let histogram = rate(self.select(""), window, count).sum(grouping.clone());
                let share = Expr::from(Decimal::ONE).binary(BinaryOp::Subtract, fraction(*limit, histogram));
                // The fraction of nothing is no number.
                total().above_zero().times(share).binary(BinaryOp::Or, none())
            }
            Goal::Outside { min, max } => {
                let below = min.map(|min| self.now().compare_bool(BinaryOp::Less, min));
                let above = max.map(|max| self.now().compare_bool(BinaryOp::Greater, max));
                let outside = match (below, above) {
                    (Some(below), Some(above)) => below.binary(BinaryOp::Add, above),
                    (Some(one), None) | (None, Some(one)) => one,
                    (None, None) => none(),
                };
                outside.sum(grouping)
            }
        }
    }

    fn now(&self) -> Expr {
        self.select("").into()
    }

    /// Its series, with a suffix of the metric's name.
    fn select(&self, suffix: &str) -> Selector {
        let selector = Selector::new([&self.metric, suffix].concat());
        self.within.iter().cloned().fold(selector, Selector::matching)
    }
}

fn rate(selector: Selector, window: PromDuration, count: Count) -> Expr {
    match count {
        Count::Rate => selector.over(window).rate(),
        Count::Increase => selector.over(window).increase(),
        Count::Total => selector.into(),
    }
}

/// The share of observations up to a value.
fn fraction(limit: Decimal, histogram: Expr) -> Expr {
    Expr::call(Function::HistogramFraction, [Decimal::ZERO.into(), limit.into(), histogram])
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: PromDuration = PromDuration::from_minutes(60);

    fn sli(goals: impl IntoIterator<Item = Goal>) -> Sli {
        let part = |(index, goal)| Part {
            kpi: format!("kpi_{index}"),
            metric: format!("m{index}"),
            within: Vec::new(),
            goal,
        };
        Sli { parts: goals.into_iter().enumerate().map(part).collect(), labels: vec!["agent".into()] }
    }

    #[test]
    fn of_a_counter() {
        let sli = sli([Goal::Series(vec![Matcher::any_of("status", ["failed"])])]);
        assert_eq!(
            sli.ratio(HOUR).to_string(),
            "(sum by (agent) (rate(m0{status=\"failed\"}[1h])) or 0 * sum by (agent) (rate(m0[1h]))) \
             / (sum by (agent) (rate(m0[1h])) > 0)"
        );
    }

    #[test]
    fn of_a_histogram() {
        let sli = sli([Goal::AboveBucket(Decimal::ONE)]);
        assert_eq!(
            sli.ratio(HOUR).to_string(),
            "(sum by (agent) (rate(m0_count[1h])) - sum by (agent) (rate(m0_bucket{le=~\"1([.]0)?\"}[1h]))) \
             / (sum by (agent) (rate(m0_count[1h])) > 0)"
        );
    }

    #[test]
    fn so_far_and_of_one_agent() {
        let mut sli = sli([Goal::Series(vec![Matcher::eq("status", "failed")])]);
        sli.labels.clear();
        sli.parts[0].within.push(Matcher::eq("agent", "a"));
        assert_eq!(
            sli.bad_so_far(HOUR).to_string(),
            "sum(m0{agent=\"a\", status=\"failed\"}) or 0 * sum(m0{agent=\"a\"})"
        );
        assert_eq!(sli.total_so_far(HOUR).to_string(), "sum(m0{agent=\"a\"})");
    }

    #[test]
    fn of_a_native_histogram() {
        let sli = sli([Goal::Above("0.25".parse().unwrap())]);
        let histogram = "sum by (agent) (rate(m0[1h]))";
        assert_eq!(
            sli.ratio(HOUR).to_string(),
            format!("1 - histogram_fraction(0, 0.25, {histogram}) and histogram_count({histogram}) > 0")
        );
        assert_eq!(
            sli.bad(HOUR).to_string(),
            format!(
                "(histogram_count({histogram}) > 0) * (1 - histogram_fraction(0, 0.25, {histogram})) \
                 or 0 * histogram_count({histogram})"
            )
        );
    }

    #[test]
    fn of_a_gauge() {
        let end = |text: &str| Some(text.parse().unwrap());
        let bad = |min, max| sli([Goal::Outside { min, max }]).bad(HOUR).to_string();
        assert_eq!(bad(None, end("0.9")), "sum by (agent) (m0 > bool 0.9)");
        assert_eq!(bad(end("30"), end("100")), "sum by (agent) ((m0 < bool 30) + (m0 > bool 100))");
        assert_eq!(
            sli([Goal::Outside { min: None, max: None }]).total(HOUR).to_string(),
            "count by (agent) (m0)"
        );
    }

    #[test]
    fn of_several_kpis() {
        let goal = || Goal::Series(vec![Matcher::eq("status", "failed")]);
        assert_eq!(
            sli([goal(), goal()]).total(HOUR).to_string(),
            "sum by (agent) (label_replace(sum by (agent) (rate(m0[1h])), \"__kpi\", \"kpi_0\", \"\", \"\") \
             or label_replace(sum by (agent) (rate(m1[1h])), \"__kpi\", \"kpi_1\", \"\", \"\"))"
        );
    }
}
