//! The standalone endpoint, spoken to over real sockets, politely and not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may fail loudly")]

#[path = "../support/mod.rs"]
mod support;

mod deadlines;
mod hosts;
mod protocol;
mod readiness;
mod serving;
mod shutdown;
mod token;

use std::io::Read;
use std::net::TcpStream;

use kpi_runtime::{Endpoint, Server};

/// A request as a Prometheus sends it.
const GET: &str = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";

fn start(endpoint: Endpoint) -> Server {
    support::KPIS.init().expect("there is one registry");
    endpoint.serve_on("127.0.0.1:0").expect("there is a free port")
}

/// Whether the other side says no more.
fn is_ended(stream: &mut TcpStream) -> bool {
    let mut rest = Vec::new();
    let ended = stream.read_to_end(&mut rest);
    ended.is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset) || rest.is_empty()
}
