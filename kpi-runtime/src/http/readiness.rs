//! Whether the program wants traffic.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use super::checks::{Checks, Finding, Outcome};

/// A switch and named checks, which `/readyz` shows. Clones are the same; a new one is on and has no checks.
///
/// ```
/// let readiness = kpi_runtime::Readiness::new();
/// readiness.check("database", || true);
/// readiness.check("cache", || false);
/// assert_eq!(readiness.report().to_string(), "not ready\ndatabase: ok\ncache: failed\n");
/// ```
#[derive(Clone, Default)]
pub struct Readiness(Arc<Shared>);

struct Shared {
    is_on: AtomicBool,
    checks: Checks,
}

impl Default for Shared {
    fn default() -> Self {
        Self { is_on: AtomicBool::new(true), checks: Checks::default() }
    }
}

impl Readiness {
    /// A switch that is on, and no checks.
    pub fn new() -> Self {
        Self::default()
    }

    /// Turns the switch on or off. [`Server::shutdown`](crate::Server::shutdown) turns it off.
    pub fn set(&self, ready: bool) {
        self.0.is_on.store(ready, Relaxed);
    }

    /// Whether the switch is on, whatever the checks say.
    pub fn get(&self) -> bool {
        self.0.is_on.load(Relaxed)
    }

    /// Adds a check, or replaces the one of this name. It is asked for each request of `/readyz`, by the thread that
    /// answers it, and should rather look at what is known than find it out. A check that panics has failed. Checks are
    /// never asked by two threads at once: who comes meanwhile is told what the first finds, and that a check is `slow`
    /// if that takes longer than a second.
    pub fn check(&self, name: impl AsRef<str>, is_ready: impl Fn() -> bool + Send + Sync + 'static) {
        self.0.checks.add(name.as_ref(), Arc::new(is_ready));
    }

    /// Looks at the switch and asks the checks.
    pub fn report(&self) -> ReadinessReport {
        // The switch is looked at last: it may be off because of what a check waits for.
        let findings = self.0.checks.ask();
        ReadinessReport { is_on: self.get(), findings }
    }
}

impl fmt::Debug for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readiness").field("on", &self.get()).field("checks", &self.0.checks).finish()
    }
}

/// What `/readyz` shows: a line that says `ready` or `not ready`, then one for the switch if it is off, and one for
/// each check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadinessReport {
    is_on: bool,
    findings: Vec<Finding>,
}

impl ReadinessReport {
    /// Whether the switch is on and no check has failed.
    pub fn is_ready(&self) -> bool {
        self.is_on && self.findings.iter().all(|finding| finding.outcome == Outcome::Ok)
    }
}

impl fmt::Display for ReadinessReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_ready() { "ready\n" } else { "not ready\n" })?;
        if !self.is_on {
            f.write_str("switch: off\n")?;
        }
        self.findings.iter().try_for_each(|Finding { name, outcome }| {
            let outcome = match outcome {
                Outcome::Ok => "ok",
                Outcome::Failed => "failed",
                Outcome::Panicked => "panicked",
                Outcome::Slow => "slow",
            };
            writeln!(f, "{name}: {outcome}")
        })
    }
}
