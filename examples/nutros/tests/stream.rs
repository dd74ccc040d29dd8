//! The running agent, fed through its standard input.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what is unexpected fails the test"
)]

use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

struct Agent {
    process: Child,
    input: Option<ChildStdin>,
    answers: Lines<BufReader<ChildStdout>>,
    address: String,
}

impl Agent {
    fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_nutros"))
            .arg("127.0.0.1:0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the agent starts");
        let mut line = String::new();
        BufReader::new(process.stderr.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("metrics on http://").expect(&line).to_owned();
        let input = process.stdin.take();
        let answers = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { process, input, answers, address }
    }

    fn say(&mut self, line: &str) -> String {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
        self.answers.next().unwrap().unwrap()
    }

    fn sample(&self, series: &str) -> Option<f64> {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(b"GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n").unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text.lines().find_map(|line| line.strip_prefix(series)?.trim().parse().ok())
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn messages_are_answered_and_become_metrics() {
    let mut agent = Agent::start();
    assert_eq!(agent.sample("auren_glucose_cv_percent "), None, "a gauge nobody has set is not exposed");

    let glucose = agent.say(r#"{"kind": "glucose", "mmol_per_l": [4, 5, 6]}"#);
    assert_eq!(glucose, r#"{"kind":"glucose","cv_percent":20.0}"#);
    let protein =
        agent.say(r#"{"kind": "protein", "meals_g": [60, 60, 40], "weight_kg": 80, "plan": "hypertrophy"}"#);
    assert_eq!(protein, r#"{"kind":"protein","g_per_kg":2.0,"matters":true}"#);
    let refused = agent.say("not json");
    assert!(refused.starts_with(r#"{"error":"#), "{refused}");

    assert_eq!(agent.sample("auren_glucose_cv_percent "), Some(20.0));
    assert_eq!(agent.sample("auren_protein_adequacy_g_per_kg "), Some(2.0));
    assert_eq!(agent.sample("auren_messages_total{status=\"ok\"} "), Some(2.0));
    assert_eq!(agent.sample("auren_messages_total{status=\"client_error\"} "), Some(1.0));
}

#[test]
fn the_end_of_the_stream_ends_the_agent() {
    let mut agent = Agent::start();
    agent.input = None;
    assert!(agent.process.wait().unwrap().success());
}
