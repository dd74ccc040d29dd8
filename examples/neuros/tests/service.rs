//! The running agent, spoken to over HTTP.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what is unexpected fails the test"
)]

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

struct Agent {
    process: Child,
    address: String,
}

impl Agent {
    fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_neuros"))
            .arg("127.0.0.1:0")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the agent starts");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("stdout is piped")).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").expect(&line).to_owned();
        Self { process, address }
    }

    fn call(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.0\r\nHost: neuros\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    fn sample(&self, series: &str) -> Option<f64> {
        let (status, text) = self.call("GET", "/metrics", "");
        assert_eq!(status, 200);
        text.lines().find_map(|line| line.strip_prefix(series)?.trim().parse().ok())
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

const BEATS: [f64; 2] = [800.0, 840.0];

fn night() -> Value {
    json!({
        "rr_intervals_ms": BEATS.repeat(20),
        "baseline_rmssd_ms": 50.0,
        "sleep_hours": [7.5, 7.5, 7.5, 7.5, 7.5, 7.5, 7.5],
        "source": "chest_strap",
    })
}

const ANALYZE: &str = "/api/agents/neuros/analyze";

#[test]
fn an_analysis_is_answered_and_becomes_metrics() {
    let agent = Agent::start();
    assert_eq!(agent.sample("auren_hrv_rmssd_ms "), None, "a gauge nobody has set is not exposed");
    assert_eq!(agent.sample("auren_requests_total{route=\"analyze\",status=\"ok\"} "), Some(0.0));

    let (status, body) = agent.call("POST", ANALYZE, &night().to_string());
    assert_eq!(status, 200, "{body}");
    let analysis: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(analysis["hrv_rmssd_ms"], 40.0);
    assert_eq!(analysis["sleep_debt_hours"], 3.5);

    assert_eq!(agent.sample("auren_hrv_rmssd_ms "), Some(40.0));
    assert_eq!(agent.sample("auren_sleep_debt_hours "), Some(3.5));
    assert_eq!(agent.sample("auren_recovery_score "), analysis["recovery_score"].as_f64());
    assert_eq!(agent.sample("auren_cns_fatigue_index "), analysis["cns_fatigue_index"].as_f64());
    assert_eq!(agent.sample("auren_measurements_total{measurement_source=\"chest_strap\"} "), Some(1.0));
    assert_eq!(agent.sample("auren_requests_total{route=\"analyze\",status=\"ok\"} "), Some(1.0));
    assert_eq!(agent.sample("auren_request_duration_seconds_count{route=\"analyze\"} "), Some(1.0));
}

#[test]
fn what_cannot_be_analysed_is_refused_with_a_reason() {
    let agent = Agent::start();
    let mut short = night();
    short["rr_intervals_ms"] = json!([800.0]);
    let mut unknown = night();
    unknown["sleep_hourz"] = json!(1);
    let refusals = [
        ("POST", ANALYZE, short.to_string(), 422, "rr_intervals_ms: 1 heartbeats"),
        ("POST", ANALYZE, unknown.to_string(), 422, "unknown field `sleep_hourz`"),
        ("POST", ANALYZE, "{".to_owned(), 400, "EOF"),
        ("POST", "/nowhere", String::new(), 404, "nothing at this path"),
    ];
    for (method, path, body, expected, reason) in refusals {
        let (status, body) = agent.call(method, path, &body);
        assert_eq!(status, expected, "{body}");
        let answer: Value = serde_json::from_str(&body).expect(&body);
        assert!(answer["error"].as_str().is_some_and(|error| error.contains(reason)), "{body}");
    }
    assert_eq!(agent.call("GET", ANALYZE, "").0, 405);
    assert_eq!(agent.sample("auren_requests_total{route=\"analyze\",status=\"client_error\"} "), Some(4.0));
    assert_eq!(agent.sample("auren_requests_total{route=\"other\",status=\"client_error\"} "), Some(1.0));
    assert_eq!(agent.sample("auren_hrv_rmssd_ms "), None);
}

#[test]
fn health_is_answered_and_sigterm_ends_the_agent() {
    let mut agent = Agent::start();
    let (status, body) = agent.call("GET", "/health", "");
    assert_eq!((status, body.as_str()), (200, r#"{"agent":"neuros","status":"healthy"}"#));
    let kill = Command::new("kill").args(["-TERM", &agent.process.id().to_string()]).status().unwrap();
    assert!(kill.success());
    assert!(agent.process.wait().unwrap().success(), "a graceful end is a success");
}
