//! From the key of a macro to its cell, by the hash that the key brings with it.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, PoisonError, RwLock};

use ::metrics::Key;

const SHARDS: usize = 16;

type Shard<C> = HashMap<Key, Arc<C>, BuildHasherDefault<Prehashed>>;

/// The keys that were seen, up to a limit: several may be of one cell.
#[derive(Debug)]
pub(super) struct Cache<C> {
    shards: [RwLock<Shard<C>>; SHARDS],
    len: AtomicUsize,
}

impl<C> Cache<C> {
    pub(super) fn new() -> Self {
        Self { shards: std::array::from_fn(|_| RwLock::new(HashMap::default())), len: AtomicUsize::new(0) }
    }

    pub(super) fn get(&self, key: &Key) -> Option<Arc<C>> {
        let shard = self.shard(key)?.read().unwrap_or_else(PoisonError::into_inner);
        shard.get(key).map(Arc::clone)
    }

    /// Remembers a key, unless it would be one too many. Without it the next lookup takes longer.
    pub(super) fn insert(&self, key: &Key, cell: &Arc<C>, limit: usize) {
        if self.len.load(Relaxed) >= limit {
            return;
        }
        let Some(shard) = self.shard(key) else { return };
        let mut shard = shard.write().unwrap_or_else(PoisonError::into_inner);
        if shard.insert(key.clone(), Arc::clone(cell)).is_none() {
            self.len.fetch_add(1, Relaxed);
        }
    }

    fn shard(&self, key: &Key) -> Option<&RwLock<Shard<C>>> {
        // Maps take the lower bits and the highest: these are others.
        self.shards.get((key.get_hash() >> 32) as usize % SHARDS)
    }
}

/// Passes on the hash that a key writes.
#[derive(Debug, Default)]
pub(super) struct Prehashed(u64);

impl Hasher for Prehashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    /// Keys write their hash and nothing else. Should that change, this is slower but right.
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}
