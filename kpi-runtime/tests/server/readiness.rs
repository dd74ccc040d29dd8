//! Readiness that follows the application.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kpi_runtime::{Endpoint, Readiness};

use crate::start;
use crate::support::get;

#[test]
fn a_switch_turns_it_on_and_off() {
    let readiness = Readiness::new();
    let address = start(Endpoint::new().readiness(readiness.clone())).address();
    assert_eq!(get(address, "/healthz", "").text(), "ok\n");
    assert_eq!(get(address, "/readyz", "").status, 200);
    readiness.set(false);
    let off = get(address, "/readyz", "");
    assert_eq!((off.status, off.text()), (503, "not ready\nswitch: off\n"));
    assert_eq!(get(address, "/healthz", "").status, 200);
    readiness.set(true);
    assert_eq!(get(address, "/readyz?verbose", "").text(), "ready\n");
}

#[test]
fn checks_are_asked_and_named() {
    let server = start(Endpoint::new());
    let (address, is_connected) = (server.address(), Arc::new(AtomicBool::new(true)));
    let connected = Arc::clone(&is_connected);
    server.readiness().check("database", move || connected.load(Ordering::Relaxed));
    let all = get(address, "/readyz", "");
    assert_eq!((all.status, all.text()), (200, "ready\ndatabase: ok\n"));
    is_connected.store(false, Ordering::Relaxed);
    server.readiness().check("queue", || panic!("as a check may"));
    let some = get(address, "/readyz", "");
    assert_eq!((some.status, some.text()), (503, "not ready\ndatabase: failed\nqueue: panicked\n"));
    server.readiness().check("queue", || true);
    is_connected.store(true, Ordering::Relaxed);
    assert_eq!(get(address, "/readyz", "").status, 200, "a check of the same name takes its place");
}
