//! What queries measure, in terms of the registry's KPIs.

use kpi_registry::diagnostic::{Diagnostic, codes};
use kpi_registry::entity::{AgentId, Kind, KpiId};
use kpi_registry::promql::{BinaryOp, Dialect, Expr, Matcher};
use kpi_registry::value::{Decimal, PromDuration};

use super::condition::{self, Values};
use super::count::{Count, Series, Unread, counts, series};
use super::indicator::Indicator;
use super::latency;
use super::objective::{Bound, included};
use super::query::Query;
use super::{Cx, metric};

/// What an SLO measures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Measure {
    pub(super) kpis: Vec<KpiId>,
    pub(super) scope: Scope,
    /// Labels that are kept apart.
    pub(super) by: Vec<String>,
    pub(super) goal: Goal,
}

/// Whose events are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Those of all agents together.
    All,
    /// Those of each by itself.
    Each,
    /// Those of one.
    Agent(AgentId),
}

/// What is bad.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    /// Series with these values.
    Bad(Values),
    /// What takes longer.
    Latency(PromDuration),
    /// What lies outside.
    InRange { min: Option<Decimal>, max: Option<Decimal> },
}

/// What an indicator measures; `None` when no SLO can, which is reported.
pub(super) fn measure(indicator: &Indicator, bound: Option<Bound>, cx: &mut Cx<'_>) -> Option<Measure> {
    match indicator {
        Indicator::Threshold(query) => of_threshold(query, bound?, cx),
        Indicator::Ratio { is_good, events, total } => {
            let (part, all) = (read(events, cx), read(total, cx));
            let (part, mut all) = (part?, all?);
            let mut are_known = true;
            for (counts, query) in [(&part, events), (&all, total)] {
                for count in counts {
                    are_known &= metric::kpi(of(count), query, cx).is_some();
                }
            }
            if !are_known {
                return None;
            }
            let mut whole: Option<Measure> = None;
            for one in part {
                let Some(at) = all.iter().position(|all| metric::family(of(all)) == metric::family(of(&one)))
                else {
                    return misfit(events, of(&one), "the total does not count this metric", cx);
                };
                let pair = Pair { part: one, all: all.swap_remove(at), is_good: *is_good, events, total };
                let next = pair.measure(cx)?;
                whole = Some(match whole {
                    None => next,
                    Some(whole) => whole.with(next).or_else(|| {
                        misfit(
                            events,
                            "",
                            "of its metrics different things are bad or kept apart, or one is there twice",
                            cx,
                        )
                    })?,
                });
            }
            if let Some(rest) = all.first() {
                return misfit(total, of(rest), "only the total counts this metric", cx);
            }
            whole
        }
    }
}

impl Measure {
    /// The two together, if they differ in their KPIs and in nothing else.
    fn with(mut self, other: Self) -> Option<Self> {
        let Self { kpis, scope, by, goal } = other;
        let is_double = kpis.iter().any(|kpi| self.kpis.contains(kpi));
        if is_double || (scope, &by, &goal) != (self.scope, &self.by, &self.goal) {
            return None;
        }
        self.kpis.extend(kpis);
        Some(self)
    }
}

fn read(query: &Query, cx: &mut Cx<'_>) -> Option<Vec<Count>> {
    match counts(&query.expr) {
        Ok(counts) => Some(counts.into_iter().map(metric::whole).collect()),
        Err(Unread { part, why }) => {
            let shown = if part.is_empty() { "this query".to_owned() } else { format!("`{part}`") };
            misfit(query, &part, &format!("{shown} {why}"), cx)
        }
    }
}

/// The metric of a count.
fn of(count: &Count) -> &str {
    match count {
        Count::Events(series)
        | Count::Difference(series, _)
        | Count::Observations(series)
        | Count::Beyond { series, .. }
        | Count::Moments(series)
        | Count::Passing { series, .. } => &series.metric,
    }
}

/// The finding that a query counts what no SLO does.
pub(super) fn misfit<T>(query: &Query, part: &str, message: &str, cx: &mut Cx<'_>) -> Option<T> {
    let at = query.place(cx.sources, part);
    let help = "write it as one of those that `kpi explain KPI1114` shows, or make a derived KPI of it and promise its \
                range";
    cx.out.push(Diagnostic::error(codes::OPENSLO_SHAPE, at, message).help(help));
    None
}

/// Some of the events of one KPI, and all of them.
struct Pair<'q> {
    part: Count,
    all: Count,
    is_good: bool,
    events: &'q Query,
    total: &'q Query,
}

impl Pair<'_> {
    fn measure(self, cx: &mut Cx<'_>) -> Option<Measure> {
        let Self { part, all, is_good, events, total } = self;
        let (base, goal) = match (part, all) {
            (Count::Events(part), Count::Events(all)) => {
                (all.clone(), of_events(&part, &all, is_good, events, cx)?)
            }
            (Count::Difference(whole, rest), Count::Events(all)) if whole == all => {
                (all.clone(), of_events(&rest, &all, !is_good, events, cx)?)
            }
            (Count::Beyond { series, limit, is_above }, Count::Observations(all)) if series == all => {
                if is_above == is_good {
                    return misfit(events, &series.metric, "good is what stays below the bound", cx);
                }
                let kpi = metric::kpi(&series.metric, events, cx)?;
                (all, Goal::Latency(latency::of_native(limit, kpi, events, cx)?))
            }
            (Count::Passing { series, tests, needs_all }, Count::Moments(all)) if series == all => {
                if needs_all != is_good && tests.len() > 1 {
                    let message = "good is what is within the range, and bad what is beyond one of its ends";
                    return misfit(events, &series.metric, message, cx);
                }
                let kpi = metric::kpi(&series.metric, events, cx)?;
                metric::gauge(kpi, events, cx)?;
                (all, range(&tests, is_good, events, cx)?)
            }
            (part, _) => {
                return misfit(events, of(&part), "this is no part of what the total counts", cx);
            }
        };
        let kpi = metric::kpi(&base.metric, total, cx)?;
        let keeps_agents = base.by.iter().any(|label| label == "agent" || label == "job");
        let otherwise = if keeps_agents { Scope::Each } else { Scope::All };
        let scope = condition::scope(&base.matchers, otherwise, kpi, total, cx)?;
        let by = condition::kept_apart(&base.by, kpi, total, cx)?;
        Some(Measure { kpis: vec![kpi], scope, by, goal })
    }
}

/// What is bad of a counter or a histogram.
fn of_events(part: &Series, all: &Series, is_good: bool, query: &Query, cx: &mut Cx<'_>) -> Option<Goal> {
    let kpi = metric::kpi(&part.metric, query, cx)?;
    if part.by != all.by {
        return misfit(query, "by", "the total keeps other labels apart", cx);
    }
    let kind = &cx.registry.kpi(kpi).kind.value;
    let is_extra = |matcher: &&Matcher| !all.matchers.contains(matcher) && matcher.label != "le";
    let extra: Vec<&Matcher> = part.matchers.iter().filter(is_extra).collect();
    let lacks = all.matchers.iter().any(|matcher| !part.matchers.contains(matcher));
    if lacks {
        return misfit(query, &part.metric, "this is no part of what the total counts", cx);
    }
    match kind {
        Kind::Counter if part.metric == all.metric => {
            if extra.is_empty() {
                return misfit(query, &part.metric, "this is all of what the total counts", cx);
            }
            Some(Goal::Bad(condition::bad_values(&extra, is_good, kpi, query, cx)?))
        }
        Kind::Histogram(_) if part.metric.ends_with("_bucket") && all.metric.ends_with("_count") => {
            if let Some(other) = extra.first() {
                let message = "a latency is told by its bucket alone, and this is a condition more";
                return misfit(query, &other.label, message, cx);
            }
            if !is_good {
                let message = "a bucket has the good events; the bad ones are the total without it";
                return misfit(query, &part.metric, message, cx);
            }
            Some(Goal::Latency(latency::of_bucket(part, kpi, query, cx)?))
        }
        _ => {
            let of = cx.registry.kpi(kpi);
            let message =
                format!("`{}` is of type `{}`, and counts no such events", of.name, of.kind.name().as_str());
            misfit(query, &part.metric, &message, cx)
        }
    }
}

/// The range that tests leave.
fn range(tests: &[(BinaryOp, Decimal)], is_good: bool, query: &Query, cx: &mut Cx<'_>) -> Option<Goal> {
    let (mut min, mut max) = (None, None);
    for (op, bound) in tests {
        let is_below = matches!(op, BinaryOp::Less | BinaryOp::LessOrEqual);
        let includes = matches!(op, BinaryOp::LessOrEqual | BinaryOp::GreaterOrEqual);
        // A range has its ends, so what is good includes them and what is bad does not.
        if includes != is_good {
            cx.out.push(included(query.place(cx.sources, op.as_str()), *bound));
        }
        let end = if is_below == is_good { &mut max } else { &mut min };
        if end.replace(*bound).is_some() {
            return misfit(query, op.as_str(), "two tests bound the same end of the range", cx);
        }
    }
    Some(Goal::InRange { min, max })
}

/// A gauge, or what a derived KPI is computed by.
fn of_threshold(query: &Query, bound: Bound, cx: &mut Cx<'_>) -> Option<Measure> {
    let value = Some(bound.value.value);
    let (min, max) = if bound.is_upper { (None, value) } else { (value, None) };
    let goal = Goal::InRange { min, max };
    let of = |kpi, scope| Some(Measure { kpis: vec![kpi], scope, by: Vec::new(), goal });
    let dialect = Dialect::rules(cx.registry.prometheus.version.value);
    let is_derived = |kind: &Kind| match kind {
        Kind::Derived(text) => Expr::parse(text, dialect).is_ok_and(|expr| expr == query.expr),
        _ => false,
    };
    if let Some((kpi, _)) = cx.registry.kpis().find(|(_, kpi)| is_derived(&kpi.kind.value)) {
        return of(kpi, Scope::Each);
    }
    let Expr::Selector(selector) = &query.expr else {
        // A metric that nobody has is the nearer mistake.
        for selector in query.expr.selectors().filter_map(|selector| selector.metric_name()) {
            metric::kpi(selector, query, cx)?;
        }
        let message = "a threshold is compared with a gauge as it is, and this is computed from it";
        let finding = Diagnostic::error(codes::OPENSLO_SHAPE, query.span(), message);
        cx.out.push(finding.help("make a derived KPI with this query as its `expr`, and import again"));
        return None;
    };
    let series = match series(selector) {
        Ok(series) => series,
        Err(Unread { part, why }) => return misfit(query, &part, &format!("`{part}` {why}"), cx),
    };
    let kpi = metric::kpi(&series.metric, query, cx)?;
    metric::gauge(kpi, query, cx)?;
    let scope = condition::scope(&series.matchers, Scope::Each, kpi, query, cx)?;
    of(kpi, scope)
}
