//! The standalone endpoint, spoken to over real sockets, politely and not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may fail loudly")]

mod support;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use flate2::read::GzDecoder;
use kpi_runtime::{Endpoint, Readiness, Server};
use support::{KPIS, Route, ask, connect, get, read_answer};

fn start(endpoint: Endpoint) -> Server {
    KPIS.init().expect("there is one registry");
    endpoint.serve_on("127.0.0.1:0").expect("there is a free port")
}

const GET: &str = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";

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
    assert_eq!(get(plain, "/metrics", "Accept-Encoding: gzip\r\n").header("content-encoding"), None);
}

#[test]
fn tells_health_and_readiness() {
    let readiness = Readiness::new();
    let address = start(Endpoint::new().readiness(readiness.clone())).address();
    assert_eq!(get(address, "/healthz", "").text(), "ok\n");
    assert_eq!(get(address, "/readyz", "").status, 200);
    readiness.set(false);
    assert_eq!((get(address, "/readyz", "").status, get(address, "/healthz", "").status), (503, 200));
    readiness.set(true);
    assert_eq!(get(address, "/readyz?verbose", "").text(), "ready\n");
}

#[test]
fn refuses_other_paths_and_methods() {
    let address = start(Endpoint::new()).address();
    for (request, status) in [
        ("GET / HTTP/1.1\r\n\r\n", 404),
        ("GET /metrics/ HTTP/1.1\r\n\r\n", 404),
        ("POST /nowhere HTTP/1.1\r\n\r\n", 404),
        ("DELETE /metrics HTTP/1.1\r\n\r\n", 405),
        ("POST /metrics HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", 405),
        ("PRI * HTTP/2.0\r\n\r\n", 505),
        ("nonsense\r\n\r\n", 400),
        ("GET /metrics HTTP/1.1\r\nA : b\r\n\r\n", 400),
        ("\0\0\0\r\n\r\n", 400),
    ] {
        let answer = ask(&mut connect(address), request);
        assert_eq!(answer.status, status, "{request:?}");
        assert_eq!(answer.header("Allow").is_some(), status == 405, "{request:?}");
    }
}

#[test]
fn a_head_has_no_body() {
    let address = start(Endpoint::new()).address();
    let mut stream = connect(address);
    let head = ask(&mut stream, "HEAD /metrics HTTP/1.1\r\n\r\n");
    assert!(head.header("Content-Length").is_some_and(|length| length != "0"));
    // The next answer begins where the head ends.
    assert_eq!(ask(&mut stream, "GET /healthz HTTP/1.1\r\n\r\n").text(), "ok\n");
}

#[test]
fn connections_are_kept_and_requests_may_come_at_once() {
    let address = start(Endpoint::new()).address();
    let mut stream = connect(address);
    for _ in 0..3 {
        let answer = ask(&mut stream, GET);
        assert_eq!((answer.status, answer.header("Connection")), (200, Some("keep-alive")));
    }
    stream
        .write_all(format!("{GET}{GET}GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n").as_bytes())
        .expect("is open");
    let answers: Vec<_> = (0..3).map(|_| read_answer(&mut stream, false)).collect();
    assert_eq!((answers[0].status, answers[1].status, answers[2].text()), (200, 200, "ok\n"));
    assert!(is_ended(&mut stream));
}

#[test]
fn a_head_may_come_in_pieces() {
    let address = start(Endpoint::new()).address();
    let mut stream = connect(address);
    for byte in GET.as_bytes() {
        stream.write_all(&[*byte]).expect("is open");
    }
    assert_eq!(read_answer(&mut stream, false).status, 200);
}

#[test]
fn a_head_that_is_too_large_is_refused() {
    let address = start(Endpoint::new()).address();
    let mut stream = connect(address);
    let endless = format!("GET /metrics HTTP/1.1\r\nA: {}", "x".repeat(20_000));
    assert_eq!(ask(&mut stream, &endless).status, 431);
    assert!(is_ended(&mut stream));
    let many = format!("GET /metrics HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(101));
    assert_eq!(ask(&mut connect(address), &many).status, 431);
}

#[test]
fn a_slow_head_has_a_deadline() {
    let endpoint = Endpoint::new().head_timeout(Duration::from_millis(300));
    let address = start(endpoint).address();
    let (mut stream, begin) = (connect(address), Instant::now());
    let mut drip = stream.try_clone().expect("can be cloned");
    let dripping = thread::spawn(move || {
        while drip.write_all(b"x").is_ok() {
            thread::sleep(Duration::from_millis(50));
        }
    });
    assert_eq!(read_answer(&mut stream, false).status, 408);
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    drop(stream);
    dripping.join().expect("the connection has ended");
}

#[test]
fn silence_ends_a_connection() {
    let endpoint =
        Endpoint::new().head_timeout(Duration::from_millis(200)).idle_timeout(Duration::from_millis(200));
    let address = start(endpoint).address();
    assert!(is_ended(&mut connect(address)), "before the first request");
    let mut stream = connect(address);
    ask(&mut stream, GET);
    assert!(is_ended(&mut stream), "after it");
}

#[test]
fn a_client_that_does_not_read_has_a_deadline() {
    let endpoint = Endpoint::new().answer_timeout(Duration::from_millis(300)).max_connections(1);
    let address = start(endpoint).address();
    let mut deaf = connect(address);
    let begin = Instant::now();
    deaf.set_write_timeout(Some(Duration::from_millis(100))).expect("is a timeout");
    // Requests until neither side's buffers take more.
    while deaf.write_all(GET.as_bytes()).is_ok() && begin.elapsed() < Duration::from_secs(5) {}
    let deadline = Instant::now() + Duration::from_secs(10);
    let served = || {
        let mut stream = TcpStream::connect(address).ok()?;
        stream.write_all(GET.as_bytes()).ok()?;
        let mut first = [0; 15];
        stream.read_exact(&mut first).ok()?;
        first.ends_with(b"200 OK").then_some(())
    };
    while served().is_none() {
        assert!(Instant::now() < deadline, "the deaf client still has the only connection");
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn silent_connections_do_not_keep_a_scrape_out() {
    let address = start(Endpoint::new().max_connections(4)).address();
    let silent: Vec<TcpStream> = (0..40).map(|_| connect(address)).collect();
    for _ in 0..10 {
        assert_eq!(get(address, "/metrics", "").status, 200);
    }
    drop(silent);
}

#[test]
fn many_scrape_at_once() {
    let address = start(Endpoint::new()).address();
    let scrape = |_| thread::spawn(move || (0..10).all(|_| get(address, "/metrics", "").status == 200));
    let threads: Vec<_> = (0..8).map(scrape).collect();
    KPIS.requests.with(Route::Health).inc();
    assert!(threads.into_iter().all(|thread| thread.join().expect("does not panic")));
}

#[test]
fn shutting_down_ends_what_waits_and_frees_the_port() {
    let server = start(Endpoint::new());
    let address: SocketAddr = server.address();
    let mut kept = connect(address);
    ask(&mut kept, GET);
    let begin = Instant::now();
    server.shutdown(Duration::from_secs(5));
    assert!(begin.elapsed() < Duration::from_secs(4), "{:?}", begin.elapsed());
    assert!(is_ended(&mut kept));
    assert!(TcpStream::connect(address).is_err(), "nobody listens");
    Endpoint::new().serve_on(address).expect("the port is free");
}

#[test]
fn an_address_in_use_is_told() {
    let server = start(Endpoint::new());
    let error = kpi_runtime::serve(server.address()).expect_err("is taken");
    assert!(error.to_string().starts_with("cannot listen: "), "{error}");
}

/// Whether the other side says no more.
fn is_ended(stream: &mut TcpStream) -> bool {
    let mut rest = Vec::new();
    let ended = stream.read_to_end(&mut rest);
    ended.is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset) || rest.is_empty()
}

/// "For ever" must not overflow a clock.
#[test]
fn takes_the_longest_of_times() {
    let endpoint =
        Endpoint::new().head_timeout(Duration::MAX).idle_timeout(Duration::MAX).answer_timeout(Duration::MAX);
    let server = start(endpoint);
    assert_eq!(get(server.address(), "/healthz", "").text(), "ok\n");
    server.shutdown(Duration::MAX);
}

/// A body that is not read must never be taken for the next request, whatever the client asks for.
#[test]
fn a_body_is_no_request() {
    let address = start(Endpoint::new()).address();
    let mut stream = connect(address);
    let hidden = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    let request = format!(
        "GET /readyz HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\nConnection: keep-alive\r\n\r\n{hidden}",
        hidden.len()
    );
    let answer = ask(&mut stream, &request);
    assert_eq!((answer.status, answer.header("Connection")), (200, Some("close")));
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).expect("ends");
    assert_eq!(String::from_utf8_lossy(&rest), "");
}
