//! The end of an endpoint.

use std::io::Write;
use std::net::TcpStream;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use kpi_runtime::{Endpoint, Server};

use crate::support::{ask, connect, deaf, get, read_answer, serve_unbuffered};
use crate::{GET, is_ended, start};

const LONG: Duration = Duration::from_secs(60);

fn nobody_listens(server: &Server) -> bool {
    TcpStream::connect(server.address()).is_err()
}

#[test]
fn ends_what_waits_and_frees_the_port() {
    let server = start(Endpoint::new());
    // Whoever is not admitted yet when it ends is told so; an answer to the second connection says that the first is.
    let mut begun = connect(server.address());
    begun.write_all(b"GET /met").expect("is open");
    let mut kept = connect(server.address());
    ask(&mut kept, GET);
    // None of them has to be waited for.
    server.shutdown(Duration::MAX);
    assert!(is_ended(&mut kept) && is_ended(&mut begun) && nobody_listens(&server));
    Endpoint::new().serve_on(server.address()).expect("the port is free");
}

/// A check holds an answer back until the endpoint is being shut down; it arrives all the same.
#[test]
fn finishes_answers_under_way() {
    let server = start(Endpoint::new());
    let ((asked, is_asked), (answer, may_answer)) = (channel(), channel::<()>());
    let may_answer = std::sync::Mutex::new(may_answer);
    server.readiness().check("held", move || {
        asked.send(()).is_ok() && may_answer.lock().expect("is not poisoned").recv().is_ok()
    });
    let mut stream = connect(server.address());
    stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("is open");
    is_asked.recv().expect("the check is asked");
    let ending = thread::spawn({
        let server = server.clone();
        move || server.shutdown(LONG)
    });
    while !nobody_listens(&server) {
        thread::yield_now();
    }
    answer.send(()).expect("the check waits");
    let last = read_answer(&mut stream, false);
    assert_eq!((last.status, last.text()), (503, "not ready\nswitch: off\nheld: ok\n"));
    assert_eq!(last.header("Connection"), Some("close"));
    assert!(is_ended(&mut stream));
    ending.join().expect("does not panic");
}

#[test]
fn does_not_wait_for_ever_for_who_does_not_read() {
    let server = serve_unbuffered(Endpoint::new().answer_timeout(Duration::MAX));
    let _deaf = deaf(server.address(), 20);
    server.shutdown(Duration::from_millis(100));
    assert!(nobody_listens(&server));
}

/// While it drains, all is answered as before, and whoever asks sees that traffic is not wanted any more.
#[test]
fn drains_before_it_ends() {
    let server = start(Endpoint::new().drain_time(Duration::from_secs(3)));
    let address = server.address();
    let ending = thread::spawn({
        let server = server.clone();
        move || server.shutdown(LONG)
    });
    while get(address, "/readyz", "").status == 200 {
        thread::yield_now();
    }
    assert_eq!(get(address, "/readyz", "").text(), "not ready\nswitch: off\n");
    assert_eq!((get(address, "/metrics", "").status, get(address, "/healthz", "").status), (200, 200));
    ending.join().expect("does not panic");
    assert!(nobody_listens(&server));
}

#[test]
fn may_be_asked_for_more_than_once() {
    let server = start(Endpoint::new());
    let all: Vec<_> = (0..4)
        .map(|number| {
            let server = server.clone();
            thread::spawn(move || {
                if number % 2 == 0 {
                    server.wait();
                } else {
                    server.shutdown(LONG);
                }
                assert!(nobody_listens(&server));
            })
        })
        .collect();
    for thread in all {
        thread.join().expect("all of them return when it is over");
    }
    server.shutdown(LONG);
    server.wait();
}

#[test]
fn goes_on_without_its_handle() {
    let address = start(Endpoint::new()).address();
    assert_eq!(get(address, "/healthz", "").text(), "ok\n");
}
