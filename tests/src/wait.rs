//! Waiting for what another process does.

use std::thread::sleep;
use std::time::{Duration, Instant};

/// Long enough for a loaded machine; nothing that works takes it.
pub const GENEROUS: Duration = Duration::from_secs(120);

/// Tries `probe` until it gives a value.
///
/// # Panics
/// When it gives none within [`GENEROUS`]; says what was waited for and what the last try said.
pub fn eventually<T>(what: &str, mut probe: impl FnMut() -> Result<T, String>) -> T {
    let started = Instant::now();
    loop {
        match probe() {
            Ok(value) => return value,
            Err(last) if started.elapsed() > GENEROUS => {
                panic!("{what}: not within {GENEROUS:?}; last: {last}")
            }
            Err(_) => sleep(Duration::from_millis(50)),
        }
    }
}
