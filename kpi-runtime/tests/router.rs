//! The endpoint within an axum application.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may fail loudly")]

mod support;

use std::sync::{Mutex, mpsc};

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
        assert_eq!(get(address, "/readyz", "").text(), "ready\n");
        readiness.check("database", || true);
        readiness.check("queue", || panic!("as a check may"));
        let failed = get(address, "/readyz", "");
        assert_eq!((failed.status, failed.text()), (503, "not ready\ndatabase: ok\nqueue: panicked\n"));
        readiness.check("queue", || true);
        assert_eq!(get(address, "/readyz", "").text(), "ready\ndatabase: ok\nqueue: ok\n");
        readiness.set(false);
        assert_eq!(get(address, "/readyz", "").status, 503);
    });
    asked.await.expect("all is as expected");
}

/// A check that waits holds up nobody else, even where one thread drives everything.
#[tokio::test(flavor = "current_thread")]
async fn a_check_that_waits_holds_up_nobody() {
    let readiness = Readiness::new();
    let ((asked, is_asked), (answer, may_answer)) = (mpsc::channel(), mpsc::channel::<()>());
    let may_answer = Mutex::new(may_answer);
    readiness.check("held", move || {
        asked.send(()).is_ok() && may_answer.lock().expect("is not poisoned").recv().is_ok()
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    let address = listener.local_addr().expect("is bound");
    tokio::spawn(async move { axum::serve(listener, router_with::<()>(readiness)).await });
    let asking = tokio::task::spawn_blocking(move || get(address, "/readyz", "").status);
    let other = tokio::task::spawn_blocking(move || {
        is_asked.recv().expect("the check is asked");
        let answered = get(address, "/healthz", "").status;
        answer.send(()).expect("the check waits");
        answered
    });
    assert_eq!((other.await.expect("does not panic"), asking.await.expect("does not panic")), (200, 200));
}
