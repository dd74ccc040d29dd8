//! Makes a directory equal to a [`Tree`](crate::tree::Tree) and harms no file that someone else made or edited.
//!
//! 1. [`plan`] looks at the directory and its [manifest] and decides about every file; nothing is
//!    written. A file belongs to us when its content is what the manifest says we wrote, or what we are about
//!    to write; anything else is a [`Conflict`].
//! 2. [`Plan::apply`] writes, but only a plan without conflicts: first a manifest that announces the new
//!    hashes beside the old ones, then every file by renaming a finished temporary file over it, then it
//!    removes stale files and the directories they leave empty, and last it writes the final manifest. A
//!    process that dies in between leaves files that the announced hashes still know as ours.

pub mod diff;
mod disk;
pub mod manifest;
mod plan;

pub use disk::{Problem, WriteError};
pub use plan::{Action, Change, Conflict, ConflictKind, Plan, plan};

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

/// What a generation came from, as the manifest records it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The registry's file name.
    pub registry: String,
    /// The hash of its text, as [`Registry::hash`](kpi_registry::registry::Registry::hash).
    pub registry_hash: String,
}

/// What a plan covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// What the tree was made from.
    pub origin: Origin,
    /// The groups the tree was made for: files of other groups are left alone. `None` means all groups,
    /// those included that no artifact knows any more.
    pub only: Option<BTreeSet<String>>,
    /// Paths, relative to the directory, to take over whoever made or edited them.
    pub force: BTreeSet<String>,
}

impl Scope {
    /// Everything, taking over nothing.
    pub const fn all(origin: Origin) -> Self {
        Self { origin, only: None, force: BTreeSet::new() }
    }

    fn covers(&self, group: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(group))
    }
}

/// The SHA-256 of some bytes, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}
