//! Samples that put a KPI just inside and just beyond a threshold.

use kpi_registry::entity::{Kind, Kpi, KpiId, Measure, Recipe};
use kpi_registry::promql::Selector;
use kpi_registry::registry::Registry;
use kpi_registry::value::{Decimal, PromDuration};

use super::alerting::Beyond;
use super::timeline::{Labels, Motion};
use kpi_registry::series::{Reading, target_labels};

/// How series move through a test of one threshold.
pub(super) struct Drive<'a> {
    /// The series; the same for every threshold of a KPI.
    pub(super) series: Vec<String>,
    /// At the threshold, or just inside it.
    pub(super) inside: Vec<Motion>,
    /// Far inside; only for aggregations, whose windows mix.
    pub(super) far: Option<Vec<Motion>>,
    /// Just beyond it.
    pub(super) beyond: Vec<Motion>,
    /// The value that the alert then has.
    pub(super) value: f64,
    /// The labels of the expression.
    pub(super) labels: Labels<'a>,
    /// Nothing happens: for series that count something.
    pub(super) idle: Option<Vec<Motion>>,
    /// Whether the alert then fires: when it wants a rate that is not too low.
    pub(super) fires_idle: bool,
}

/// One series of a KPI, as one agent exposes it.
pub(super) struct Source<'a> {
    kpi: &'a Kpi,
    labels: Labels<'a>,
}

/// Name and labels as PromQL and promtool write them.
pub(super) fn series(metric: &str, labels: &Labels<'_>) -> String {
    let selector = Selector::new(metric);
    labels.iter().fold(selector, |selector, (name, value)| selector.eq(*name, *value)).to_string()
}

impl<'a> Source<'a> {
    /// With the first value of every closed label.
    pub(super) fn new(
        registry: &'a Registry,
        id: KpiId,
        agent: Option<kpi_registry::entity::AgentId>,
    ) -> Self {
        let kpi = registry.kpi(id);
        let agent = agent.map_or("test", |agent| registry.agent(agent).name.as_str());
        let mut labels = Labels::from([("agent", agent)]);
        if !matches!(kpi.kind.value, Kind::Derived(_)) {
            labels.extend([("instance", "test:1"), ("job", agent)]);
            let further = target_labels(registry).into_iter().filter(|name| *name != "agent");
            labels.extend(further.map(|name| (name, "test")));
        }
        for label in kpi.labels.iter().map(|label| registry.label(label.value)) {
            let first = label.values.closed().and_then(|values| values.first());
            let value = first.map_or("test", |value| value.value.as_str());
            labels.insert(&label.name.value, value);
        }
        Self { kpi, labels }
    }

    /// A series of another name with the same labels.
    pub(super) fn named(&self, metric: &str) -> String {
        series(metric, &self.labels)
    }

    fn with(&self, metric: &str, label: &str, value: &str) -> String {
        self.with_all(metric, [(label, value)])
    }

    /// A series of another name, with some labels of another value.
    pub(super) fn with_all<'l>(
        &self,
        metric: &str,
        others: impl IntoIterator<Item = (&'l str, &'l str)>,
    ) -> String
    where
        'a: 'l,
    {
        let mut labels: Labels<'l> = self.labels.clone();
        labels.extend(others);
        series(metric, &labels)
    }

    /// How to walk past a threshold; `None` where no sample can get there.
    ///
    /// `is_steady` says whether rounding noise can't change what is shown of a value.
    pub(super) fn drive(
        &self,
        beyond: &Beyond,
        interval: PromDuration,
        is_steady: impl Fn(f64) -> bool,
    ) -> Option<Drive<'a>> {
        let labels = match &beyond.reading {
            Some(reading) => self.kept(reading),
            None => self.labels.clone(),
        };
        let Some(reading) = beyond.computed() else {
            return Self::directly(beyond, labels);
        };
        let instrument = self.instrument(beyond, reading.recipe, interval)?;
        // Aggregations have rounding noise, so the steps around the threshold are a hundredth of it.
        let value = beyond.value.to_f64();
        let (inside, outside) = if beyond.level.is_low() { (1.0, -1.0) } else { (-1.0, 1.0) };
        let near = |sign: f64, share: f64| {
            let step = if value == 0.0 { share } else { value.abs() * share };
            instrument.at(value + sign * step)
        };
        let just_inside = near(inside, 0.01).map(|(motions, _)| motions);
        let idle = instrument.idle();
        let (just_beyond, shown) = [0.01, 0.013, 0.017, 0.0211, 0.029]
            .into_iter()
            .filter_map(|share| near(outside, share))
            .find(|(_, shown)| is_steady(*shown))?;
        let is_beyond = if beyond.level.is_low() { shown < value } else { shown > value };
        if !is_beyond {
            return None;
        }
        Some(Drive {
            series: instrument.series.clone(),
            inside: just_inside.unwrap_or_else(|| idle.clone()),
            far: Some(instrument.far(value, beyond.level.is_low())),
            beyond: just_beyond,
            value: shown,
            labels,
            idle: Some(idle),
            fires_idle: beyond.level.is_low() && reading.recipe.measure() != Measure::Unit,
        })
    }

    /// A series whose values are compared as they are: exactly at the threshold, and one digit beyond.
    fn directly(beyond: &Beyond, labels: Labels<'a>) -> Option<Drive<'a>> {
        let step = Decimal::new(1, beyond.value.scale() + 1);
        let past = if beyond.level.is_low() {
            beyond.value.checked_sub(step)
        } else {
            beyond.value.checked_add(step)
        };
        let past = past.filter(|past| *past != beyond.value)?;
        Some(Drive {
            series: vec![series(&beyond.metric, &labels)],
            inside: vec![Motion::Stays(beyond.value)],
            far: None,
            beyond: vec![Motion::Stays(past)],
            value: past.to_f64(),
            labels,
            idle: None,
            fires_idle: false,
        })
    }

    /// The labels that an aggregation keeps.
    fn kept(&self, reading: &Reading) -> Labels<'a> {
        let kept = reading.labels.iter().filter_map(|name| self.labels.get_key_value(name.as_str()));
        kept.map(|(name, value)| (*name, *value)).collect()
    }

    fn instrument(&self, beyond: &Beyond, recipe: Recipe, interval: PromDuration) -> Option<Instrument> {
        let metric = &beyond.metric;
        let seconds = to_f64(interval.as_millis()) / 1000.0;
        let pair = || vec![self.named(metric), self.with(metric, "instance", "test:2")];
        let (gear, series) = match recipe {
            Recipe::Rate => (Gear::Rate { per_sample: seconds / 2.0 }, pair()),
            Recipe::Increase => {
                let window = to_f64(beyond.window.as_millis()) / 1000.0;
                (Gear::Rate { per_sample: seconds / window / 2.0 }, pair())
            }
            Recipe::SpreadOfRates(_) => (Gear::Rate { per_sample: seconds }, vec![self.named(metric)]),
            Recipe::BucketMean => {
                let of = |suffix: &str| self.named(&[metric, suffix].concat());
                (Gear::Mean, vec![of("_sum"), of("_count")])
            }
            Recipe::BucketQuantile(quantile) => {
                let Kind::Histogram(buckets) = &self.kpi.kind.value else {
                    return None;
                };
                let bounds: Vec<Decimal> = buckets.bounds.iter().map(|bound| bound.value).collect();
                let name = [metric, "_bucket"].concat();
                let texts = bounds.iter().map(ToString::to_string).chain(["+Inf".to_owned()]);
                let series = texts.map(|bound| self.with(&name, "le", &bound)).collect();
                let bounds = bounds.into_iter().map(Decimal::to_f64).collect();
                (Gear::Quantile { quantile: quantile.to_f64(), bounds }, series)
            }
            _ => return None,
        };
        Some(Instrument { gear, series })
    }
}

/// Series that grow, and what an aggregation makes of them.
struct Instrument {
    gear: Gear,
    series: Vec<String>,
}

/// How growth becomes a value.
enum Gear {
    /// The value times this is how much each series grows with every sample.
    Rate { per_sample: f64 },
    /// The first series grows by the sum, the second by the count of observations.
    Mean,
    /// One series for each bucket and one for all.
    Quantile { quantile: f64, bounds: Vec<f64> },
}

/// Observations per sample: enough that a quantile can be set finely.
const OBSERVATIONS: u32 = 1_000_000;

impl Instrument {
    /// How the series grow for a value, and the value that they really give.
    fn at(&self, value: f64) -> Option<(Vec<Motion>, f64)> {
        match &self.gear {
            Gear::Rate { per_sample } => {
                let step = four_digits(value * per_sample).filter(|step| !step.is_negative())?;
                let motions = vec![Motion::Grows(step); self.series.len()];
                Some((motions, step.to_f64() / per_sample))
            }
            Gear::Mean => {
                let count = Decimal::from(1000);
                let sum = four_digits(value * count.to_f64())?;
                Some((vec![Motion::Grows(sum), Motion::Grows(count)], sum.to_f64() / count.to_f64()))
            }
            Gear::Quantile { quantile, bounds } => {
                let counts = fill(bounds, *quantile, value)?;
                let shown = bucket_quantile(bounds, *quantile, &counts);
                Some((cumulative(&counts), shown))
            }
        }
    }

    /// Far on the good side of a threshold.
    fn far(&self, value: f64, low: bool) -> Vec<Motion> {
        match &self.gear {
            Gear::Quantile { bounds, .. } => {
                let mut counts = vec![0; bounds.len() + 1];
                let at = if low { bounds.len() } else { 0 };
                counts[at] = OBSERVATIONS;
                cumulative(&counts)
            }
            Gear::Rate { .. } | Gear::Mean => {
                let far = if low { value * 2.0 } else { value / 2.0 };
                self.at(far).map_or_else(|| self.idle(), |(motions, _)| motions)
            }
        }
    }

    fn idle(&self) -> Vec<Motion> {
        vec![Motion::Grows(Decimal::ZERO); self.series.len()]
    }
}

/// How many observations to put into every bucket so that a quantile falls on a value.
///
/// With x the place of the value in its bucket, from 0 to 1: where x is at least q, all observations up to rank q / x
/// lie in the bucket and the rest above it; else the share (q − x) / (1 − x) lies in the bucket below.
fn fill(bounds: &[f64], quantile: f64, value: f64) -> Option<Vec<u32>> {
    let at = bounds.iter().position(|bound| value <= *bound)?;
    let start = if at == 0 { 0.0 } else { bounds[at - 1] };
    if value <= start || bounds[0] <= 0.0 {
        return None;
    }
    let place = (value - start) / (bounds[at] - start);
    let mut counts = vec![0; bounds.len() + 1];
    if place >= quantile {
        counts[at] = share(quantile / place);
        counts[bounds.len()] = OBSERVATIONS - counts[at];
    } else {
        let below = at.checked_sub(1)?;
        counts[below] = share((quantile - place) / (1.0 - place));
        counts[at] = OBSERVATIONS - counts[below];
    }
    Some(counts)
}

/// The quantile as Prometheus interpolates it.
fn bucket_quantile(bounds: &[f64], quantile: f64, counts: &[u32]) -> f64 {
    let rank = quantile * f64::from(counts.iter().sum::<u32>());
    let mut below = 0.0;
    for (at, bound) in bounds.iter().enumerate() {
        let count = f64::from(counts[at]);
        if below + count >= rank && count > 0.0 {
            let start = if at == 0 { 0.0 } else { bounds[at - 1] };
            return start + (bound - start) * ((rank - below) / count);
        }
        below += count;
    }
    bounds.last().copied().unwrap_or(f64::NAN)
}

fn cumulative(counts: &[u32]) -> Vec<Motion> {
    let sums = counts.iter().scan(0, |sum: &mut u32, count| {
        *sum += count;
        Some(*sum)
    });
    sums.map(|sum| Motion::Grows(Decimal::from(sum))).collect()
}

/// A share of all observations.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share is between 0 and 1")]
fn share(of_all: f64) -> u32 {
    (of_all * f64::from(OBSERVATIONS)).round() as u32
}

/// The nearest number with four significant digits, exactly.
fn four_digits(value: f64) -> Option<Decimal> {
    format!("{value:.3e}").parse().ok()
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of any real duration are exact in an f64")]
fn to_f64(millis: u64) -> f64 {
    millis as f64
}
