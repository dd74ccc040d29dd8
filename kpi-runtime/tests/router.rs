//! The endpoint within an axum application.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may fail loudly")]

mod support;

use axum::Router;
use axum::routing::get as route;
use kpi_runtime::{Readiness, router_with};
use support::{KPIS, get};

#[tokio::test(flavor = "multi_thread")]
async fn the_router_answers_as_the_server_does() {
    KPIS.init().expect("there is one registry");
    let readiness = Readiness::new();
    let app: Router = Router::new().route("/", route(async || "app")).merge(router_with(readiness.clone()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    let address = listener.local_addr().expect("is bound");
    tokio::spawn(async move { axum::serve(listener, app).await });

    let asked = tokio::task::spawn_blocking(move || {
        let metrics =
            get(address, "/metrics", "Accept: application/openmetrics-text\r\nAccept-Encoding: gzip\r\n");
        assert_eq!(metrics.header("content-encoding"), Some("gzip"));
        let expected = Some("application/openmetrics-text; version=1.0.0; charset=utf-8");
        assert_eq!(metrics.header("content-type"), expected);
        let plain = get(address, "/metrics", "");
        assert!(plain.text().contains("test_requests_total{route=\"analyze\"} 0\n"));
        assert_eq!((get(address, "/healthz", "").text(), get(address, "/", "").text()), ("ok\n", "app"));
        let contract = get(address, "/kpi/contract", "");
        assert_eq!(contract.header("content-type"), Some("application/json"));
        assert!(contract.text().contains("\"kpi\": \"requests\""), "{}", contract.text());
        assert_eq!(get(address, "/readyz", "").status, 200);
        readiness.set(false);
        assert_eq!(get(address, "/readyz", "").status, 503);
    });
    asked.await.expect("all is as expected");
}
