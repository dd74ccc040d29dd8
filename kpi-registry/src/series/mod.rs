//! How the series of a KPI are read: windows, labels, expressions, and the names of what is recorded.

pub mod slo;

use std::fmt::Write as _;

use crate::entity::{AgentKpi, Aggregation, KindName, Kpi, KpiId, Recipe, Spread, Watched, default_window};
use crate::promql::{AggregateOp, BinaryOp, Expr, Function, Grouping, Matcher, Selector};
use crate::registry::Registry;
use crate::value::{Decimal, PromDuration};

/// One way to read a KPI: an aggregation of its series, with labels and window settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The exposed name.
    pub metric: String,
    /// How it is computed.
    pub recipe: Recipe,
    /// The window it looks back over, where the recipe has one.
    pub window: PromDuration,
    /// The labels that are left, in order.
    pub labels: Vec<String>,
}

/// The window that smooths a gauge in an alert: 4 scrapes, so that one that fails changes nothing.
pub fn smoothing(scrape_interval: PromDuration) -> PromDuration {
    scrape_interval.times(4)
}

/// The labels that targets carry and every aggregation keeps: `agent`, and `environment` when one Prometheus scrapes
/// several environments.
pub fn target_labels(registry: &Registry) -> Vec<&'static str> {
    let several = registry.targets.environment.is_none()
        && registry.agents.iter().any(|agent| !agent.environment_targets.is_empty());
    let mut labels = vec!["agent"];
    if several {
        labels.push("environment");
    }
    labels
}

/// The section of KPIs that more than one agent may emit; no agent can have this name.
pub const SHARED: &str = "all-agents";

/// The section that the rules of a KPI belong to: its only agent, or the shared one.
pub fn section_of<'a>(registry: &'a Registry, kpi: &Kpi) -> &'a str {
    match kpi.agents.as_slice() {
        [only] => &registry.agent(only.value).name,
        _ => SHARED,
    }
}

impl Reading {
    /// The reading that an aggregation of a KPI asks for; `None` for one that the checks refuse.
    pub fn of_aggregation(registry: &Registry, id: KpiId, aggregation: &Aggregation) -> Option<Self> {
        let kpi = registry.kpi(id);
        let recipe = aggregation.recipe(kpi.kind.name(), &kpi.unit).ok()?;
        Some(Self::new(registry, id, recipe, Some(aggregation)))
    }

    /// What the thresholds of a KPI are compared with, unless it is each series itself.
    pub fn watched(registry: &Registry, id: KpiId) -> Option<Self> {
        match registry.kpi(id).watched() {
            Ok(Watched::Aggregate { recipe, aggregation }) => {
                Some(Self::new(registry, id, recipe, aggregation))
            }
            Ok(Watched::Series) | Err(_) => None,
        }
    }

    /// What the thresholds of a KPI are compared with, where that is recorded first: of a native histogram, because no
    /// test of rules can write the samples of one, and an alert without a test is a guess.
    pub fn watched_record(registry: &Registry, id: KpiId) -> Option<Self> {
        let reading = Self::watched(registry, id).filter(Self::is_recorded)?;
        let mut views = registry.agents.iter().flat_map(|agent| &agent.kpis);
        let is_asked = |view: &AgentKpi| view.kpi.value == id && !view.thresholds.is_empty();
        let has_thresholds = !registry.kpi(id).thresholds.is_empty() || views.any(is_asked);
        has_thresholds.then_some(reading)
    }

    /// Whether alerts watch a record of it instead of computing it themselves.
    pub const fn is_recorded(&self) -> bool {
        matches!(self.recipe, Recipe::NativeQuantile(_) | Recipe::NativeMean)
    }

    fn new(registry: &Registry, id: KpiId, recipe: Recipe, aggregation: Option<&Aggregation>) -> Self {
        let kpi = registry.kpi(id);
        let asked = aggregation.and_then(|aggregation| aggregation.window.as_ref());
        let window =
            asked.map_or_else(|| default_window(registry.scrape_interval(id)), |window| window.value);
        let labels = labels(registry, kpi, recipe, aggregation);
        Self { metric: kpi.metric.value.clone(), recipe, window, labels }
    }

    /// The expression, over the series that meet these conditions.
    pub fn expr(&self, conditions: &[Matcher]) -> Expr {
        let select = |suffix: &str| {
            let selector = Selector::new(format!("{}{suffix}", self.metric));
            conditions.iter().cloned().fold(selector, Selector::matching)
        };
        let over = |suffix: &str| select(suffix).over(self.window);
        let now = || Expr::from(select(""));
        let kept = || Grouping::by(self.labels.iter().cloned());
        let sum = |expr: Expr| expr.sum(kept());
        let histogram = || sum(over("").rate());
        match self.recipe {
            Recipe::Rate => sum(over("").rate()),
            Recipe::Increase => sum(over("").increase()),
            Recipe::SpreadOfRates(spread) => over("").rate().aggregate(across(spread), kept()),
            Recipe::Sum => sum(now()),
            Recipe::SumOfMeans => sum(over("").apply(Function::AvgOverTime)),
            Recipe::CountSeries => now().aggregate(AggregateOp::Count, kept()),
            Recipe::SpreadNow(spread) => now().aggregate(across(spread), kept()),
            Recipe::SpreadOverTime(Spread::Mean) => {
                let samples = sum(over("").apply(Function::CountOverTime));
                sum(over("").apply(Function::SumOverTime)).divided_by(samples)
            }
            Recipe::SpreadOverTime(Spread::Min) => {
                over("").apply(Function::MinOverTime).aggregate(AggregateOp::Min, kept())
            }
            Recipe::SpreadOverTime(Spread::Max) => {
                over("").apply(Function::MaxOverTime).aggregate(AggregateOp::Max, kept())
            }
            Recipe::Last => over("").apply(Function::LastOverTime),
            Recipe::Delta => over("").apply(Function::Delta),
            Recipe::Trend => over("").apply(Function::Deriv),
            Recipe::QuantileOverTime(q) => {
                Expr::call(Function::QuantileOverTime, [q.into(), over("").into()])
            }
            Recipe::QuantileAcross(q) => now().aggregate_with(AggregateOp::Quantile, q.into(), kept()),
            Recipe::BucketQuantile(q) => {
                let buckets = Grouping::by(self.labels.iter().cloned().chain(["le".to_owned()]));
                over("_bucket").rate().sum(buckets).histogram_quantile(q)
            }
            Recipe::BucketMean => {
                sum(over("_sum").rate()).divided_by(sum(over("_count").rate()).above_zero())
            }
            Recipe::BucketRate => sum(over("_count").rate()),
            Recipe::BucketIncrease => sum(over("_count").increase()),
            Recipe::BucketFraction(limit) => {
                let bucket = select("_bucket").matching(Matcher::bucket(limit)).over(self.window);
                sum(bucket.rate()).divided_by(sum(over("_count").rate()).above_zero())
            }
            Recipe::NativeQuantile(q) => histogram().histogram_quantile(q),
            Recipe::NativeMean => {
                let count = Expr::call(Function::HistogramCount, [histogram()]).above_zero();
                Expr::call(Function::HistogramSum, [histogram()]).divided_by(count)
            }
            Recipe::NativeRate => Expr::call(Function::HistogramCount, [histogram()]),
            Recipe::NativeIncrease => Expr::call(Function::HistogramCount, [sum(over("").increase())]),
            Recipe::NativeFraction(limit) => {
                let count = Expr::call(Function::HistogramCount, [histogram()]).above_zero();
                let arguments = [Decimal::ZERO.into(), limit.into(), histogram()];
                Expr::call(Function::HistogramFraction, arguments).binary(BinaryOp::And, count)
            }
        }
    }

    /// The name it is recorded under, `level:metric:operations`: the labels that are left, the metric, and what was
    /// done to it, the last operation first.
    pub fn record_name(&self) -> String {
        let counts = matches!(
            self.recipe,
            Recipe::BucketRate | Recipe::BucketIncrease | Recipe::NativeRate | Recipe::NativeIncrease
        );
        let rated = matches!(self.recipe, Recipe::Rate | Recipe::Increase | Recipe::SpreadOfRates(_));
        let total = if rated { self.metric.strip_suffix("_total") } else { None };
        let mut name = self.labels.join("_");
        name.push(':');
        name.push_str(total.unwrap_or(&self.metric));
        if counts {
            name.push_str("_count");
        }
        name.push(':');
        name.push_str(&self.operations());
        if self.recipe.has_window() {
            // Writing to a String can't fail.
            let _ = write!(name, "{}", self.window);
        }
        name
    }

    fn operations(&self) -> String {
        match self.recipe {
            Recipe::Rate | Recipe::BucketRate | Recipe::NativeRate => "rate".into(),
            Recipe::Increase | Recipe::BucketIncrease | Recipe::NativeIncrease => "increase".into(),
            Recipe::SpreadOfRates(spread) => format!("{}_rate", across(spread).as_str()),
            Recipe::Sum => "sum".into(),
            Recipe::SumOfMeans => "sum_avg".into(),
            Recipe::CountSeries => "count".into(),
            Recipe::SpreadNow(spread) | Recipe::SpreadOverTime(spread) => across(spread).as_str().into(),
            Recipe::Last => "last".into(),
            Recipe::Delta => "delta".into(),
            Recipe::Trend => "deriv".into(),
            Recipe::BucketFraction(limit) | Recipe::NativeFraction(limit) => {
                format!("le{}_rate", limit.to_string().replace('.', "_").replace('-', "minus"))
            }
            Recipe::QuantileOverTime(q) => format!("p{}_", percent(q)),
            Recipe::QuantileAcross(q) => format!("p{}", percent(q)),
            Recipe::BucketQuantile(q) | Recipe::NativeQuantile(q) => format!("p{}_rate", percent(q)),
            Recipe::BucketMean | Recipe::NativeMean => "mean_rate".into(),
        }
    }
}

/// The percentile of a quantile: 95 of 0.95.
fn percent(quantile: Decimal) -> Decimal {
    quantile.checked_mul(Decimal::from(100)).unwrap_or(quantile)
}

const fn across(spread: Spread) -> AggregateOp {
    match spread {
        Spread::Mean => AggregateOp::Avg,
        Spread::Min => AggregateOp::Min,
        Spread::Max => AggregateOp::Max,
    }
}

/// The labels that are left: those of the target, then the KPI's in the order written.
///
/// A recipe that keeps every series apart keeps every label but `job`, which says the same as `agent`.
fn labels(registry: &Registry, kpi: &Kpi, recipe: Recipe, aggregation: Option<&Aggregation>) -> Vec<String> {
    let mut labels: Vec<String> = target_labels(registry).into_iter().map(str::to_owned).collect();
    let mut add = |name: &str| {
        if !labels.iter().any(|label| label == name) {
            labels.push(name.to_owned());
        }
    };
    let own = kpi.labels.iter().map(|label| registry.label(label.value));
    if recipe.is_per_series() {
        if !matches!(kpi.kind.name(), KindName::Derived) {
            add("instance");
        }
        own.for_each(|label| add(&label.name));
        return labels;
    }
    match aggregation.and_then(|aggregation| aggregation.by.as_ref()) {
        Some(by) => by.iter().for_each(|label| add(&registry.label(label.value).name)),
        None => own.filter(|label| label.values.closed().is_some()).for_each(|label| add(&label.name)),
    }
    // Without it the shares of all states would become one.
    if kpi.kind.name() == KindName::State {
        add("state");
    }
    labels
}
