//! Which block is whose: how a thread comes to its cells of a registry, and how they go back when it ends.

use std::cell::{Cell, RefCell};
use std::sync::atomic::AtomicU64;

use crate::pool::Block;
use crate::store::{Core, Registry};

/// Where generated code keeps the block that the current thread has of a registry.
pub type Own<const CELLS: usize> = Cell<Option<&'static [AtomicU64; CELLS]>>;

thread_local! {
    /// The blocks of this thread. Its destructor gives them back.
    static LEASES: Leases = const { Leases(RefCell::new(Vec::new())) };
    /// Whether this thread is at work on a pool: what is counted meanwhile, by an allocator for one, must not ask for it.
    static BUSY: Cell<bool> = const { Cell::new(false) };
}

struct Leases(RefCell<Vec<Lease>>);

struct Lease {
    core: &'static Core,
    block: Block,
    forget: fn(),
}

impl Drop for Leases {
    fn drop(&mut self) {
        let Some(_busy) = Busy::enter() else { return };
        for Lease { core, block, forget } in self.0.get_mut().drain(..) {
            // First: whatever this thread still counts must miss the block.
            forget();
            core.take_back(block);
        }
    }
}

/// Marks this thread as at work on a pool until it is dropped.
pub(crate) struct Busy(());

impl Busy {
    /// `None` if it is at work already.
    pub(crate) fn enter() -> Option<Self> {
        (!BUSY.replace(true)).then(|| Self(()))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        BUSY.set(false);
    }
}

/// Gets this thread a block, puts the registry into scrapes, and has the block kept for the writes that follow. `None`
/// where there is none to be had: at the end of a thread, within an allocator that is being counted, beyond the bound.
#[cold]
pub(crate) fn borrow<R: Registry>() -> Option<Block> {
    let core = R::core();
    core.link();
    let _busy = Busy::enter()?;
    let lease = |leases: &Leases| {
        let mut leases = leases.0.try_borrow_mut().ok()?;
        let block = core.lend()?;
        leases.push(Lease { core, block, forget: || R::keep(None) });
        R::keep(Some(block));
        Some(block)
    };
    LEASES.try_with(lease).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_in_vain_ends_nothing() {
        let busy = Busy::enter();
        assert!(busy.is_some() && Busy::enter().is_none() && Busy::enter().is_none());
        drop(busy);
        assert!(Busy::enter().is_some());
    }
}
