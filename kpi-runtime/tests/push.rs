//! Pushes to a gateway: what is sent, and what is said when it is not taken. The real Pushgateway is in `tests/interop`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may fail loudly")]

mod kpis {
    kpi_runtime::kpis!("support/shop.yaml");
}
#[path = "support/receiver.rs"]
mod receiver;

use std::net::TcpListener;
use std::time::Duration;
use std::{env, fs};

use kpi_runtime::push::{PushError, Pushgateway};
use kpi_runtime::testing;
use kpis::{Kpis, Model, Route, Status};
use receiver::Receiver;

const ACCEPTED: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

#[test]
fn values_go_where_the_grouping_says() {
    let kpis = Kpis::new();
    kpis.requests.with(Route::Order, Status::Ok).inc();
    let receiver = Receiver::answering(&[ACCEPTED, ACCEPTED, "HTTP/1.1 202 Accepted\r\n\r\n"]);
    let gateway = Pushgateway::new(&receiver.url()).grouping("instance", "a/b").job("night ly");
    let values = testing::snapshot(&kpis);
    gateway.push_snapshot(&values).unwrap();
    gateway.add_snapshot(&values).unwrap();
    gateway.delete().unwrap();

    let address = receiver.address.to_string();
    let requests = receiver.received();
    let lines: Vec<&str> = requests.iter().map(|it| it.line.as_str()).collect();
    let path = "/metrics/job/night%20ly/instance@base64/YS9i";
    assert_eq!(lines, [format!("PUT {path}"), format!("POST {path}"), format!("DELETE {path}")]);
    assert_eq!(requests[0].text(), testing::text(&kpis));
    assert_eq!(requests[0].header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    assert_eq!(requests[0].header("host"), Some(address.as_str()));
    assert_eq!(
        (requests[1].body.as_slice(), requests[2].body.as_slice()),
        (requests[0].body.as_slice(), &b""[..])
    );
}

#[test]
fn what_a_scrape_shows_is_pushed() {
    kpis::KPIS.calls.inc();
    let receiver = Receiver::answering(&[ACCEPTED]);
    Pushgateway::new(&format!("{}/below/", receiver.url())).job("etl").push().unwrap();
    let requests = receiver.received();
    assert_eq!(requests[0].line, "PUT /below/metrics/job/etl");
    let lines = || requests[0].text().lines();
    assert!(lines().any(|line| line == "shop_calls_total 1"));
    assert!(lines().any(|line| line.starts_with("kpi_build_info{")));
    assert!(!lines().any(|line| line.contains("process_")));
}

#[test]
fn credentials_are_read_at_each_push() {
    let file = env::temp_dir().join(format!("kpi-push-{}", std::process::id()));
    let receiver = Receiver::answering(&[ACCEPTED, ACCEPTED, ACCEPTED]);
    let gateway = Pushgateway::new(&receiver.url()).job("etl");
    fs::write(&file, "secret\n").unwrap();
    gateway.clone().basic_auth("user", &file).delete().unwrap();
    let bearer = gateway.bearer_token(&file);
    bearer.delete().unwrap();
    fs::write(&file, "other").unwrap();
    bearer.delete().unwrap();
    fs::remove_file(&file).unwrap();
    let error = bearer.delete().unwrap_err();
    assert!(matches!(&error, PushError::Credentials { path, .. } if *path == file), "{error}");
    let authorization: Vec<_> =
        receiver.received().iter().map(|it| it.header("authorization").unwrap().to_owned()).collect();
    assert_eq!(authorization, ["Basic dXNlcjpzZWNyZXQ=", "Bearer secret", "Bearer other"]);
}

#[test]
fn a_label_that_the_gateway_would_overwrite_is_refused() {
    let kpis = Kpis::new();
    kpis.asked.with(Model("gpt")).inc();
    // Nobody listens there, and nobody is asked.
    let gateway = Pushgateway::new("http://127.0.0.1:1").job("etl").grouping("model", "all");
    let error = gateway.push_snapshot(&testing::snapshot(&kpis)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`shop_asked_total` has a label `model` of its own, which the grouping label `model` would overwrite: rename one of them"
    );
}

#[test]
fn what_can_never_be_pushed_is_told_before() {
    let check = |gateway: Pushgateway| {
        gateway.checked().map_or_else(|error| error.to_string(), |_| "fine".to_owned())
    };
    let gateway = || Pushgateway::new("http://pushgateway:9091").job("etl");
    let cases = [
        (gateway().grouping("instance", ""), "fine"),
        (
            Pushgateway::new("pushgateway:9091").job("etl"),
            "cannot push to `pushgateway:9091`: expected a URL such as http://pushgateway:9091",
        ),
        (
            Pushgateway::new("https://x").job("etl"),
            "cannot push to `https://x`: https is not spoken here: push to a proxy on this machine that speaks it",
        ),
        (
            Pushgateway::new("http://me:secret@x").job("etl"),
            "cannot push to `http://…@x`: a URL is no place for secrets: read them from a file",
        ),
        (Pushgateway::new("http://x"), "grouping label `job`: a push needs the name of its job"),
        (
            gateway().grouping("a-b", "c"),
            "grouping label `a-b`: a label's name has letters of ASCII, digits and `_`, and does not begin with a digit",
        ),
        (gateway().grouping("a", "b").grouping("a", "c"), "grouping label `a`: it is given twice"),
        (
            gateway().bearer_token("/no/such/file"),
            "cannot read credentials from /no/such/file: No such file or directory (os error 2)",
        ),
    ];
    for (gateway, expected) in cases {
        assert_eq!(check(gateway), expected);
    }
}

#[test]
fn the_gateways_own_words_are_handed_on() {
    let refused = "HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n1c\r\npushed metrics are invalid: \r\n7\r\nno no\r\n\r\n0\r\n\r\n";
    let receiver =
        Receiver::answering(&[refused, "HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n", "nonsense\r\n\r\n"]);
    let (url, gateway) = (receiver.url(), Pushgateway::new(&receiver.url()).job("etl"));
    let said = [(); 3].map(|()| gateway.delete().unwrap_err().to_string());
    assert_eq!(
        said,
        [
            format!("{url} refused the push with status 400: pushed metrics are invalid: no no"),
            format!("{url} refused the push with status 302"),
            format!("cannot push to {url}: the answer is no HTTP: it has no status"),
        ]
    );
    drop(receiver.received());
}

#[test]
fn a_gateway_that_is_not_there_or_says_nothing_is_an_error() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let gateway = Pushgateway::new(&url).job("etl").timeout(Duration::from_millis(50));
    // It accepts, and never answers.
    let error = gateway.delete().unwrap_err();
    assert!(
        matches!(&error, PushError::Io { error, .. } if error.kind() == std::io::ErrorKind::TimedOut),
        "{error}"
    );
    drop(listener);
    let error = gateway.timeout(Duration::from_secs(10)).delete().unwrap_err();
    assert!(
        matches!(&error, PushError::Io { error, .. } if error.kind() == std::io::ErrorKind::ConnectionRefused),
        "{error}"
    );
}
