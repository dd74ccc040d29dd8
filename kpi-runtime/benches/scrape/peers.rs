//! Pages of the peers, each written as its documentation says, into memory that is kept where the library lets one keep it.

use super::Page;
use crate::common::BOUNDS;
use crate::common::seconds;

/// Names and numbers of all series.
fn series(count: usize) -> Vec<([String; 3], u64)> {
    let (zones, hosts) = match count {
        1_000 => (10, 10),
        10_000 => (10, 100),
        _ => (100, 100),
    };
    let labels = |i: usize| {
        [
            format!("region-{:02}", i / hosts / zones),
            format!("zone-{:02}", i / hosts % zones),
            format!("host-{:02}", i % hosts),
        ]
    };
    (0..count).map(|i| (labels(i), 10_000 + i as u64 * 7 % 90_000)).collect()
}

/// 1,000 series with 20 observations each.
fn observations() -> impl Iterator<Item = ([String; 2], f64)> {
    let labels = |i: usize| [format!("region-{:02}", i % 10), format!("host-{:02}", i / 10 % 100)];
    seconds(20_000).into_iter().enumerate().map(move |(i, value)| (labels(i), value))
}

pub mod prometheus {
    use super::{BOUNDS, Page, observations, series};
    use prometheus::{Encoder, HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry, TextEncoder};

    pub fn counters(count: usize) -> Page {
        let vector = IntCounterVec::new(Opts::new("bench_hits_total", "Hits"), &["region", "zone", "host"])
            .expect("is sound");
        for (labels, number) in series(count) {
            vector.with_label_values(&labels).inc_by(number);
        }
        page(Box::new(vector))
    }

    pub fn histograms() -> Page {
        let options = HistogramOpts::new("bench_latency_seconds", "Time to answer").buckets(BOUNDS.to_vec());
        let vector = HistogramVec::new(options, &["region", "host"]).expect("is sound");
        for (labels, value) in observations() {
            vector.with_label_values(&labels).observe(value);
        }
        page(Box::new(vector))
    }

    fn page(collector: Box<dyn prometheus::core::Collector>) -> Page {
        let registry = Registry::new();
        registry.register(collector).expect("is sound");
        let mut out = Vec::new();
        Box::new(move || {
            out.clear();
            TextEncoder::new().encode(&registry.gather(), &mut out).expect("writes");
            out.len()
        })
    }
}

pub mod client {
    use super::{BOUNDS, Page, observations, series};
    use prometheus_client::encoding::text::encode;
    use prometheus_client::metrics::counter::Counter;
    use prometheus_client::metrics::family::Family;
    use prometheus_client::metrics::histogram::Histogram;
    use prometheus_client::registry::Registry;

    pub fn counters(count: usize) -> Page {
        let family = Family::<Vec<(String, String)>, Counter>::default();
        for ([region, zone, host], number) in series(count) {
            let labels = vec![("region".into(), region), ("zone".into(), zone), ("host".into(), host)];
            family.get_or_create(&labels).inc_by(number);
        }
        let mut registry = Registry::default();
        registry.register("bench_hits", "Hits", family);
        page(registry)
    }

    pub fn histograms() -> Page {
        let family =
            Family::<Vec<(String, String)>, Histogram>::new_with_constructor(|| Histogram::new(BOUNDS));
        for ([region, host], value) in observations() {
            family.get_or_create(&vec![("region".into(), region), ("host".into(), host)]).observe(value);
        }
        let mut registry = Registry::default();
        registry.register("bench_latency_seconds", "Time to answer", family);
        page(registry)
    }

    fn page(registry: Registry) -> Page {
        let mut out = String::new();
        Box::new(move || {
            out.clear();
            encode(&mut out, &registry).expect("writes");
            out.len()
        })
    }
}

pub mod metrics {
    use super::{BOUNDS, Page, observations, series};
    use metrics_exporter_prometheus::PrometheusBuilder;

    pub fn counters(count: usize) -> Page {
        page(|| {
            for ([region, zone, host], number) in series(count) {
                metrics::counter!("bench_hits_total", "region" => region, "zone" => zone, "host" => host)
                    .increment(number);
            }
        })
    }

    pub fn histograms() -> Page {
        page(|| {
            for ([region, host], value) in observations() {
                metrics::histogram!("bench_latency_seconds", "region" => region, "host" => host)
                    .record(value);
            }
        })
    }

    fn page(fill: impl FnOnce()) -> Page {
        let recorder = PrometheusBuilder::new().set_buckets(&BOUNDS).expect("is sound").build_recorder();
        metrics::with_local_recorder(&recorder, fill);
        let handle = recorder.handle();
        handle.run_upkeep();
        Box::new(move || handle.render().len())
    }
}

pub mod measured {
    use super::{BOUNDS, Page, seconds};
    use measured::label::{FixedCardinalityLabel, LabelValue, LabelVisitor};
    use measured::metric::histogram::Thresholds;
    use measured::text::BufferedTextEncoder;
    use measured::{CounterVec, HistogramVec, LabelGroup, MetricGroup};

    /// One of `N` values, which are called `region-00` (0), `zone-00` (1) or `host-00` (2) and so on.
    #[derive(Clone, Copy)]
    pub struct Number<const N: usize, const LABEL: usize>(usize);

    impl<const N: usize, const LABEL: usize> LabelValue for Number<N, LABEL> {
        fn visit<V: LabelVisitor>(&self, visitor: V) -> V::Output {
            static TEXTS: std::sync::LazyLock<[Vec<String>; 3]> = std::sync::LazyLock::new(|| {
                ["region", "zone", "host"].map(|name| (0..100).map(|i| format!("{name}-{i:02}")).collect())
            });
            visitor.write_str(&TEXTS[LABEL][self.0])
        }
    }

    impl<const N: usize, const LABEL: usize> FixedCardinalityLabel for Number<N, LABEL> {
        fn cardinality() -> usize {
            N
        }
        fn encode(&self) -> usize {
            self.0
        }
        fn decode(value: usize) -> Self {
            Self(value)
        }
    }

    macro_rules! counters {
        ($function:ident, $zones:literal, $hosts:literal) => {
            fn $function() -> Page {
                #[derive(LabelGroup)]
                #[label(set = LabelsSet)]
                struct Labels {
                    region: Number<10, 0>,
                    zone: Number<$zones, 1>,
                    host: Number<$hosts, 2>,
                }

                #[derive(MetricGroup)]
                #[metric(new())]
                struct All {
                    /// Hits
                    #[metric(init = CounterVec::dense())]
                    bench_hits_total: CounterVec<LabelsSet>,
                }

                let all = All::new();
                for i in 0..10 * $zones * $hosts {
                    let labels = Labels {
                        region: Number(i / $hosts / $zones),
                        zone: Number(i / $hosts % $zones),
                        host: Number(i % $hosts),
                    };
                    all.bench_hits_total.inc_by(labels, 10_000 + i as u64 * 7 % 90_000);
                }
                let mut encoder = BufferedTextEncoder::new();
                Box::new(move || {
                    let Ok(()) = all.collect_group_into(&mut encoder);
                    encoder.finish().len()
                })
            }
        };
    }
    counters!(one, 10, 10);
    counters!(ten, 10, 100);
    counters!(hundred, 100, 100);

    pub fn counters(count: usize) -> Page {
        match count {
            1_000 => one(),
            10_000 => ten(),
            _ => hundred(),
        }
    }

    pub fn histograms() -> Page {
        #[derive(LabelGroup)]
        #[label(set = LabelsSet)]
        struct Labels {
            region: Number<10, 0>,
            host: Number<100, 2>,
        }

        #[derive(MetricGroup)]
        #[metric(new())]
        struct All {
            /// Time to answer
            #[metric(metadata = Thresholds::with_buckets(BOUNDS))]
            bench_latency_seconds: HistogramVec<LabelsSet, 11>,
        }

        let all = All::new();
        for (i, value) in seconds(20_000).into_iter().enumerate() {
            all.bench_latency_seconds
                .observe(Labels { region: Number(i % 10), host: Number(i / 10 % 100) }, value);
        }
        let mut encoder = BufferedTextEncoder::new();
        Box::new(move || {
            let Ok(()) = all.collect_group_into(&mut encoder);
            encoder.finish().len()
        })
    }
}

pub mod vise {
    use super::{BOUNDS, Page, observations, series};
    use vise::{Buckets, Counter, Family, Format, Histogram, LabeledFamily, Metrics, MetricsCollection};

    #[derive(Debug, Metrics)]
    #[metrics(prefix = "bench")]
    struct All {
        /// Hits
        #[metrics(labels = ["region", "zone", "host"])]
        hits: LabeledFamily<(String, String, String), Counter, 3>,
        /// Time to answer
        #[metrics(labels = ["region", "host"], buckets = Buckets::values(&BOUNDS))]
        latency_seconds: LabeledFamily<(String, String), Histogram<f64>, 2>,
    }

    #[vise::register]
    static ALL: vise::Global<All> = vise::Global::new();

    #[allow(dead_code, reason = "names a type that the macro uses")]
    type Unused = Family<(), Counter>;

    pub fn counters(count: usize) -> Page {
        for ([region, zone, host], number) in series(count) {
            ALL.hits[&(region, zone, host)].inc_by(number);
        }
        page()
    }

    pub fn histograms() -> Page {
        for ([region, host], value) in observations() {
            ALL.latency_seconds[&(region, host)].observe(value);
        }
        page()
    }

    fn page() -> Page {
        let registry = MetricsCollection::default().collect();
        let mut out = String::new();
        Box::new(move || {
            out.clear();
            registry.encode(&mut out, Format::Prometheus).expect("writes");
            out.len()
        })
    }
}

pub mod opentelemetry {
    use super::{BOUNDS, Page, observations, series};
    use opentelemetry::KeyValue;
    use opentelemetry::metrics::{Meter, MeterProvider};
    use opentelemetry_sdk::metrics::{Instrument, SdkMeterProvider, Stream};
    use prometheus::{Encoder, Registry, TextEncoder};

    pub fn counters(count: usize) -> Page {
        page(|meter| {
            let counter = meter.u64_counter("bench_hits").build();
            for ([region, zone, host], number) in series(count) {
                let labels = [
                    KeyValue::new("region", region),
                    KeyValue::new("zone", zone),
                    KeyValue::new("host", host),
                ];
                counter.add(number, &labels);
            }
        })
    }

    pub fn histograms() -> Page {
        page(|meter| {
            let histogram =
                meter.f64_histogram("bench_latency_seconds").with_boundaries(BOUNDS.to_vec()).build();
            for ([region, host], value) in observations() {
                histogram.record(value, &[KeyValue::new("region", region), KeyValue::new("host", host)]);
            }
        })
    }

    fn page(fill: impl FnOnce(&Meter)) -> Page {
        let registry = Registry::new();
        let exporter =
            opentelemetry_prometheus::exporter().with_registry(registry.clone()).build().expect("is sound");
        // Its own limit is 2,000 series.
        let all = |_: &Instrument| Stream::builder().with_cardinality_limit(200_000).build().ok();
        let provider = SdkMeterProvider::builder().with_reader(exporter).with_view(all).build();
        fill(&provider.meter("bench"));
        let mut out = Vec::new();
        Box::new(move || {
            let _alive = &provider;
            out.clear();
            TextEncoder::new().encode(&registry.gather(), &mut out).expect("writes");
            out.len()
        })
    }
}
