//! The libraries, each as its documentation says it is fastest for who knows labels at compile time.

use std::hint::black_box;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{Relaxed, Release};
use std::sync::{Arc, LazyLock};

use super::kpis::{KPIS, Route, Status};
use crate::common::{BOUNDS, Work, random, seconds};
use kpi_runtime::unit::{Ratio, Seconds};

/// What is measured of a library. `None` where it has no such thing.
pub struct Peer {
    pub name: &'static str,
    /// Counting one.
    pub counter: Option<Work>,
    /// Counting one of 25 series, chosen at run time by two labels.
    pub labelled: Option<Work>,
    /// Observing in 11 buckets, with a sum.
    pub histogram: Option<Work>,
    /// Setting.
    pub gauge: Option<Work>,
}

/// All, this crate first.
pub fn all() -> Vec<Peer> {
    vec![
        own(),
        limit(),
        atomics(),
        prometheus(),
        static_metric(),
        prometheus_client(),
        metrics(),
        measured(),
        vise(),
        opentelemetry(),
    ]
}

const ROUTES: [&str; 5] = ["analyze", "health", "stream", "report", "history"];
const STATUSES: [&str; 5] = ["ok", "redirect", "client_error", "server_error", "timeout"];
const MANY: usize = 1024;

/// Pairs of labels' numbers, and values to observe.
struct Inputs {
    pairs: Vec<(usize, usize)>,
    seconds: Vec<f64>,
}

static INPUTS: LazyLock<Inputs> = LazyLock::new(|| Inputs {
    pairs: random(3).take(MANY).map(|x| ((x % 5) as usize, (x / 5 % 5) as usize)).collect(),
    seconds: seconds(MANY),
});

/// Repeats an operation; it may take from the inputs what it needs.
fn repeat(operation: impl Fn(usize) + Sync + 'static) -> Option<Work> {
    Some(Box::new(move |operations| (0..operations).for_each(|i| operation(i % MANY))))
}

fn own() -> Peer {
    let routes: Vec<(Route, Status)> =
        INPUTS.pairs.iter().map(|(route, status)| (Route::ALL[*route], Status::ALL[*status])).collect();
    Peer {
        name: "**kpi-runtime**",
        counter: repeat(|_| KPIS.events.inc()),
        labelled: repeat(move |i| {
            let (route, status) = routes[i];
            KPIS.requests.with(route, status).inc();
        }),
        histogram: repeat(|i| KPIS.latency.observe(Seconds(INPUTS.seconds[i]))),
        gauge: repeat(|i| KPIS.level.set(Ratio(INPUTS.seconds[i]))),
    }
}

/// Repeats an operation on cells that nobody else has: as fast as it gets, without a way to find them or to show them.
fn alone(operation: impl Fn(&[AtomicU64; 64], usize) + Sync + 'static) -> Option<Work> {
    Some(Box::new(move |operations| {
        let cells = black_box(Box::new([const { AtomicU64::new(0) }; 64]));
        (0..operations).for_each(|i| operation(&cells, i % MANY));
    }))
}

fn bump(cell: &AtomicU64) {
    cell.store(cell.load(Relaxed).wrapping_add(1), Relaxed);
}

/// The least that the machine lets one do: a thread's own memory.
fn limit() -> Peer {
    const SHIFT: u32 = 50;
    const FIRST: u64 = (BOUNDS[0].to_bits() >> SHIFT) - 1;
    let table: [u8; 64] = std::array::from_fn(|cell| {
        BOUNDS.iter().filter(|bound| (bound.to_bits() >> SHIFT) < FIRST + cell as u64).count() as u8
    });
    Peer {
        name: "limit: own memory",
        counter: alone(|cells, _| bump(&cells[0])),
        labelled: alone(|cells, i| {
            let (route, status) = INPUTS.pairs[i];
            bump(&cells[(route * 5 + status) & 63]);
        }),
        // The bucket by a table of bounds for each quarter of an octave, and two sums in turn, between two sequence numbers.
        histogram: alone(move |cells, i| {
            let value = INPUTS.seconds[i];
            let cell = ((value.to_bits() >> SHIFT) as i64 - FIRST as i64).clamp(0, 63);
            let bucket = usize::from(table[cell as usize]);
            let bucket = bucket + usize::from(BOUNDS.get(bucket).is_some_and(|bound| value > *bound));
            let number = cells[30].load(Relaxed);
            cells[30].store(number + 1, Relaxed);
            bump(&cells[bucket & 15]);
            let sum = &cells[31 + (number >> 1 & 1) as usize];
            sum.store((f64::from_bits(sum.load(Relaxed)) + value).to_bits(), Relaxed);
            cells[30].store(number + 2, Release);
        }),
        gauge: alone(|cells, i| cells[0].store(INPUTS.seconds[i].to_bits(), Relaxed)),
    }
}

/// What is written by hand without a library.
fn atomics() -> Peer {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    static GRID: [AtomicU64; 25] = [const { AtomicU64::new(0) }; 25];
    static GAUGE: AtomicU64 = AtomicU64::new(0);
    Peer {
        name: "static atomics",
        counter: repeat(|_| {
            COUNTER.fetch_add(1, Relaxed);
        }),
        labelled: repeat(|i| {
            let (route, status) = INPUTS.pairs[i];
            GRID[route * 5 + status].fetch_add(1, Relaxed);
        }),
        histogram: None,
        gauge: repeat(|i| GAUGE.store(INPUTS.seconds[i].to_bits(), Relaxed)),
    }
}

fn prometheus() -> Peer {
    use prometheus::{Gauge, Histogram, HistogramOpts, IntCounter, IntCounterVec, Opts};
    let counter = IntCounter::new("events", "h").expect("is sound");
    let vector = IntCounterVec::new(Opts::new("requests", "h"), &["route", "status"]).expect("is sound");
    let histogram =
        Histogram::with_opts(HistogramOpts::new("latency", "h").buckets(BOUNDS.to_vec())).expect("is sound");
    let gauge = Gauge::new("level", "h").expect("is sound");
    Peer {
        name: "prometheus",
        counter: repeat(move |_| counter.inc()),
        labelled: repeat(move |i| {
            let (route, status) = INPUTS.pairs[i];
            vector.with_label_values(&[ROUTES[route], STATUSES[status]]).inc();
        }),
        histogram: repeat(move |i| histogram.observe(INPUTS.seconds[i])),
        gauge: repeat(move |i| gauge.set(INPUTS.seconds[i])),
    }
}

mod made {
    #![allow(missing_docs, unused_qualifications, reason = "generated by a peer's macro")]
    prometheus_static_metric::make_static_metric! {
        pub label_enum Route { analyze, health, stream, report, history }
        pub label_enum Status { ok, redirect, client_error, server_error, timeout }
        pub struct Requests: IntCounter { "route" => Route, "status" => Status }
    }
}

fn static_metric() -> Peer {
    const ROUTES: [made::Route; 5] = [
        made::Route::analyze,
        made::Route::health,
        made::Route::stream,
        made::Route::report,
        made::Route::history,
    ];
    const STATUSES: [made::Status; 5] = [
        made::Status::ok,
        made::Status::redirect,
        made::Status::client_error,
        made::Status::server_error,
        made::Status::timeout,
    ];
    let vector = prometheus::IntCounterVec::new(prometheus::Opts::new("requests", "h"), &["route", "status"]);
    let requests = made::Requests::from(&vector.expect("is sound"));
    Peer {
        name: "prometheus-static-metric",
        counter: None,
        labelled: repeat(move |i| {
            let (route, status) = INPUTS.pairs[i];
            requests.get(ROUTES[route]).get(STATUSES[status]).inc();
        }),
        histogram: None,
        gauge: None,
    }
}

mod client {
    use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};

    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
    pub enum Route {
        Analyze,
        Health,
        Stream,
        Report,
        History,
    }
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
    pub enum Status {
        Ok,
        Redirect,
        ClientError,
        ServerError,
        Timeout,
    }
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
    pub struct Labels {
        pub route: Route,
        pub status: Status,
    }

    pub const ROUTES: [Route; 5] =
        [Route::Analyze, Route::Health, Route::Stream, Route::Report, Route::History];
    pub const STATUSES: [Status; 5] =
        [Status::Ok, Status::Redirect, Status::ClientError, Status::ServerError, Status::Timeout];
}

fn prometheus_client() -> Peer {
    use client::{Labels, ROUTES, STATUSES};
    use prometheus_client::metrics::counter::Counter;
    use prometheus_client::metrics::family::Family;
    use prometheus_client::metrics::gauge::Gauge;
    use prometheus_client::metrics::histogram::Histogram;
    let (counter, family) = (Counter::<u64>::default(), Family::<Labels, Counter>::default());
    let (histogram, gauge) = (Histogram::new(BOUNDS), Gauge::<f64, AtomicU64>::default());
    Peer {
        name: "prometheus-client",
        counter: repeat(move |_| {
            counter.inc();
        }),
        labelled: repeat(move |i| {
            let (route, status) = INPUTS.pairs[i];
            family.get_or_create(&Labels { route: ROUTES[route], status: STATUSES[status] }).inc();
        }),
        histogram: repeat(move |i| histogram.observe(INPUTS.seconds[i])),
        gauge: repeat(move |i| {
            gauge.set(INPUTS.seconds[i]);
        }),
    }
}

fn metrics() -> Peer {
    let builder = metrics_exporter_prometheus::PrometheusBuilder::new();
    let recorder: &'static _ =
        Box::leak(Box::new(builder.set_buckets(&BOUNDS).expect("is sound").build_recorder()));
    let (counter, histogram, gauge) = metrics::with_local_recorder(recorder, || {
        (metrics::counter!("events"), metrics::histogram!("latency"), metrics::gauge!("level"))
    });
    let handle = recorder.handle();
    Peer {
        name: "metrics + exporter",
        counter: repeat(move |_| counter.increment(1)),
        labelled: Some(Box::new(move |operations| {
            metrics::with_local_recorder(recorder, || {
                for i in 0..operations {
                    let (route, status) = INPUTS.pairs[i % MANY];
                    metrics::counter!("requests", "route" => ROUTES[route], "status" => STATUSES[status])
                        .increment(1);
                }
            });
        })),
        // It keeps every observation until somebody drains it, so draining is part of its cost.
        histogram: Some(Box::new(move |operations| {
            for i in 0..operations {
                histogram.record(INPUTS.seconds[i % MANY]);
                if i % 65_536 == 65_535 {
                    handle.run_upkeep();
                }
            }
        })),
        gauge: repeat(move |i| gauge.set(INPUTS.seconds[i])),
    }
}

mod measure {
    use measured::label::StaticLabelSet;
    use measured::{FixedCardinalityLabel, LabelGroup};

    #[derive(Clone, Copy, FixedCardinalityLabel)]
    pub enum Route {
        Analyze,
        Health,
        Stream,
        Report,
        History,
    }
    #[derive(Clone, Copy, FixedCardinalityLabel)]
    pub enum Status {
        Ok,
        Redirect,
        ClientError,
        ServerError,
        Timeout,
    }

    #[derive(LabelGroup)]
    #[label(set = LabelsSet)]
    pub struct Labels {
        pub route: Route,
        pub status: Status,
    }

    pub type Set = LabelsSet;
    pub const ROUTES: [Route; 5] =
        [Route::Analyze, Route::Health, Route::Stream, Route::Report, Route::History];
    pub const STATUSES: [Status; 5] =
        [Status::Ok, Status::Redirect, Status::ClientError, Status::ServerError, Status::Timeout];
    #[allow(dead_code, reason = "names the type that the derive uses")]
    type _Static = StaticLabelSet<Route>;
}

fn measured() -> Peer {
    use measure::{Labels, ROUTES, STATUSES, Set};
    use measured::metric::histogram::Thresholds;
    use measured::{Counter, CounterVec, Gauge, Histogram};
    let counter = Counter::new();
    let vector: CounterVec<Set> = CounterVec::dense();
    let histogram: Histogram<11> = Histogram::with_metadata(Thresholds::with_buckets(BOUNDS));
    let gauge = Gauge::new();
    Peer {
        name: "measured",
        counter: repeat(move |_| counter.get_metric().inc()),
        labelled: repeat(move |i| {
            let (route, status) = INPUTS.pairs[i];
            vector.inc(Labels { route: ROUTES[route], status: STATUSES[status] });
        }),
        histogram: repeat(move |i| histogram.get_metric().observe(INPUTS.seconds[i])),
        gauge: repeat(move |i| gauge.get_metric().set(black_box(i as i64))),
    }
}

mod vised {
    use vise::{EncodeLabelSet, EncodeLabelValue};

    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
    #[metrics(rename_all = "snake_case")]
    pub enum Route {
        Analyze,
        Health,
        Stream,
        Report,
        History,
    }
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
    #[metrics(rename_all = "snake_case")]
    pub enum Status {
        Ok,
        Redirect,
        ClientError,
        ServerError,
        Timeout,
    }
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
    pub struct Labels {
        pub route: Route,
        pub status: Status,
    }

    pub const ROUTES: [Route; 5] =
        [Route::Analyze, Route::Health, Route::Stream, Route::Report, Route::History];
    pub const STATUSES: [Status; 5] =
        [Status::Ok, Status::Redirect, Status::ClientError, Status::ServerError, Status::Timeout];

    #[derive(Debug, vise::Metrics)]
    #[metrics(prefix = "vise")]
    pub struct All {
        /// Events
        pub events: vise::Counter,
        /// Requests
        pub requests: vise::Family<Labels, vise::Counter>,
        /// Latency
        #[metrics(buckets = vise::Buckets::values(&super::BOUNDS))]
        pub latency: vise::Histogram<f64>,
        /// Level
        pub level: vise::Gauge<f64>,
    }
}

fn vise() -> Peer {
    use vised::{All, Labels, ROUTES, STATUSES};
    let all: Arc<All> = Arc::new(All::default());
    let [a, b, c, d] = std::array::from_fn(|_| Arc::clone(&all));
    Peer {
        name: "vise",
        counter: repeat(move |_| {
            a.events.inc();
        }),
        labelled: repeat(move |i| {
            let (route, status) = INPUTS.pairs[i];
            b.requests[&Labels { route: ROUTES[route], status: STATUSES[status] }].inc();
        }),
        histogram: repeat(move |i| c.latency.observe(INPUTS.seconds[i])),
        gauge: repeat(move |i| {
            d.level.set(INPUTS.seconds[i]);
        }),
    }
}

fn opentelemetry() -> Peer {
    use opentelemetry::KeyValue;
    use opentelemetry::metrics::MeterProvider;
    let registry = prometheus::Registry::new();
    let reader = opentelemetry_prometheus::exporter().with_registry(registry).build().expect("is sound");
    let provider: &'static _ = Box::leak(Box::new(
        opentelemetry_sdk::metrics::SdkMeterProvider::builder().with_reader(reader).build(),
    ));
    let meter = provider.meter("bench");
    let counter = meter.u64_counter("events").build();
    let requests = meter.u64_counter("requests").build();
    let histogram = meter.f64_histogram("latency").with_boundaries(BOUNDS.to_vec()).build();
    let gauge = meter.f64_gauge("level").build();
    Peer {
        name: "opentelemetry",
        counter: repeat(move |_| counter.add(1, &[])),
        labelled: repeat(move |i| {
            let (route, status) = INPUTS.pairs[i];
            requests
                .add(1, &[KeyValue::new("route", ROUTES[route]), KeyValue::new("status", STATUSES[status])]);
        }),
        histogram: repeat(move |i| histogram.record(INPUTS.seconds[i], &[])),
        gauge: repeat(move |i| gauge.record(INPUTS.seconds[i], &[])),
    }
}
