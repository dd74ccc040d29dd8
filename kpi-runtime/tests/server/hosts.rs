//! By which names an endpoint may be called.

use std::net::SocketAddr;

use kpi_runtime::Endpoint;

use crate::start;
use crate::support::{ask, connect};

fn status(address: SocketAddr, host: &str) -> u16 {
    ask(&mut connect(address), &format!("GET /metrics HTTP/1.1\r\nHost: {host}\r\n\r\n")).status
}

/// A web page whose name leads to a loopback address must not read what is there through somebody's browser.
#[test]
fn on_a_loopback_address_no_stranger_is_answered() {
    let address = start(Endpoint::new()).address();
    for host in ["127.0.0.1", &address.to_string(), "localhost:9464", "[::1]", "10.0.0.7:80"] {
        assert_eq!(status(address, host), 200, "{host}");
    }
    for host in ["rebound.example", "rebound.example:9464", "localhost.example"] {
        assert_eq!(status(address, host), 421, "{host}");
    }
    let absolute = "GET http://rebound.example/metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
    assert_eq!(ask(&mut connect(address), absolute).status, 421, "the target counts for more");
}

#[test]
fn names_can_be_allowed() {
    let address = start(Endpoint::new().allowed_hosts(["neuros.internal"])).address();
    for (host, expected) in [("neuros.internal", 200), ("NEUROS.internal:80", 200), ("other.internal", 421)] {
        assert_eq!(status(address, host), expected, "{host}");
    }
}

/// Whoever listens for other machines is called by names that nobody here knows.
#[test]
fn elsewhere_all_names_are_allowed() {
    let server = Endpoint::new().serve_on("0.0.0.0:0").expect("there is a free port");
    let address = SocketAddr::from(([127, 0, 0, 1], server.address().port()));
    assert_eq!(status(address, "neuros.observability.svc:9464"), 200);
    server.shutdown(std::time::Duration::ZERO);
}
