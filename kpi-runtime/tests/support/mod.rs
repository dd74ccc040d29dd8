//! A small registry, as generated code would declare it, and a client that speaks HTTP by hand.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test uses a part of what is written as generated code is"
)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use kpi_runtime::private as p;
use kpi_runtime::{Endpoint, Server};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    Analyze,
    Health,
}
p::closed_label! { Route, "route", [Analyze = "analyze", Health = "health",] }

#[derive(Debug, Clone, Copy)]
pub enum Breaker {
    Open,
    HalfOpen,
    Closed,
}
p::closed_label! { Breaker, "state", [Open = "open", HalfOpen = "half \"open\"\\\n", Closed = "closed",] }

pub const LIMIT: u32 = 16;

#[derive(Debug, Clone, Copy)]
pub struct Model<'a>(pub &'a str);
p::open_label!(Model, 2, 16);

pub struct Bounds;
p::buckets!(Bounds, [0.5, 1.0, 2.5, 1_000_000.0]);

pub struct Kpis {
    pub requests: p::Counter<Kpis, 0, p::unit::Requests, (Route,)>,
    pub tokens: p::Counter<Kpis, 1, p::unit::Tokens, (Model<'static>, Route)>,
    pub energy: p::FloatCounter<Kpis, 2, p::unit::Joules>,
    pub temperature: p::Gauge<Kpis, 3, p::unit::Celsius, (Model<'static>,)>,
    pub latency: p::Histogram<Kpis, 4, p::unit::Seconds, Bounds, (Route,)>,
    pub pause: p::NativeHistogram<Kpis, 5, p::unit::Milliseconds>,
    pub breaker: p::State<Kpis, 6, Breaker, (Route,)>,
    pub serving: p::Info<Kpis, 7, (Model<'static>, Route)>,
    pub bytes: p::Counter<Kpis, 8, p::unit::Bytes>,
    pub restarts: p::Counter<Kpis, 9, p::unit::Count>,
    pub cost: p::FloatCounter<Kpis, 10, p::unit::Usd, (Model<'static>,)>,
    pub downtime: p::FloatCounter<Kpis, 11, p::unit::Seconds>,
    __link: p::Link,
}

p::registry! {
    Kpis, KPIS;
    about: p::About { platform: "test", agent: "tester", registry: "0", version: "1" };
    labels: [
        p::LabelDescriptor { name: "route", values: p::Values::Closed(&["analyze", "health"]) },
        p::LabelDescriptor { name: "state", values: p::Values::Closed(&["open", "half \"open\"\\\n", "closed"]) },
        p::LabelDescriptor { name: "model", values: p::Values::Open(LIMIT) },
    ];
    shapes: [
        p::Shape { kind: p::Kind::Counter, unit: "requests", labels: &[0], lazy: false, debug: false },
        p::Shape { kind: p::Kind::Counter, unit: "tokens", labels: &[2, 0], lazy: false, debug: false },
        p::Shape { kind: p::Kind::FloatCounter, unit: "joules", labels: &[], lazy: false, debug: false },
        p::Shape { kind: p::Kind::Gauge, unit: "celsius", labels: &[2], lazy: true, debug: false },
        p::Shape { kind: p::Kind::Histogram(<Bounds as p::Buckets>::BOUNDS), unit: "seconds", labels: &[0], lazy: false, debug: false },
        p::Shape { kind: p::Kind::NativeHistogram, unit: "ms", labels: &[], lazy: false, debug: false },
        p::Shape { kind: p::Kind::State, unit: "", labels: &[0, 1], lazy: true, debug: false },
        p::Shape { kind: p::Kind::Info, unit: "", labels: &[2, 0], lazy: true, debug: false },
        p::Shape { kind: p::Kind::Counter, unit: "bytes", labels: &[], lazy: false, debug: false },
        p::Shape { kind: p::Kind::Counter, unit: "", labels: &[], lazy: true, debug: false },
        p::Shape { kind: p::Kind::FloatCounter, unit: "usd", labels: &[2], lazy: false, debug: false },
        p::Shape { kind: p::Kind::FloatCounter, unit: "seconds", labels: &[], lazy: true, debug: false },
    ];
    count: 12;
    shape_of: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
    texts: concat!(
        "requests\u{1f}test_requests_total\u{1f}Requests\u{1f}r.yaml:1\u{1e}",
        "tokens\u{1f}test_tokens_total\u{1f}Tokens with a \"quote\", a \\ and\na line\u{1f}r.yaml:2\u{1e}",
        "energy\u{1f}test_energy_joules_total\u{1f}Energy\u{1f}r.yaml:3\u{1e}",
        "temperature\u{1f}test_temperature_celsius\u{1f}Temperature\u{1f}r.yaml:4\u{1e}",
        "latency\u{1f}test_latency_seconds\u{1f}Latency\u{1f}r.yaml:5\u{1e}",
        "pause\u{1f}test_pause_ms\u{1f}Pause\u{1f}r.yaml:6\u{1e}",
        "breaker\u{1f}test_breaker\u{1f}Breaker\u{1f}r.yaml:7\u{1e}",
        "serving\u{1f}test_serving_info\u{1f}Serving\u{1f}r.yaml:8\u{1e}",
        "bytes\u{1f}test_bytes_total\u{1f}Bytes\u{1f}r.yaml:9\u{1e}",
        "restarts\u{1f}test_restarts_total\u{1f}Restarts\u{1f}r.yaml:10\u{1e}",
        "cost\u{1f}test_cost_usd_total\u{1f}Cost\u{1f}r.yaml:11\u{1e}",
        "downtime\u{1f}test_downtime_seconds_total\u{1f}Downtime\u{1f}r.yaml:12",
    );
    fields: {
        requests: Counter,
        tokens: Counter,
        energy: FloatCounter,
        temperature: Gauge,
        latency: Histogram,
        pause: NativeHistogram,
        breaker: State,
        serving: Info,
        bytes: Counter,
        restarts: Counter,
        cost: FloatCounter,
        downtime: FloatCounter,
    }
}

/// An answer, split.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let headers = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        headers.into_iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("is text")
    }
}

/// Serves from sockets that hold less than an answer, so that a client that does not read is noticed at once.
pub fn serve_unbuffered(endpoint: Endpoint) -> Server {
    KPIS.init().expect("there is one registry");
    for number in 0..LIMIT {
        let model = format!("{number:0100}");
        KPIS.tokens.with(Model(&model), Route::Analyze).inc();
        KPIS.cost.with(Model(&model)).inc_by(p::unit::NonNegative::clamped(p::unit::Usd(1.0)));
    }
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    rustix::net::sockopt::set_socket_send_buffer_size(&listener, 1).expect("is a socket");
    endpoint.serve_listener(listener).expect("it listens")
}

pub fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("listens");
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("is a timeout");
    stream
}

/// A client that asks for all metrics some times, reads nothing, and receives little that it does not read.
pub fn deaf(address: SocketAddr, times: usize) -> TcpStream {
    use rustix::net::{AddressFamily, SocketType, connect, socket, sockopt};
    let socket = socket(AddressFamily::INET, SocketType::STREAM, None).expect("there are sockets");
    sockopt::set_socket_recv_buffer_size(&socket, 1).expect("is a socket");
    connect(&socket, &address).expect("listens");
    let mut stream = TcpStream::from(socket);
    // It may be ended before it has said all.
    let _ = stream.write_all("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(times).as_bytes());
    stream
}

/// Whether the connection was not ended, found out by saying more. What was received stays where it is, and behind it
/// may be an end that does not show.
pub fn is_there(mut client: &TcpStream, more: &str) -> bool {
    client.set_nonblocking(true).expect("is a socket");
    let is_open = |done: std::io::Result<usize>| {
        done.map_or_else(|error| error.kind() == std::io::ErrorKind::WouldBlock, |length| length > 0)
    };
    (more.is_empty() || is_open(client.write(more.as_bytes())))
        && matches!(client.take_error(), Ok(None))
        && is_open(client.peek(&mut [0]))
}

/// Sends a request and reads one answer.
pub fn ask(stream: &mut TcpStream, request: &str) -> Answer {
    stream.write_all(request.as_bytes()).expect("is open");
    read_answer(stream, request.starts_with("HEAD"))
}

pub fn read_answer(stream: &mut TcpStream, head_only: bool) -> Answer {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        assert_eq!(stream.read(&mut byte).expect("answers"), 1, "{}", String::from_utf8_lossy(&bytes));
        bytes.extend(byte);
    }
    let head = String::from_utf8(bytes).expect("is text");
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("has a status");
    let mut answer = Answer { status, head, body: Vec::new() };
    if !head_only {
        let length =
            answer.header("Content-Length").and_then(|length| length.parse().ok()).expect("has a length");
        answer.body = vec![0; length];
        stream.read_exact(&mut answer.body).expect("has its body");
    }
    answer
}

pub fn get(address: SocketAddr, path: &str, headers: &str) -> Answer {
    ask(&mut connect(address), &format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n"))
}
