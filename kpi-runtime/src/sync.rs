//! What cells and pools are synchronised with. Tests of all interleavings put the types of a model checker in its place.

pub(crate) use std::sync::atomic::{AtomicBool, AtomicU64, fence};
pub(crate) use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

/// Waits a little for another thread: the longer it takes, the more of the processor is left to it.
pub(crate) fn relax(tries: u32) {
    if tries < 64 { std::hint::spin_loop() } else { std::thread::yield_now() }
}
