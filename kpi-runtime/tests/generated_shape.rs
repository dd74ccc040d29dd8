//! What the code generator writes, written by hand: the contract between it and `kpi_runtime::private`.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs)]

use std::time::Duration;

use kpi_runtime::unit::{Count, Milliseconds, Requests, Tokens, Usd};
use kpis::{Breaker, KPIS, Kpis, MmolPerLitre, Model, Route, Status};

/// The generated module.
pub mod kpis {
    use kpi_runtime::private as p;

    /// HTTP route
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Route {
        /// `analyze`
        Analyze,
        /// `health`
        Health,
        /// `stream`
        Stream,
    }
    p::closed_label! { Route, "route", [Analyze = "analyze", Health = "health", Stream = "stream",] }

    /// Outcome class
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Status {
        /// `ok`
        Ok,
        /// `server_error`
        ServerError,
    }
    p::closed_label! { Status, "status", [Ok = "ok", ServerError = "server_error",] }

    /// LLM model. At most 2 values; the rest is gathered under `_other`.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub struct Model<'a>(
        /// The value.
        pub &'a str,
    );
    p::open_label!(Model, 2, 2);

    /// State of the breaker
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Breaker {
        /// `open`
        Open,
        /// `closed`
        Closed,
    }
    p::closed_label! { Breaker, "state", [Open = "open", Closed = "closed",] }

    /// mmol/L
    #[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
    pub struct MmolPerLitre(
        /// How many.
        pub f64,
    );
    p::own_unit!(MmolPerLitre);

    /// Bounds of `analyze_duration`
    #[derive(Debug)]
    pub struct Buckets0;
    p::buckets!(Buckets0, [5.0, 25.0, 250.0]);

    /// The KPIs of agent `neuros`.
    pub struct Kpis {
        /// RMSSD of heart rate variability
        pub hrv_rmssd: p::Gauge<Kpis, 0, p::unit::Milliseconds>,
        /// Requests
        pub requests: p::Counter<Kpis, 1, p::unit::Requests, (Route, Status)>,
        /// Time of an analysis
        pub analyze_duration: p::Histogram<Kpis, 2, p::unit::Milliseconds, Buckets0, (Route,)>,
        /// Tokens used
        pub tokens: p::Counter<Kpis, 3, p::unit::Tokens, (Model<'static>, Route)>,
        /// Money spent
        pub cost: p::FloatCounter<Kpis, 4, p::unit::Usd>,
        /// State of the breaker
        pub breaker: p::State<Kpis, 5, Breaker>,
        /// Facts about the model
        pub serving: p::Info<Kpis, 6, (Model<'static>, Route)>,
        /// Blood glucose
        pub glucose: p::Gauge<Kpis, 7, MmolPerLitre, (Route,)>,
        /// Pause between beats
        pub pause: p::NativeHistogram<Kpis, 8, p::unit::Seconds>,
        /// Jobs waiting
        pub waiting: p::Gauge<Kpis, 9, p::unit::Count>,
        /// State of the breaker of a route
        pub route_breaker: p::State<Kpis, 10, Breaker, (Route,)>,
        __link: p::Link,
    }

    p::registry! {
        Kpis, KPIS;
        about: p::About { platform: "auren", agent: "neuros", registry: "4f2a", version: "0.1.0" };
        labels: [
            p::LabelDescriptor { name: "route", values: p::Values::Closed(&["analyze", "health", "stream"]) },
            p::LabelDescriptor { name: "status", values: p::Values::Closed(&["ok", "server_error"]) },
            p::LabelDescriptor { name: "model", values: p::Values::Open(2) },
            p::LabelDescriptor { name: "state", values: p::Values::Closed(&["open", "closed"]) },
        ];
        shapes: [
            p::Shape { kind: p::Kind::Gauge, unit: "ms", labels: &[], lazy: true, debug: false },
            p::Shape { kind: p::Kind::Counter, unit: "requests", labels: &[0, 1], lazy: false, debug: false },
            p::Shape { kind: p::Kind::Histogram(<Buckets0 as p::Buckets>::BOUNDS), unit: "ms", labels: &[0], lazy: false, debug: false },
            p::Shape { kind: p::Kind::Counter, unit: "tokens", labels: &[2, 0], lazy: false, debug: false },
            p::Shape { kind: p::Kind::FloatCounter, unit: "usd", labels: &[], lazy: false, debug: false },
            p::Shape { kind: p::Kind::State, unit: "", labels: &[3], lazy: true, debug: false },
            p::Shape { kind: p::Kind::Info, unit: "", labels: &[2, 0], lazy: true, debug: false },
            p::Shape { kind: p::Kind::Gauge, unit: "mmol_per_l", labels: &[0], lazy: true, debug: false },
            p::Shape { kind: p::Kind::NativeHistogram, unit: "seconds", labels: &[], lazy: false, debug: false },
            p::Shape { kind: p::Kind::Gauge, unit: "", labels: &[], lazy: true, debug: false },
            p::Shape { kind: p::Kind::State, unit: "", labels: &[0, 3], lazy: true, debug: false },
        ];
        count: 11;
        shape_of: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        texts: concat!(
            "hrv_rmssd\u{1f}auren_hrv_rmssd_ms\u{1f}RMSSD of heart rate variability\u{1f}kpi_registry.yaml:4",
            "\u{1e}",
            "requests\u{1f}auren_requests_total\u{1f}Requests\u{1f}kpi_registry.yaml:9",
            "\u{1e}",
            "analyze_duration\u{1f}auren_analyze_duration_ms\u{1f}Time of an analysis\u{1f}kpi_registry.yaml:14",
            "\u{1e}",
            "tokens\u{1f}auren_tokens_total\u{1f}Tokens used\u{1f}kpi_registry.yaml:20",
            "\u{1e}",
            "cost\u{1f}auren_cost_usd_total\u{1f}Money spent\u{1f}kpi_registry.yaml:25",
            "\u{1e}",
            "breaker\u{1f}auren_breaker\u{1f}State of the breaker\u{1f}kpi_registry.yaml:30",
            "\u{1e}",
            "serving\u{1f}auren_serving_info\u{1f}Facts about the model\u{1f}kpi_registry.yaml:35",
            "\u{1e}",
            "glucose\u{1f}auren_glucose_mmol_per_l\u{1f}Blood glucose\u{1f}kpi_registry.yaml:40",
            "\u{1e}",
            "pause\u{1f}auren_pause_seconds\u{1f}Pause between beats\u{1f}kpi_registry.yaml:45",
            "\u{1e}",
            "waiting\u{1f}auren_waiting\u{1f}Jobs waiting\u{1f}kpi_registry.yaml:50",
            "\u{1e}",
            "route_breaker\u{1f}auren_route_breaker\u{1f}State of the breaker of a route\u{1f}kpi_registry.yaml:55",
        );
        fields: {
            hrv_rmssd: Gauge,
            requests: Counter,
            analyze_duration: Histogram,
            tokens: Counter,
            cost: FloatCounter,
            breaker: State,
            serving: Info,
            glucose: Gauge,
            pause: NativeHistogram,
            waiting: Gauge,
            route_breaker: State,
        }
    }
}

fn work(kpis: &Kpis) {
    kpis.hrv_rmssd.set(Milliseconds(47.2));
    kpis.hrv_rmssd.add(Duration::from_millis(1));
    kpis.requests.with(Route::Analyze, Status::Ok).inc();
    kpis.requests.with(Route::Stream, Status::ServerError).inc_by(3u64);
    kpis.analyze_duration.with(Route::Analyze).observe(Duration::from_millis(25));
    kpis.analyze_duration.with(Route::Analyze).start_timer().discard();
    let name = String::from("gpt-4");
    kpis.tokens.with(Model(&name), Route::Analyze).inc_by(12usize);
    kpis.cost.inc_by(kpi_runtime::NonNegative::clamped(Usd(0.25)));
    kpis.breaker.set(Breaker::Closed);
    kpis.serving.set(Model("gpt-4"), Route::Stream);
    kpis.glucose.with(Route::Health).set(MmolPerLitre(5.5));
    kpis.pause.observe(Duration::from_secs(1));
    kpis.waiting.inc();
    kpis.route_breaker.with(Route::Health).set(Breaker::Open);
}

#[test]
fn isolated_and_global_are_one_type() {
    let isolated = Kpis::new();
    work(&isolated);
    work(&isolated);
    assert_eq!(isolated.requests.with(Route::Analyze, Status::Ok).get(), 2);
    assert_eq!(isolated.requests.with(Route::Stream, Status::ServerError).get(), 6);
    assert_eq!(KPIS.requests.with(Route::Analyze, Status::Ok).get(), 0);
    assert_eq!(KPIS.hrv_rmssd.get(), None);

    work(&KPIS);
    assert!(KPIS.init().is_ok());
    assert_eq!(KPIS.requests.with(Route::Analyze, Status::Ok).get(), 1);
    assert_eq!(KPIS.hrv_rmssd.get(), Some(Milliseconds(48.2)));
    assert_eq!(KPIS.analyze_duration.with(Route::Analyze).count(), 1);
    assert_eq!(KPIS.analyze_duration.with(Route::Analyze).sum(), Milliseconds(25.0));
    assert_eq!(KPIS.tokens.with(Model("gpt-4"), Route::Analyze).get(), 12);
    assert_eq!(KPIS.cost.get(), Usd(0.25));
    assert!(KPIS.breaker.is(Breaker::Closed) && KPIS.route_breaker.with(Route::Health).is(Breaker::Open));
    assert_eq!(KPIS.waiting.get(), Some(Count(1.0)));
}

#[test]
fn a_store_is_lent_again_empty() {
    for _ in 0..3 {
        let kpis = Kpis::new();
        assert_eq!(kpis.tokens.with(Model("a"), Route::Analyze).get(), 0);
        for model in ["a", "b", "c", "d"] {
            kpis.tokens.with(Model(model), Route::Analyze).inc_by(Tokens::whole(1));
        }
        assert_eq!(kpis.tokens.with(Model("_other"), Route::Analyze).get(), 2);
    }
}

#[test]
fn a_series_of_the_global_instance_can_be_kept() {
    let series: kpi_runtime::handle::CounterSeries<'static, Kpis, Requests> =
        KPIS.requests.with(Route::Health, Status::Ok);
    std::thread::spawn(move || series.inc()).join().expect("the thread ends well");
    assert_eq!(series.get(), 1);
}

#[test]
fn handles_are_one_word() {
    assert_eq!(size_of_val(&KPIS.requests), size_of::<usize>());
    assert_eq!(size_of::<Kpis>(), 12 * size_of::<usize>());
}

#[test]
fn values_of_closed_labels_are_read_and_shown() {
    for route in Route::ALL {
        assert_eq!(route.to_string().parse::<Route>(), Ok(*route));
    }
    let error = "/analyze".parse::<Route>().expect_err("is no route");
    assert_eq!(error.to_string(), "not a value of label `route`, which has: analyze, health, stream");
    assert_eq!(error.known(), ["analyze", "health", "stream"]);
}
