//! What is served, and how it is agreed on.

use std::io::{Read, Write};
use std::thread;

use flate2::read::GzDecoder;
use kpi_runtime::Endpoint;

use crate::support::{KPIS, Route, ask, connect, get, read_answer};
use crate::{GET, is_ended, start};

#[test]
fn serves_the_kpis_and_what_belongs_to_every_process() {
    let address = start(Endpoint::new()).address();
    let answer = get(address, "/metrics", "");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("Content-Type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    assert_eq!(answer.header("Vary"), Some("Accept, Accept-Encoding"));
    let text = answer.text();
    for line in [
        "test_requests_total{route=\"analyze\"} ",
        "kpi_build_info{platform=\"test\",agent_name=\"tester\",registry=\"0\",version=\"1\"} 1\n",
        "# TYPE process_cpu_seconds_total counter\n",
        "process_resident_memory_bytes ",
        "kpi_runtime_rejected_total ",
        "kpi_runtime_overflowed_total{label=\"model\"} ",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(!text.contains("test_temperature"), "a gauge that nobody has set is not there");
}

#[test]
fn negotiates() {
    let address = start(Endpoint::new()).address();
    let answer = get(address, "/metrics", "Accept: application/openmetrics-text;version=1.0.0\r\n");
    assert!(answer.text().ends_with("# EOF\n"));
    assert_eq!(
        answer.header("content-type"),
        Some("application/openmetrics-text; version=1.0.0; charset=utf-8")
    );

    let protobuf =
        "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
    let answer = get(address, "/metrics", &format!("Accept: {protobuf}\r\n"));
    assert_eq!(answer.header("content-type"), Some(protobuf));
    let name = b"\x0a\x13test_requests_total";
    assert!(answer.body.windows(name.len()).any(|window| window == name));

    let answer = get(address, "/metrics", "Accept-Encoding: gzip\r\n");
    assert_eq!(answer.header("content-encoding"), Some("gzip"));
    let mut text = String::new();
    GzDecoder::new(answer.body.as_slice()).read_to_string(&mut text).expect("is gzip");
    assert!(text.contains("test_requests_total"));

    for headers in ["Accept-Encoding: gzip;q=0\r\n", "Accept-Encoding: identity\r\n", ""] {
        assert_eq!(get(address, "/metrics", headers).header("content-encoding"), None, "{headers}");
    }
    let plain = start(Endpoint::new().compress(false)).address();
    for coding in ["gzip", "zstd"] {
        let headers = format!("Accept-Encoding: {coding}\r\n");
        assert_eq!(get(plain, "/metrics", &headers).header("content-encoding"), None);
    }
}

#[test]
fn zstd_is_spoken_with_its_feature() {
    let address = start(Endpoint::new()).address();
    let answer = get(address, "/metrics", "Accept-Encoding: gzip, zstd\r\n");
    let coding = answer.header("content-encoding");
    if cfg!(not(feature = "zstd")) {
        assert_eq!(coding, Some("gzip"));
        return;
    }
    assert_eq!((coding, answer.header("vary")), (Some("zstd"), Some("Accept, Accept-Encoding")));
    let mut text = String::new();
    let mut decoder = ruzstd::decoding::StreamingDecoder::new(answer.body.as_slice()).expect("is a frame");
    decoder.read_to_string(&mut text).expect("is zstd");
    assert!(text.contains("test_requests_total") && text.ends_with('\n'), "{text}");

    let mut stream = connect(address);
    let head = ask(&mut stream, "HEAD /metrics HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: zstd\r\n\r\n");
    assert_eq!(head.header("Content-Encoding"), Some("zstd"));
    assert!(head.header("Content-Length").is_some_and(|length| length != "0"));
    // The next answer begins where the head ends.
    assert_eq!(ask(&mut stream, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").text(), "ok\n");
}

#[test]
fn a_head_has_no_body() {
    let address = start(Endpoint::new()).address();
    let mut stream = connect(address);
    let head = ask(&mut stream, "HEAD /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert!(head.header("Content-Length").is_some_and(|length| length != "0"));
    // The next answer begins where the head ends.
    assert_eq!(ask(&mut stream, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").text(), "ok\n");
}

#[test]
fn connections_are_kept_and_requests_may_come_at_once() {
    let address = start(Endpoint::new()).address();
    let mut stream = connect(address);
    for _ in 0..3 {
        let answer = ask(&mut stream, GET);
        assert_eq!((answer.status, answer.header("Connection")), (200, Some("keep-alive")));
    }
    let last = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(format!("{GET}{GET}{last}").as_bytes()).expect("is open");
    let answers: Vec<_> = (0..3).map(|_| read_answer(&mut stream, false)).collect();
    assert_eq!((answers[0].status, answers[1].status, answers[2].text()), (200, 200, "ok\n"));
    assert!(is_ended(&mut stream));
}

#[test]
fn a_thousand_requests_of_one_connection_are_answered_in_order() {
    let address = start(Endpoint::new()).address();
    let mut stream = connect(address);
    let mut writer = stream.try_clone().expect("can be cloned");
    let flood = thread::spawn(move || {
        for number in 0..1000 {
            let path = ["/healthz", "/readyz"][number % 2];
            writer
                .write_all(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes())
                .expect("is open");
        }
    });
    for number in 0..1000 {
        assert_eq!(read_answer(&mut stream, false).text(), ["ok\n", "ready\n"][number % 2], "{number}");
    }
    flood.join().expect("does not panic");
}

#[test]
fn many_scrape_at_once() {
    let address = start(Endpoint::new().max_scrapes(1)).address();
    let scrape = |_| thread::spawn(move || (0..10).all(|_| get(address, "/metrics", "").status == 200));
    let threads: Vec<_> = (0..8).map(scrape).collect();
    KPIS.requests.with(Route::Health).inc();
    assert!(threads.into_iter().all(|thread| thread.join().expect("does not panic")));
}

#[test]
fn an_address_in_use_is_told() {
    let server = start(Endpoint::new());
    let error = kpi_runtime::serve(server.address()).expect_err("is taken");
    assert!(error.to_string().starts_with("cannot listen: "), "{error}");
}
