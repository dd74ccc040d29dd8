//! Which aggregation of which kind is right in PromQL, and how it is computed.
//!
//! This is the one table behind the check of `aggregations:` and `thresholds:`, the recording rules, the threshold
//! alerts and the panels.

use super::{Aggregation, AggregationOp, Kind, KindName, Kpi, Level};
use crate::value::{Decimal, PromDuration, Unit};

/// How an aggregation is computed. `L` are the labels kept, `w` is the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recipe {
    /// Counter: `sum by (L) (rate(m[w]))`, per second
    Rate,
    /// Counter: `sum by (L) (increase(m[w]))`
    Increase,
    /// Counter: the mean, least or greatest of the series' rates, `max by (L) (rate(m[w]))`
    SpreadOfRates(Spread),
    /// Gauge: `sum by (L) (m)`
    Sum,
    /// Gauge: the sum of every series' mean over time, `sum by (L) (avg_over_time(m[w]))`
    SumOfMeans,
    /// Gauge: how many series there are, `count by (L) (m)`
    CountSeries,
    /// Gauge: the mean, least or greatest of the series now, `max by (L) (m)`
    SpreadNow(Spread),
    /// Gauge: the least or greatest of all samples of the window, `max by (L) (max_over_time(m[w]))`;
    /// the mean is that of all samples, `sum by (L) (sum_over_time(m[w])) / sum by (L) (count_over_time(m[w]))`
    SpreadOverTime(Spread),
    /// Gauge: each series itself, `last_over_time(m[w])`
    Last,
    /// Gauge: how far each series moved, `delta(m[w])`
    Delta,
    /// Gauge: how fast each series moves, `deriv(m[w])`, per second
    Trend,
    /// Gauge: a quantile of each series over time, `quantile_over_time(q, m[w])`
    QuantileOverTime(Decimal),
    /// Gauge: a quantile across series now, `quantile by (L) (q, m)`
    QuantileAcross(Decimal),
    /// Histogram: `histogram_quantile(q, sum by (L, le) (rate(m_bucket[w])))`
    BucketQuantile(Decimal),
    /// Histogram: `sum by (L) (rate(m_sum[w])) / (sum by (L) (rate(m_count[w])) > 0)`
    BucketMean,
    /// Histogram: observations per second, `sum by (L) (rate(m_count[w]))`
    BucketRate,
    /// Histogram: observations in the window, `sum by (L) (increase(m_count[w]))`
    BucketIncrease,
    /// Histogram: the share of observations up to a bucket,
    /// `sum by (L) (rate(m_bucket{le="T"}[w])) / (sum by (L) (rate(m_count[w])) > 0)`
    BucketFraction(Decimal),
    /// Native histogram: `histogram_quantile(q, sum by (L) (rate(m[w])))`
    NativeQuantile(Decimal),
    /// Native histogram: `histogram_sum(…) / (histogram_count(…) > 0)` of `sum by (L) (rate(m[w]))`
    NativeMean,
    /// Native histogram: `histogram_count(sum by (L) (rate(m[w])))`
    NativeRate,
    /// Native histogram: `histogram_count(sum by (L) (increase(m[w])))`
    NativeIncrease,
    /// Native histogram: `histogram_fraction(0, T, …) and histogram_count(…) > 0` of `sum by (L) (rate(m[w]))`
    NativeFraction(Decimal),
}

/// Which one of several values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// Their mean.
    Mean,
    /// The least.
    Min,
    /// The greatest.
    Max,
}

/// What the value of a recipe is measured in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Measure {
    /// The KPI's own unit.
    Unit,
    /// The KPI's unit per second.
    UnitPerSecond,
    /// The KPI's unit in one window.
    UnitPerWindow,
    /// Observations per second.
    ObservationsPerSecond,
    /// Observations in one window.
    ObservationsPerWindow,
    /// Series.
    Series,
    /// A share of all observations, from 0 to 1.
    Share,
}

/// Why an aggregation or a threshold would be wrong, and what to write instead.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Refusal {
    /// Why, as a clause without a full stop.
    pub why: &'static str,
    /// What to write instead, as an instruction.
    pub instead: &'static str,
}

const fn refuse(why: &'static str, instead: &'static str) -> Result<Recipe, Refusal> {
    Err(Refusal { why, instead })
}

/// Whether a kind has an operation at all, whatever labels and window it asks for.
///
/// # Errors
///
/// Says why it has not.
pub fn supported(kind: KindName, op: AggregationOp, unit: &Unit) -> Result<(), Refusal> {
    let asked = Asked { grouped: false, windowed: false, up_to: Some(Decimal::ONE) };
    recipe(kind, op, unit, asked).map(drop)
}

impl Aggregation {
    /// How this aggregation of a KPI is computed.
    ///
    /// # Errors
    ///
    /// Says why it would be wrong; a checked registry has no such aggregation.
    pub fn recipe(&self, kind: KindName, unit: &Unit) -> Result<Recipe, Refusal> {
        let asked = Asked {
            grouped: self.by.is_some(),
            windowed: self.window.is_some(),
            up_to: self.up_to.map(|limit| limit.value),
        };
        recipe(kind, self.op.value, unit, asked)
    }
}

/// What an aggregation says beside its operation.
#[derive(Clone, Copy)]
struct Asked {
    /// `by:` was written.
    grouped: bool,
    /// `window:` was written.
    windowed: bool,
    /// The limit of a fraction.
    up_to: Option<Decimal>,
}

/// The table.
fn recipe(kind: KindName, op: AggregationOp, unit: &Unit, asked: Asked) -> Result<Recipe, Refusal> {
    match kind {
        KindName::Counter => counter(op),
        KindName::Gauge | KindName::Derived => gauge(op, unit, asked),
        KindName::Histogram => histogram(op, asked),
        KindName::NativeHistogram => histogram(op, asked).map(native),
        KindName::State => state(op),
        KindName::Info => {
            refuse("an info series is always 1: it carries facts as labels", "remove the aggregation")
        }
    }
}

/// The quantile an operation asks for.
fn quantile(op: AggregationOp) -> Option<Decimal> {
    match op {
        AggregationOp::P50 => Some(Decimal::new(50, 2)),
        AggregationOp::P90 => Some(Decimal::new(90, 2)),
        AggregationOp::P95 => Some(Decimal::new(95, 2)),
        AggregationOp::P99 => Some(Decimal::new(99, 2)),
        _ => None,
    }
}

fn counter(op: AggregationOp) -> Result<Recipe, Refusal> {
    use AggregationOp as Op;
    match op {
        Op::Rate => Ok(Recipe::Rate),
        Op::Increase => Ok(Recipe::Increase),
        Op::Mean => Ok(Recipe::SpreadOfRates(Spread::Mean)),
        Op::Min => Ok(Recipe::SpreadOfRates(Spread::Min)),
        Op::Max => Ok(Recipe::SpreadOfRates(Spread::Max)),
        Op::Sum => refuse(
            "a sum of counters falls when one of them restarts, and a rate over it reads that as traffic",
            "use `rate` or `increase`, which look at each series first and then add up",
        ),
        Op::Count => {
            refuse("`count` would count series, not events", "use `increase` for how many events there were")
        }
        Op::Last | Op::Delta | Op::Trend => refuse(
            "a counter's total only grows until the process restarts, so by itself it says nothing",
            "use `rate` or `increase`",
        ),
        Op::Fraction => refuse(
            "a counter knows how many there were, not how large they were",
            "make it a histogram, or a share of one label's values as a derived KPI",
        ),
        Op::P50 | Op::P90 | Op::P95 | Op::P99 => refuse(
            "a quantile of a growing total depends on when the process was started",
            "use `rate`, or make it a histogram if the distribution matters",
        ),
    }
}

fn gauge(op: AggregationOp, unit: &Unit, asked: Asked) -> Result<Recipe, Refusal> {
    use AggregationOp as Op;
    let Asked { grouped, windowed, up_to: _ } = asked;
    let spread =
        |spread| Ok(if windowed { Recipe::SpreadOverTime(spread) } else { Recipe::SpreadNow(spread) });
    match op {
        Op::Mean => spread(Spread::Mean),
        Op::Min => spread(Spread::Min),
        Op::Max => spread(Spread::Max),
        Op::Count => Ok(Recipe::CountSeries),
        Op::Sum if !unit.is_additive() => refuse(
            "values of this unit can't be added up: two of 50 are not one of 100",
            "use `mean`, `min` or `max`, or aggregate the counters that the value is made of",
        ),
        Op::Sum => Ok(if windowed { Recipe::SumOfMeans } else { Recipe::Sum }),
        Op::Rate | Op::Increase => refuse(
            "a gauge may fall, and `rate` reads every fall as a restart of a counter",
            "use `delta`, or make it a counter if it only grows",
        ),
        Op::Last if grouped => {
            refuse("`last` is each series itself, so there is nothing to group", "use `max` or remove `by`")
        }
        Op::Last => Ok(Recipe::Last),
        Op::Delta if grouped => {
            refuse("`delta` is how far each series moved, so there is nothing to group", "remove `by`")
        }
        Op::Delta => Ok(Recipe::Delta),
        Op::Trend if grouped => {
            refuse("`trend` is how fast each series moves, so there is nothing to group", "remove `by`")
        }
        Op::Trend => Ok(Recipe::Trend),
        Op::Fraction => refuse(
            "the samples of a gauge are moments, not observations",
            "put an SLO with `in_range` on it, or make it a histogram",
        ),
        Op::P50 | Op::P90 | Op::P95 | Op::P99 => {
            let q = quantile(op).unwrap_or(Decimal::ONE);
            match (grouped, windowed) {
                (true, true) => refuse(
                    "a quantile of many series over time can't be made of the quantiles of each",
                    "remove `by` for each series over time, or `window` for all series now",
                ),
                (true, false) => Ok(Recipe::QuantileAcross(q)),
                (false, _) => Ok(Recipe::QuantileOverTime(q)),
            }
        }
    }
}

fn histogram(op: AggregationOp, asked: Asked) -> Result<Recipe, Refusal> {
    use AggregationOp as Op;
    match op {
        Op::P50 | Op::P90 | Op::P95 | Op::P99 => {
            Ok(Recipe::BucketQuantile(quantile(op).unwrap_or(Decimal::ONE)))
        }
        Op::Mean => Ok(Recipe::BucketMean),
        Op::Rate | Op::Count => Ok(Recipe::BucketRate),
        Op::Increase => Ok(Recipe::BucketIncrease),
        Op::Min | Op::Max => refuse(
            "buckets don't keep the least and the greatest observation",
            "use `p50` or `p99`, which are as exact as the buckets",
        ),
        Op::Sum => refuse(
            "it could mean the sum of the observations or of the series",
            "use `mean` with `rate`, or make the sum a counter of its own",
        ),
        Op::Fraction => match asked.up_to {
            Some(limit) => Ok(Recipe::BucketFraction(limit)),
            None => refuse(
                "a fraction is the share of observations up to a value, and none is given",
                "write `{op: fraction, up_to: 0.25}`, with one of the buckets",
            ),
        },
        Op::Last | Op::Delta | Op::Trend => refuse(
            "a histogram only grows until the process restarts, so by itself it says nothing",
            "use a quantile, `mean` or `rate`",
        ),
    }
}

/// The same without buckets.
const fn native(recipe: Recipe) -> Recipe {
    match recipe {
        Recipe::BucketQuantile(q) => Recipe::NativeQuantile(q),
        Recipe::BucketMean => Recipe::NativeMean,
        Recipe::BucketRate => Recipe::NativeRate,
        Recipe::BucketIncrease => Recipe::NativeIncrease,
        Recipe::BucketFraction(limit) => Recipe::NativeFraction(limit),
        other => other,
    }
}

fn state(op: AggregationOp) -> Result<Recipe, Refusal> {
    match op {
        AggregationOp::Mean => Ok(Recipe::SpreadOverTime(Spread::Mean)),
        _ => refuse(
            "the series of a state are 0 or 1, one for each state",
            "use `mean`: the share of time in each state",
        ),
    }
}

impl Recipe {
    /// Whether it looks back over a window; the others look at the newest samples.
    pub const fn has_window(self) -> bool {
        !matches!(self, Self::Sum | Self::CountSeries | Self::SpreadNow(_) | Self::QuantileAcross(_))
    }

    /// Whether it keeps every series apart, with all its labels.
    pub const fn is_per_series(self) -> bool {
        matches!(self, Self::Last | Self::Delta | Self::Trend | Self::QuantileOverTime(_))
    }

    /// What its value is measured in.
    pub const fn measure(self) -> Measure {
        match self {
            Self::Rate | Self::SpreadOfRates(_) | Self::Trend => Measure::UnitPerSecond,
            Self::Increase => Measure::UnitPerWindow,
            Self::CountSeries => Measure::Series,
            Self::BucketRate | Self::NativeRate => Measure::ObservationsPerSecond,
            Self::BucketIncrease | Self::NativeIncrease => Measure::ObservationsPerWindow,
            Self::BucketFraction(_) | Self::NativeFraction(_) => Measure::Share,
            Self::Sum
            | Self::SumOfMeans
            | Self::SpreadNow(_)
            | Self::SpreadOverTime(_)
            | Self::Last
            | Self::Delta
            | Self::QuantileOverTime(_)
            | Self::QuantileAcross(_)
            | Self::BucketQuantile(_)
            | Self::BucketMean
            | Self::NativeQuantile(_)
            | Self::NativeMean => Measure::Unit,
        }
    }
}

/// What a KPI's thresholds are compared with.
#[derive(Clone, Copy, Debug)]
pub enum Watched<'a> {
    /// Each series itself.
    Series,
    /// An aggregation.
    Aggregate {
        /// How it is computed.
        recipe: Recipe,
        /// The aggregation it comes from; `None` for the default of a histogram, p95 of the default window.
        aggregation: Option<&'a Aggregation>,
    },
}

impl Kpi {
    /// What its thresholds are compared with.
    ///
    /// - A gauge, or a derived KPI: each series itself.
    /// - A counter: the first of its `aggregations`, in that aggregation's measure (`rate`: per second; `increase`:
    ///   in the window). The total alone grows forever, so a counter without aggregations can't have thresholds.
    /// - A histogram: p95, unless its `aggregations` ask for other quantiles or `mean` and not for p95: then the first
    ///   of these.
    ///
    /// # Errors
    ///
    /// Says why the KPI can't have thresholds; a checked registry has none on such a KPI.
    pub fn watched(&self) -> Result<Watched<'_>, Refusal> {
        let kind = self.kind.name();
        let recipes = || {
            self.aggregations.iter().filter_map(|aggregation| {
                let recipe = aggregation.recipe(kind, &self.unit).ok()?;
                Some(Watched::Aggregate { recipe, aggregation: Some(aggregation) })
            })
        };
        let p95 = Decimal::new(95, 2);
        let of_histogram = |default: Recipe| {
            let recipe_of = |watched: &Watched<'_>| match watched {
                Watched::Aggregate { recipe, .. } => Some(*recipe),
                Watched::Series => None,
            };
            let in_unit = || {
                recipes().filter(|watched| recipe_of(watched).is_some_and(|it| it.measure() == Measure::Unit))
            };
            let asked = in_unit().find(|watched| recipe_of(watched) == Some(default));
            let watched = asked.or_else(|| in_unit().next());
            watched.unwrap_or(Watched::Aggregate { recipe: default, aggregation: None })
        };
        match kind {
            KindName::Gauge | KindName::Derived => Ok(Watched::Series),
            KindName::Counter => recipes().next().ok_or(Refusal {
                why: "a counter's total only grows, so it passes every threshold in the end",
                instead: "ask for an aggregation, such as `aggregations: [rate]`: the thresholds then hold for the \
                          first one",
            }),
            KindName::Histogram => Ok(of_histogram(Recipe::BucketQuantile(p95))),
            KindName::NativeHistogram => Ok(of_histogram(Recipe::NativeQuantile(p95))),
            KindName::State | KindName::Info => Err(Refusal {
                why: "its series are 0 or 1 whatever happens",
                instead: "make the value a gauge, or write an alert under `alerts:`",
            }),
        }
    }

    /// Whether an alert at a threshold can ever be silent and ever fire.
    ///
    /// # Errors
    ///
    /// A quantile never exceeds the last finite bucket, a rate is never negative: such a threshold says nothing.
    pub fn threshold_can_hold(&self, level: Level, value: Decimal) -> Result<(), Refusal> {
        let Ok(Watched::Aggregate { recipe, .. }) = self.watched() else {
            return Ok(());
        };
        if let (Recipe::BucketQuantile(_), Kind::Histogram(buckets)) = (recipe, &self.kind.value)
            && buckets.bounds.last().is_some_and(|last| last.value <= value)
        {
            return Err(Refusal {
                why: "a quantile is at most the last finite bucket",
                instead: "add a bucket above the threshold",
            });
        }
        let counts = !matches!(recipe.measure(), Measure::Unit);
        let pointless = if level.is_low() { value <= Decimal::ZERO } else { value < Decimal::ZERO };
        if counts && pointless {
            return Err(Refusal {
                why: "a rate is never negative",
                instead: "write a threshold that the value can cross",
            });
        }
        Ok(())
    }
}

/// The default window of aggregations: 5 minutes, or 4 scrapes when that is longer.
pub fn default_window(scrape_interval: PromDuration) -> PromDuration {
    PromDuration::from_minutes(5).max(scrape_interval.times(4))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::BuiltinUnit;

    #[test]
    fn the_table() {
        let additive = Unit::Builtin(BuiltinUnit::Bytes);
        let row = |kind| {
            let supported = |op: &&AggregationOp| supported(kind, **op, &additive).is_ok();
            AggregationOp::ALL.iter().filter(supported).map(|op| op.as_str()).collect::<Vec<_>>().join(" ")
        };
        let gauge = "mean min max sum p50 p90 p95 p99 count last delta trend";
        let histogram = "mean rate increase p50 p90 p95 p99 count fraction";
        for (kind, ops) in [
            (KindName::Counter, "mean min max rate increase"),
            (KindName::Gauge, gauge),
            (KindName::Derived, gauge),
            (KindName::Histogram, histogram),
            (KindName::NativeHistogram, histogram),
            (KindName::State, "mean"),
            (KindName::Info, ""),
        ] {
            assert_eq!(row(kind), ops, "{}", kind.as_str());
        }
    }

    #[test]
    fn what_can_not_be_added_up_has_no_sum() {
        for unit in [BuiltinUnit::Ratio, BuiltinUnit::Score, BuiltinUnit::Celsius, BuiltinUnit::Percentage] {
            assert!(supported(KindName::Gauge, AggregationOp::Sum, &Unit::Builtin(unit)).is_err());
        }
    }

    #[test]
    fn a_quantile_is_over_time_or_across_series() {
        let unit = Unit::Builtin(BuiltinUnit::Milliseconds);
        let p95 = |grouped, windowed| {
            recipe(KindName::Gauge, AggregationOp::P95, &unit, Asked { grouped, windowed, up_to: None })
        };
        let q = Decimal::new(95, 2);
        assert_eq!(p95(false, true), Ok(Recipe::QuantileOverTime(q)));
        assert_eq!(p95(true, false), Ok(Recipe::QuantileAcross(q)));
        assert!(p95(true, true).is_err());
    }
}
