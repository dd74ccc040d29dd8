//! Exports over HTTP: what is sent, when, and what is said when it is not taken. That OpenTelemetry reads it is shown in
//! `tests/interop`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may fail loudly")]

mod kpis {
    kpi_runtime::kpis!("support/shop.yaml", agent = "checkout", emitted_in = []);
}
#[path = "support/receiver.rs"]
mod receiver;

use std::sync::mpsc::channel;
use std::time::Duration;

use kpi_runtime::otlp::{ExportError, Exporter, ucum};
use kpi_runtime::testing;
use kpis::{KPIS, Kpis};
use receiver::Receiver;

const TAKEN: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n";

#[test]
fn an_export_is_a_post_of_protobuf() {
    let receiver = Receiver::answering(&[TAKEN, TAKEN]);
    let exporter = Exporter::new(&receiver.url()).header("X-Tenant", "shop");
    exporter.export().unwrap();
    exporter.gzip(true).export().unwrap();
    let requests = receiver.received();
    for request in &requests {
        assert_eq!(request.line, "POST /v1/metrics");
        assert_eq!(request.header("content-type"), Some("application/x-protobuf"));
        assert_eq!(request.header("x-tenant"), Some("shop"));
    }
    assert_eq!(requests[0].header("content-encoding"), None);
    assert_eq!(requests[1].header("content-encoding"), Some("gzip"));
    assert!(requests[1].body.starts_with(&[0x1f, 0x8b]) && requests[1].body.len() < requests[0].body.len());
}

#[test]
fn what_an_endpoint_says_is_handed_on() {
    let answer = |head: &str, body: &str| {
        format!(
            "HTTP/1.1 {head}\r\nContent-Type: application/x-protobuf\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let answers = [
        answer("400 Bad Request", "\x08\x03\x12\x0eno such tenant"),
        answer("200 OK", "\x0a\x0b\x08\x02\x12\x07too old"),
        // A warning without a rejection is no error.
        answer("200 OK", "\x0a\x06\x12\x04note"),
        "HTTP/1.1 503 Busy\r\nRetry-After: 3\r\n\r\nlater\n".to_owned(),
    ];
    let receiver = Receiver::answering(&answers.each_ref().map(String::as_str));
    let (url, kpis, exporter) = (receiver.url(), Kpis::new(), Exporter::new(&receiver.url()));
    let said = [(); 4]
        .map(|()| exporter.export_snapshot(&testing::snapshot(&kpis)).map_err(|error| error.to_string()));
    let expected = [
        Err(format!("{url} refused the metrics with status 400: no such tenant")),
        Err(format!("{url} did not take 2 of the points: too old")),
        Ok(()),
        Err(format!("{url} refused the metrics with status 503: later")),
    ];
    assert_eq!(said, expected);
    drop(receiver.received());
}

#[test]
fn what_can_never_be_exported_is_told_before() {
    let check =
        |exporter: Exporter| exporter.checked().map_or_else(|error| error.to_string(), |_| "fine".to_owned());
    let exporter = || Exporter::new("http://collector:4318");
    assert_eq!(check(exporter()), "fine");
    let cases = [
        (Exporter::new("https://x"), "https is not spoken here"),
        (exporter().header("a b", "c"), "header `a b`: a header's name"),
        (exporter().header("a", "b\r\nc: d"), "header `a`: a header's value is one line of ASCII"),
        (exporter().bearer_token("/no/such/file"), "cannot read credentials from /no/such/file"),
    ];
    for (exporter, said) in cases {
        let error = check(exporter);
        assert!(error.contains(said), "{error}");
    }
    assert!(!format!("{:?}", exporter().header("Authorization", "secret")).contains("secret"));
}

#[test]
fn in_the_background_it_goes_on_until_it_is_dropped() {
    KPIS.calls.inc();
    let receiver = Receiver::answering(&[TAKEN, "HTTP/1.1 500 No\r\n\r\nbroken", TAKEN]);
    let (tell, told) = channel();
    let exporting = Exporter::new(&receiver.url())
        .interval(Duration::from_millis(1))
        .on_error(move |error| tell.send(error.to_string()).unwrap())
        .start()
        .unwrap();
    // By the time that the second has failed, two have come; the third may come by the clock or at the end.
    assert!(told.recv().unwrap().ends_with("refused the metrics with status 500: broken"));
    let bodies: Vec<Vec<u8>> = receiver.received().into_iter().map(|request| request.body).collect();
    assert_eq!(bodies.len(), 3);
    assert!(bodies.iter().all(|body| body.windows(16).any(|window| window == b"shop_calls_total")));
    // Nobody takes the last one.
    let error = exporting.stop().unwrap_err();
    assert!(matches!(error, ExportError::Io { .. }), "{error}");
}

#[test]
fn the_last_export_comes_when_it_is_dropped() {
    let receiver = Receiver::answering(&[TAKEN]);
    let exporting = Exporter::new(&receiver.url()).interval(Duration::from_secs(3_600)).start().unwrap();
    drop(exporting);
    assert_eq!(receiver.received().len(), 1);
}

#[test]
fn units_are_codes_of_ucum() {
    let cases = [
        ("ms", "ms"),
        ("seconds", "s"),
        ("bytes", "By"),
        ("ratio", "1"),
        ("", ""),
        ("mmol_per_liter", "{mmol_per_liter}"),
    ];
    for (suffix, code) in cases {
        assert_eq!(ucum(suffix), code);
    }
}
