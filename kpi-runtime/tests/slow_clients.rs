//! A thousand clients that are slow on purpose, and scrapes among them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may fail loudly")]
#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use kpi_runtime::{Endpoint, Server};
use rustix::process::{Resource, getrlimit, setrlimit};
use support::{connect, deaf, get, is_there, serve_unbuffered};

const CLIENTS: usize = 1000;
/// As many connections as an endpoint has by default.
const CONNECTIONS: usize = 64;
const GET: &str = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// How a client is slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Says nothing.
    Silent,
    /// Sends a head that never ends, one byte a second.
    Dripping,
    /// Asks again and again, and reads nothing.
    Deaf,
    /// Has been answered, and says no more.
    Idle,
}

/// Clients of one kind. Those whose connection is ended connect again, so that there are always as many.
struct Crowd {
    is_wanted: Arc<AtomicBool>,
    rounds: Arc<AtomicUsize>,
    thread: JoinHandle<()>,
}

impl Crowd {
    fn gather(kind: Kind, address: SocketAddr) -> Self {
        let (is_wanted, rounds) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicUsize::new(0)));
        let (wanted, round) = (Arc::clone(&is_wanted), Arc::clone(&rounds));
        let thread = thread::spawn(move || {
            let mut clients: Vec<TcpStream> = Vec::new();
            while wanted.load(Ordering::Relaxed) {
                // Each does something once in a second, of which there are as many thousandths as clients.
                for number in 0..CLIENTS {
                    if clients.get_mut(number).is_some_and(|client| !goes_on(kind, client)) {
                        clients[number] = slow(kind, address);
                    } else if number == clients.len() {
                        clients.push(slow(kind, address));
                    }
                    thread::sleep(Duration::from_millis(1));
                }
                round.fetch_add(1, Ordering::Relaxed);
            }
        });
        Self { is_wanted, rounds, thread }
    }

    fn rounds(&self) -> usize {
        self.rounds.load(Ordering::Relaxed)
    }

    fn leave(self) {
        self.is_wanted.store(false, Ordering::Relaxed);
        self.thread.join().expect("the crowd does not panic");
    }
}

/// A new client.
fn slow(kind: Kind, address: SocketAddr) -> TcpStream {
    let says = match kind {
        Kind::Silent => "",
        Kind::Dripping => "GET /metrics HTTP/1.1\r\nX: ",
        Kind::Deaf => return deaf(address, 2),
        Kind::Idle => GET,
    };
    let mut stream = connect(address);
    // It may be ended before it has said anything.
    let _ = stream.write_all(says.as_bytes());
    stream.set_nonblocking(true).expect("is a socket");
    stream
}

/// Does what such a client does; false once its connection was ended.
fn goes_on(kind: Kind, client: &mut TcpStream) -> bool {
    match kind {
        Kind::Silent => is_there(client, ""),
        Kind::Dripping => is_there(client, "x"),
        Kind::Deaf => is_there(client, GET),
        Kind::Idle => {
            // An answer that is not taken would hide the end.
            while client.read(&mut [0; 4096]).is_ok_and(|length| length > 0) {}
            is_there(client, "")
        }
    }
}

/// Threads of the endpoint that serve connections, by their name.
fn serving() -> usize {
    let tasks = fs::read_dir("/proc/self/task").expect("Linux has it").flatten();
    let names = tasks.filter_map(|task| fs::read_to_string(task.path().join("comm")).ok());
    names.filter(|name| name.trim_end() == "kpi-connection").count()
}

/// Tests here have the process for themselves: threads and file descriptors are counted.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An endpoint, and file descriptors for all who come.
fn start() -> Server {
    let wanted = 4 * CLIENTS as u64;
    let mut limit = getrlimit(Resource::Nofile);
    assert!(limit.maximum.is_none_or(|most| most >= wanted), "the tests need {wanted} file descriptors");
    limit.current = limit.current.map(|current| current.max(wanted));
    setrlimit(Resource::Nofile, limit).expect("is within the limit");

    serve_unbuffered(Endpoint::new().max_connections(CONNECTIONS))
}

/// While the crowd goes on through several of its seconds, each scrape is answered in full at its first try, and there
/// are no more threads than connections.
#[track_caller]
fn a_scrape_is_answered_among(kind: Kind) {
    let _alone = alone();
    let server = start();
    let crowd = Crowd::gather(kind, server.address());
    let (mut scrapes, mut most) = (0, 0);
    while crowd.rounds() < 4 {
        let answer = get(server.address(), "/metrics", "");
        assert_eq!(answer.status, 200);
        assert!(answer.text().contains("test_requests_total{route=\"analyze\"} 0\n"));
        most = most.max(serving());
        assert!(most <= CONNECTIONS, "{most} threads serve {CONNECTIONS} connections");
        scrapes += usize::from(crowd.rounds() > 0);
        thread::sleep(Duration::from_millis(5));
    }
    assert!(scrapes > 0 && most > CONNECTIONS / 2, "{kind:?}: the crowd has been there: {scrapes}, {most}");
    crowd.leave();
    assert_eq!(get(server.address(), "/metrics", "").status, 200);
    server.shutdown(Duration::from_secs(60));
}

#[test]
fn who_says_nothing_is_in_nobodys_way() {
    a_scrape_is_answered_among(Kind::Silent);
}

#[test]
fn who_sends_a_byte_a_second_is_in_nobodys_way() {
    a_scrape_is_answered_among(Kind::Dripping);
}

#[test]
fn who_does_not_read_is_in_nobodys_way() {
    a_scrape_is_answered_among(Kind::Deaf);
}

#[test]
fn who_was_answered_and_stays_is_in_nobodys_way() {
    a_scrape_is_answered_among(Kind::Idle);
}
