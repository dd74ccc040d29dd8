//! Clients that take their time. What many of them together can do is in `slow_clients.rs`.

use std::io::{Read, Write};
use std::thread;
use std::time::{Duration, Instant};

use kpi_runtime::Endpoint;

use crate::support::{ask, connect, deaf, get, is_there, read_answer, serve_unbuffered};
use crate::{GET, is_ended, start};

#[test]
fn a_slow_head_has_a_deadline() {
    let endpoint = Endpoint::new().head_timeout(Duration::from_millis(300));
    let address = start(endpoint).address();
    let mut stream = connect(address);
    let mut drip = stream.try_clone().expect("can be cloned");
    let dripping = thread::spawn(move || {
        while drip.write_all(b"x").is_ok() {
            thread::sleep(Duration::from_millis(50));
        }
    });
    // A deadline that each byte puts off would never come: the client goes on until it is told.
    assert_eq!(read_answer(&mut stream, false).status, 408);
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

/// More requests than buffers hold answers.
const MANY: usize = 20;

#[test]
fn a_client_that_does_not_read_has_a_deadline() {
    let endpoint = Endpoint::new().answer_timeout(Duration::from_millis(300));
    let deaf = deaf(serve_unbuffered(endpoint).address(), MANY);
    eventually("it is ended", || !is_there(&deaf, "x"));
}

/// With one connection in all, a client that does not read its answers is in the way of everybody, and of nobody: it
/// makes room long before its time is up.
#[test]
fn a_client_that_does_not_read_makes_room() {
    let endpoint = Endpoint::new().answer_timeout(Duration::MAX).max_connections(1);
    let address = serve_unbuffered(endpoint).address();
    let _deaf = deaf(address, MANY);
    for _ in 0..3 {
        assert_eq!(get(address, "/metrics", "").status, 200);
    }
}

/// Whoever asks again and again, and reads all answers, is not kept while another waits.
#[test]
fn a_flood_makes_room() {
    let server = start(Endpoint::new().max_connections(1));
    let address = server.address();
    let flood = thread::spawn(move || {
        let (mut floods, mut stream) = (0, connect(address));
        while floods < 5 {
            // Ended where it is in the middle of things.
            if stream.write_all(GET.repeat(10).as_bytes()).is_err()
                || stream.read(&mut [0; 4096]).unwrap_or(0) == 0
            {
                (floods, stream) = (floods + 1, connect(address));
            }
        }
    });
    while !flood.is_finished() {
        assert_eq!(get(address, "/metrics", "").status, 200);
    }
    flood.join().expect("does not panic");
}

/// Answers that nobody takes are held up to a number of bytes.
#[test]
fn what_clients_do_not_take_is_bounded() {
    let endpoint = Endpoint::new().answer_timeout(Duration::MAX).max_pending_bytes(1);
    let address = serve_unbuffered(endpoint).address();
    let deaf = [(); 4].map(|()| deaf(address, MANY));
    eventually("all are ended", || {
        assert_eq!(get(address, "/metrics", "").status, 200);
        !deaf.iter().any(|deaf| is_there(deaf, "x"))
    });
}

/// Tries again, for as long as a loaded machine may need.
#[track_caller]
fn eventually(what: &str, mut is: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !is() {
        assert!(Instant::now() < deadline, "{what}: never");
        thread::sleep(Duration::from_millis(20));
    }
}

/// "For ever" must not overflow a clock.
#[test]
fn takes_the_longest_of_times() {
    let endpoint =
        Endpoint::new().head_timeout(Duration::MAX).idle_timeout(Duration::MAX).answer_timeout(Duration::MAX);
    let server = start(endpoint);
    assert_eq!(get(server.address(), "/metrics", "").status, 200);
    server.shutdown(Duration::MAX);
}
