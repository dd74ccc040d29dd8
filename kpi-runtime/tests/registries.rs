//! Several registries in one program are served together, and two families of one name are refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may fail loudly")]

mod support;

use kpi_runtime::{Endpoint, ServeError, snapshot};
use support::{KPIS, Route};

/// A registry of a library, with one family that the other one has too.
#[allow(unreachable_pub, reason = "generated code is written for any place")]
mod library {
    use kpi_runtime::private as p;

    pub struct Kpis {
        pub hits: p::Counter<Kpis, 0, p::unit::Count>,
        pub requests: p::Gauge<Kpis, 1, p::unit::Count>,
        __link: p::Link,
    }

    p::registry! {
        Kpis, KPIS;
        about: p::About { platform: "test", agent: "library", registry: "1", version: "1" };
        labels: [];
        shapes: [
            p::Shape { kind: p::Kind::Counter, unit: "", labels: &[], lazy: false, debug: false },
            p::Shape { kind: p::Kind::Gauge, unit: "", labels: &[], lazy: true, debug: false },
        ];
        count: 2;
        shape_of: [0, 1];
        texts: concat!(
            "hits\u{1f}library_hits_total\u{1f}Hits\u{1f}library.yaml:3\u{1e}",
            "requests\u{1f}test_requests\u{1f}Requests\u{1f}library.yaml:7",
        );
        fields: { hits: Counter, requests: Gauge, }
    }
}

/// In one test, because which registries are in use belongs to the whole process.
#[test]
fn one_page_and_one_owner_of_a_name() {
    assert!(snapshot().family("test_requests_total").is_none(), "nothing is in use yet");

    library::Kpis::new().hits.inc();
    assert!(snapshot().family("library_hits_total").is_none(), "isolated instances are never scraped");

    KPIS.requests.with(Route::Analyze).inc();
    let first = snapshot();
    assert!(
        first.series("test_requests_total", &[("route", "health")]).is_some(),
        "zeros come with the first write"
    );
    let server = Endpoint::new().serve_on("127.0.0.1:0").expect("there is no conflict yet");

    // Without `init` the second registry joins with its first write; the family of the taken name is left out.
    library::KPIS.hits.inc();
    library::KPIS.requests.inc();
    let both = snapshot();
    assert_eq!(both.series("library_hits_total", &[]).map(|series| series.value.as_f64()), Some(1.0));
    assert!(both.family("test_requests").is_none());
    assert!(both.family("test_requests_total").is_some());
    assert!(both.series("kpi_runtime_conflicts", &[("family", "test_requests")]).is_some());
    let page = support::get(server.address(), "/metrics", "");
    assert!(page.text().contains("library_hits_total 1\n") && page.text().contains("test_requests_total{"));

    // Whoever asks is told, with both places.
    let expected = "KPI `requests` (library.yaml:7) would expose `test_requests`, whose name r.yaml:1 already exposes; rename one of them";
    assert_eq!(library::KPIS.init().map_err(|conflict| conflict.to_string()), Err(expected.to_owned()));
    assert_eq!(KPIS.init(), Ok(()), "the first one is in the right");
    assert_eq!(library::Kpis::new().init(), Ok(()), "an isolated instance is none of it");
    let refused = Endpoint::new().serve_on("127.0.0.1:0");
    assert!(
        matches!(&refused, Err(ServeError::Conflict(conflict)) if conflict.kept() == "r.yaml:1"),
        "{refused:?}"
    );
}
