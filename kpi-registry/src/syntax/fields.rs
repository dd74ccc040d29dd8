//! A cursor over the keys of one mapping that remembers what was asked.

use super::node::{Entry, Kind, Node, shortened};
use crate::diagnostic::codes;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::Span;
use crate::suggest::nearest;

/// The most unknown keys of one mapping that are complained about; a mapping with more is something else altogether.
const MOST: usize = 100;

/// Reads one mapping: ask for every key it may have, then call [`finish`](Self::finish), which complains about
/// keys nobody asked for (with "did you mean") and about required ones that are missing.
pub struct Fields<'n> {
    entries: &'n [Entry],
    taken: Vec<bool>,
    asked: Vec<&'static str>,
    missing: Vec<&'static str>,
    what: &'static str,
    head: Span,
}

impl<'n> Fields<'n> {
    /// The mapping of a node; a finding when it is something else. `what` names it in messages: `a KPI`.
    pub fn of(node: &'n Node, what: &'static str, out: &mut Diagnostics) -> Option<Self> {
        let Kind::Map(entries) = &node.kind else {
            out.push(
                Diagnostic::error(
                    codes::WRONG_TYPE,
                    node.span,
                    format!("{what} is a mapping, not {}", node.describe()),
                )
                .help("write it as `key: value` lines"),
            );
            return None;
        };
        let head = entries.first().map_or(node.span, |entry| entry.at);
        let (taken, asked) = (vec![false; entries.len()], Vec::with_capacity(32));
        Some(Self { entries, taken, asked, missing: Vec::new(), what, head })
    }

    /// The value of a key that may be left out. `null` counts as left out.
    pub fn optional(&mut self, key: &'static str) -> Option<&'n Node> {
        self.entry(key).map(|entry| &entry.value).filter(|value| !matches!(value.kind, Kind::Null))
    }

    /// The value of a key that must be there.
    pub fn required(&mut self, key: &'static str) -> Option<&'n Node> {
        let value = self.optional(key);
        if value.is_none() {
            self.missing.push(key);
        }
        value
    }

    /// The first entry of a key, whatever its value.
    pub fn entry(&mut self, key: &'static str) -> Option<&'n Entry> {
        self.asked.push(key);
        let mut found = None;
        for (index, entry) in self.entries.iter().enumerate() {
            if entry.key.len() == key.len() && entry.key == key {
                self.taken[index] = true;
                found = found.or(Some(entry));
            }
        }
        found
    }

    /// Whether a key is there, without asking for it.
    pub fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|entry| entry.key == key)
    }

    /// The entries nobody has asked for, which are then no longer unknown.
    pub fn rest(&mut self) -> Vec<&'n Entry> {
        let mut rest = Vec::new();
        for (entry, taken) in self.entries.iter().zip(&mut self.taken) {
            if !std::mem::replace(taken, true) {
                rest.push(entry);
            }
        }
        rest
    }

    /// Lets keys that begin with `prefix` be.
    pub fn free(&mut self, prefix: &str) {
        for (entry, taken) in self.entries.iter().zip(&mut self.taken) {
            *taken |= entry.key.starts_with(prefix);
        }
    }

    /// The place that stands for the whole mapping: its first key.
    pub const fn head(&self) -> Span {
        self.head
    }

    /// Complains; `true` when nothing required is missing.
    pub fn finish(mut self, out: &mut Diagnostics) -> bool {
        let complete = self.missing.is_empty();
        let open: Vec<&'static str> = self.asked.iter().copied().filter(|key| !self.has(key)).collect();
        let unknown =
            self.entries.iter().zip(&self.taken).filter(|(_, taken)| !**taken).map(|(entry, _)| entry);
        for entry in unknown.take(MOST) {
            let meant = nearest(&entry.key, open.iter().copied());
            if let Some(meant) = meant {
                self.missing.retain(|missing| *missing != meant);
            }
            let key = shortened(&entry.key);
            let finding = Diagnostic::error(
                codes::UNKNOWN_KEY,
                entry.at,
                match meant {
                    Some(meant) => format!("{} has no key `{key}`, did you mean `{meant}`?", self.what),
                    None => format!("{} has no key `{key}`", self.what),
                },
            );
            out.push(match meant {
                Some(meant) => finding.replace(entry.at, meant),
                None => finding.help(format!("known keys: {}", self.asked.join(", "))),
            });
        }
        for key in self.missing {
            out.push(
                Diagnostic::error(
                    codes::MISSING_KEY,
                    self.head,
                    format!("{} needs the key `{key}`", self.what),
                )
                .label(format!("`{key}` is missing here"))
                .help(format!("add `{key}:`")),
            );
        }
        complete
    }
}
