//! The `prometheus` crate, both ways: its registry in this program's endpoint, and the KPIs in its registry.
//!
//! ```
//! // What libraries have registered with `prometheus` appears beside the KPIs:
//! kpi_runtime::bridge::prometheus::expose(prometheus::default_registry());
//! ```

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use prometheus::core::Desc;
use prometheus::{Registry as PrometheusRegistry, proto};

use crate::foreign::Bridge;
use crate::gather;
use crate::snapshot::{Family, Histogram, Kind, Series, Summary, Value};
use crate::store::{Core, Registry};

/// Adds all that a registry of the `prometheus` crate gathers to this program's endpoint. The KPIs may be in that registry
/// too: each is exposed once. Any other family whose name is taken is left out, which `kpi_runtime_conflicts` shows.
/// Timestamps and untyped metrics are not taken over.
pub fn expose(registry: &PrometheusRegistry) {
    let registry = registry.clone();
    let read = move || {
        let ours = collected();
        let theirs = registry.gather();
        let theirs = theirs.iter().filter(|family| !ours.contains(family.name()));
        theirs.filter_map(family).collect()
    };
    crate::foreign::add(Bridge::Prometheus, Arc::new(read));
}

/// The registries whose KPIs may come back to us from one of the `prometheus` crate.
static COLLECTED: Mutex<Vec<&'static Core>> = Mutex::new(Vec::new());

/// The names of their KPIs.
fn collected() -> BTreeSet<&'static str> {
    let cores = COLLECTED.lock().unwrap_or_else(PoisonError::into_inner);
    let families = cores.iter().flat_map(|core| core.families());
    families.filter(|family| !family.is_left_out()).map(|family| family.name).collect()
}

/// The KPIs of one generated struct, to be registered with the `prometheus` crate. The endpoint of this crate does not
/// need it: it is for programs that already have another.
#[derive(Debug)]
pub struct KpiCollector {
    core: &'static Core,
    descriptions: Vec<Desc>,
}

impl KpiCollector {
    /// Of the global instance: `KpiCollector::new(&KPIS)`.
    ///
    /// # Errors
    ///
    /// The `prometheus` crate does not accept a family, for example one whose description is empty.
    pub fn new<R: Registry>(_kpis: &'static R) -> prometheus::Result<Self> {
        let core = R::core();
        let describe = |family: &crate::descriptor::Family| {
            let labels =
                family.shape.labels.iter().filter_map(|label| core.tables.labels.get(usize::from(*label)));
            let labels = labels.map(|label| label.name.to_owned()).collect();
            Desc::new(
                family.name.to_owned(),
                family.help.to_owned(),
                labels,
                std::collections::HashMap::new(),
            )
        };
        let present = core.families().iter().filter(|family| !family.is_left_out());
        let descriptions = present.map(describe).collect::<prometheus::Result<_>>()?;
        let mut collected = COLLECTED.lock().unwrap_or_else(PoisonError::into_inner);
        if !collected.iter().any(|known| std::ptr::eq(*known, core)) {
            collected.push(core);
        }
        Ok(Self { core, descriptions })
    }
}

impl prometheus::core::Collector for KpiCollector {
    fn desc(&self) -> Vec<&Desc> {
        self.descriptions.iter().collect()
    }

    fn collect(&self) -> Vec<proto::MetricFamily> {
        gather::store(self.core, self.core.values()).families.into_iter().map(to_proto).collect()
    }
}

fn to_proto(family: Family) -> proto::MetricFamily {
    let kind = match family.kind {
        Kind::Counter => proto::MetricType::COUNTER,
        Kind::Histogram => proto::MetricType::HISTOGRAM,
        Kind::Summary => proto::MetricType::SUMMARY,
        Kind::Gauge | Kind::State | Kind::Info | Kind::Unknown => proto::MetricType::GAUGE,
    };
    let mut to = proto::MetricFamily::default();
    to.set_name(family.name.into_owned());
    to.set_help(family.help.into_owned());
    to.set_field_type(kind);
    to.set_metric(family.series.into_iter().map(|series| metric_to_proto(family.kind, series)).collect());
    to
}

fn metric_to_proto(kind: Kind, series: Series) -> proto::Metric {
    let label = |(name, value): (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)| {
        let mut pair = proto::LabelPair::default();
        pair.set_name(name.into_owned());
        pair.set_value(value.into_owned());
        pair
    };
    let mut metric = proto::Metric::from_label(series.labels.into_iter().map(label).collect());
    match (kind, series.value) {
        (_, Value::Histogram(from)) => metric.set_histogram(histogram_to_proto(&from)),
        (_, Value::Summary(from)) => {
            let mut to = proto::Summary::default();
            to.set_sample_count(from.count);
            to.set_sample_sum(from.sum);
            metric.set_summary(to);
        }
        (Kind::Counter, value) => {
            let mut to = proto::Counter::default();
            to.set_value(value.as_f64());
            metric.set_counter(to);
        }
        (_, value) => {
            let mut to = proto::Gauge::default();
            to.set_value(value.as_f64());
            metric.set_gauge(to);
        }
    }
    metric
}

fn histogram_to_proto(from: &Histogram) -> proto::Histogram {
    let bucket = |(bound, count): &(f64, u64)| {
        let mut bucket = proto::Bucket::default();
        bucket.set_upper_bound(*bound);
        bucket.set_cumulative_count(*count);
        bucket
    };
    let mut to = proto::Histogram::default();
    to.set_sample_count(from.count);
    to.set_sample_sum(from.sum);
    to.set_bucket(from.cumulative.iter().map(bucket).collect());
    to
}

/// `None` for what has no kind.
fn family(from: &proto::MetricFamily) -> Option<Family> {
    let kind = match from.get_field_type() {
        proto::MetricType::COUNTER => Kind::Counter,
        proto::MetricType::GAUGE => Kind::Gauge,
        proto::MetricType::HISTOGRAM => Kind::Histogram,
        proto::MetricType::SUMMARY => Kind::Summary,
        proto::MetricType::UNTYPED => return None,
    };
    let series = from.get_metric().iter().map(|metric| series(kind, metric)).collect();
    Some(Family::new(from.name().to_owned(), kind, series).with_help(from.help().to_owned()))
}

fn series(kind: Kind, from: &proto::Metric) -> Series {
    let label = |pair: &proto::LabelPair| (pair.name().to_owned().into(), pair.value().to_owned().into());
    let value = match kind {
        Kind::Counter => Value::Real(from.get_counter().value()),
        Kind::Histogram => {
            let histogram = from.get_histogram();
            let buckets = histogram.get_bucket().iter();
            let cumulative = buckets.map(|bucket| (bucket.upper_bound(), bucket.cumulative_count()));
            let cumulative = cumulative.filter(|(bound, _)| bound.is_finite()).collect();
            let (count, sum) = (histogram.get_sample_count(), histogram.get_sample_sum());
            Value::Histogram(Histogram::new(cumulative, count, sum))
        }
        Kind::Summary => {
            let summary = from.get_summary();
            let quantiles = summary.get_quantile().iter().map(|q| (q.quantile(), q.value())).collect();
            Value::Summary(Summary::new(quantiles, summary.sample_count(), summary.sample_sum()))
        }
        Kind::Gauge | Kind::State | Kind::Info | Kind::Unknown => Value::Real(from.get_gauge().value()),
    };
    Series::new(from.get_label().iter().map(label).collect(), value)
}

/// Without its feature `protobuf` the `prometheus` crate's counters and gauges have a method `get_value` and no `value`,
/// with it the other way round; and any crate of the program may turn the feature on. An own method goes before a trait's,
/// so each of these two traits finds the one there is.
trait HasValue {
    fn value(&self) -> f64;
}

trait HasGetValue {
    #[allow(dead_code, reason = "unused where the type has its own")]
    fn get_value(&self) -> f64;
}

macro_rules! either {
    ($($kind:ty)*) => { $(
        impl HasValue for $kind {
            fn value(&self) -> f64 {
                self.get_value()
            }
        }

        impl HasGetValue for $kind {
            fn get_value(&self) -> f64 {
                self.value()
            }
        }
    )* };
}
either!(proto::Counter proto::Gauge);
