//! Positions by text.
//!
//! Everything here that looks texts up uses this one type, and sorts are few: each further instantiation of a map or a sort
//! of the standard library costs every agent's cold build about as much as a whole check.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// A position for each text.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// By owned texts. They are `Cow`s because those of the YAML parser's maps are, so that one map serves for both.
    positions: BTreeMap<Cow<'static, str>, usize>,
}

impl Index {
    /// The positions of texts in the order of an iterator; of equal texts the first counts.
    pub(crate) fn of<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let mut index = Self::default();
        for (at, text) in texts.into_iter().enumerate() {
            index.first(text, at);
        }
        index
    }

    /// The position of a text, which becomes `at` when it has none yet.
    pub(crate) fn first(&mut self, text: &str, at: usize) -> usize {
        if let Some(known) = self.positions.get(text) {
            return *known;
        }
        self.positions.insert(Cow::Owned(text.to_owned()), at);
        at
    }

    /// Adds a text; whether it is new.
    pub(crate) fn insert(&mut self, text: &str) -> bool {
        let at = self.positions.len();
        self.first(text, at) == at
    }

    /// The position of a text.
    pub(crate) fn get(&self, text: &str) -> Option<usize> {
        self.positions.get(text).copied()
    }

    /// Whether a text is there.
    pub(crate) fn contains(&self, text: &str) -> bool {
        self.positions.contains_key(text)
    }

    /// Whether there is no text.
    pub(crate) fn is_empty(&self) -> bool {
        self.positions.is_empty()
    }

    /// Every text, in ascending order.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.positions.keys().map(Cow::as_ref)
    }

    /// Copies of every text, in ascending order.
    pub(crate) fn to_texts(&self) -> Vec<String> {
        self.texts().map(str::to_owned).collect()
    }
}
