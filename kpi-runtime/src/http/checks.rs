//! Named questions to the program.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long one waits for what another is being told.
const PATIENCE: Duration = Duration::from_secs(1);

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) name: Arc<str>,
    pub(super) outcome: Outcome,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Ok,
    Failed,
    Panicked,
    /// It has not answered yet.
    Slow,
}

type IsReady = dyn Fn() -> bool + Send + Sync;

#[derive(Clone)]
struct Check {
    name: Arc<str>,
    is_ready: Arc<IsReady>,
}

#[derive(Default)]
pub(super) struct Checks {
    list: Mutex<Vec<Check>>,
    round: Mutex<Round>,
    ended: Condvar,
}

/// One asking of all checks.
#[derive(Default)]
struct Round {
    number: u64,
    is_open: bool,
    findings: Vec<Finding>,
}

impl Checks {
    pub(super) fn add(&self, name: &str, is_ready: Arc<IsReady>) {
        // Each check is one line of an answer.
        let mut line = String::new();
        for c in name.chars() {
            line.push(if c.is_control() { ' ' } else { c });
        }
        let name: Arc<str> = line.into();
        let check = Check { name, is_ready };
        let mut list = lock(&self.list);
        match list.iter_mut().find(|other| other.name == check.name) {
            Some(other) => *other = check,
            None => list.push(check),
        }
    }

    /// Asks all of them, or waits for the one who does: a check that hangs takes one thread, however many want to know.
    pub(super) fn ask(&self) -> Vec<Finding> {
        let list = lock(&self.list).clone();
        if list.is_empty() {
            return Vec::new();
        }
        let mut round = lock(&self.round);
        if round.is_open {
            let number = round.number;
            let same = |round: &mut Round| round.is_open && round.number == number;
            let waited = self.ended.wait_timeout_while(round, PATIENCE, same);
            let (round, result) = waited.unwrap_or_else(PoisonError::into_inner);
            let mut findings = round.findings.clone();
            if result.timed_out() {
                for check in &list[findings.len()..] {
                    findings.push(Finding { name: Arc::clone(&check.name), outcome: Outcome::Slow });
                }
            }
            return findings;
        }
        (round.number, round.is_open) = (round.number.wrapping_add(1), true);
        round.findings.clear();
        drop(round);
        for check in &list {
            let finding = check.ask();
            lock(&self.round).findings.push(finding);
        }
        let mut round = lock(&self.round);
        round.is_open = false;
        self.ended.notify_all();
        round.findings.clone()
    }
}

impl Check {
    fn ask(&self) -> Finding {
        let outcome = match catch_unwind(AssertUnwindSafe(|| (self.is_ready)())) {
            Ok(true) => Outcome::Ok,
            Ok(false) => Outcome::Failed,
            Err(_) => Outcome::Panicked,
        };
        Finding { name: Arc::clone(&self.name), outcome }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Checks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(lock(&self.list).iter().map(|check| &check.name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::sync::atomic::Ordering::SeqCst;
    use std::sync::mpsc::channel;
    use std::thread;

    use super::*;

    fn outcomes(findings: &[Finding]) -> Vec<(&str, Outcome)> {
        findings.iter().map(|finding| (&*finding.name, finding.outcome)).collect()
    }

    #[test]
    fn a_check_that_panics_has_failed_alone() {
        let checks = Checks::default();
        checks.add("first", Arc::new(|| panic!("as a check may")));
        checks.add("second\nline", Arc::new(|| false));
        checks.add("third", Arc::new(|| true));
        let expected =
            [("first", Outcome::Panicked), ("second line", Outcome::Failed), ("third", Outcome::Ok)];
        assert_eq!(outcomes(&checks.ask()), expected);
        checks.add("first", Arc::new(|| true));
        assert_eq!(outcomes(&checks.ask())[0], ("first", Outcome::Ok), "replaced");
    }

    #[test]
    fn a_check_that_hangs_takes_one_thread_and_is_named() {
        let checks = Arc::new(Checks::default());
        let asked = Arc::new(AtomicUsize::new(0));
        let ((begun, is_begun), (go_on, wait)) = (channel(), channel::<()>());
        checks.add("quick", Arc::new(|| true));
        let (count, wait) = (Arc::clone(&asked), Mutex::new(wait));
        let hangs = move || {
            count.fetch_add(1, SeqCst);
            begun.send(()).expect("is awaited");
            lock(&wait).recv().is_ok()
        };
        checks.add("hangs", Arc::new(hangs));
        let first = thread::spawn({
            let checks = Arc::clone(&checks);
            move || checks.ask()
        });
        is_begun.recv().expect("it is asked");
        let expected = [("quick", Outcome::Ok), ("hangs", Outcome::Slow)];
        let others: Vec<_> = (0..8)
            .map(|_| {
                let checks = Arc::clone(&checks);
                thread::spawn(move || checks.ask())
            })
            .collect();
        for other in others {
            assert_eq!(outcomes(&other.join().expect("does not panic")), expected);
        }
        assert_eq!(asked.load(SeqCst), 1);
        go_on.send(()).expect("is awaited");
        let found = first.join().expect("does not panic");
        assert_eq!(outcomes(&found), [("quick", Outcome::Ok), ("hangs", Outcome::Ok)]);
    }
}
