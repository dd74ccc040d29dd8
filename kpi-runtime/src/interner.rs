//! Texts of an open label, numbered in the order they are first seen, up to a limit.
//!
//! A lookup takes no lock: it hashes, probes and compares words. Everything is kept in atomics of a fixed size, so the
//! memory is bounded and an isolated store can be cleared and used again.

use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicU32, AtomicU64};
use std::sync::{Mutex, OnceLock, PoisonError};

/// The value under which everything beyond the limit is gathered.
pub(crate) const OTHER: &str = "_other";
/// Longer values are cut here, at the character boundary before.
pub(crate) const MAX_BYTES: usize = 128;
const WORDS: usize = MAX_BYTES / 8;

/// The texts of one open label in one store.
#[derive(Debug, Default)]
pub struct Interner {
    table: OnceLock<Table>,
    overflowed: AtomicU64,
}

#[derive(Debug)]
struct Table {
    /// Row numbers by hash, linear probing, at most half full; 0 is a free place.
    index: Box<[AtomicU32]>,
    /// The text of row `n` is at `n - 1`.
    texts: Box<[Text]>,
    used: AtomicU32,
    insert: Mutex<()>,
}

#[derive(Debug, Default)]
struct Text {
    len: AtomicU32,
    words: [AtomicU64; WORDS],
}

/// A value, cut to what is kept of it.
#[derive(Clone, Copy)]
struct Key<'a>(&'a [u8]);

impl Interner {
    /// Knows no text yet.
    pub const fn new() -> Self {
        Self { table: OnceLock::new(), overflowed: AtomicU64::new(0) }
    }

    /// The row of a text, from 1 on; 0 is `_other`, which also takes an empty text (to Prometheus an empty label is an
    /// absent one) and whatever is new once `limit` texts are known.
    pub(crate) fn row(&self, limit: u32, text: &str) -> usize {
        if text.is_empty() || text == OTHER {
            return 0;
        }
        let key = Key::new(text);
        let table = self.table.get_or_init(|| Table::new(limit));
        let row = table.find(key).or_else(|| table.insert(key));
        if row.is_none() {
            self.overflowed.fetch_add(1, Relaxed);
        }
        row.unwrap_or(0) as usize
    }

    /// The text of a row.
    pub(crate) fn text(&self, row: usize) -> String {
        let text = row.checked_sub(1).and_then(|i| self.table.get()?.texts.get(i));
        text.map_or_else(|| OTHER.to_owned(), Text::read)
    }

    /// Rows that may have values: those of the known texts, and `_other`.
    pub(crate) fn rows(&self) -> usize {
        1 + self.table.get().map_or(0, |table| table.used.load(Acquire) as usize)
    }

    /// Lookups that ended in `_other` because the limit was reached.
    pub(crate) fn overflowed(&self) -> u64 {
        self.overflowed.load(Relaxed)
    }

    /// Forgets all texts; nobody may be writing.
    pub(crate) fn clear(&self) {
        self.overflowed.store(0, Relaxed);
        if let Some(table) = self.table.get() {
            table.index.iter().for_each(|place| place.store(0, Relaxed));
            table.used.store(0, Release);
        }
    }
}

impl Table {
    fn new(limit: u32) -> Self {
        let places = (limit as usize * 2).next_power_of_two();
        Self {
            index: (0..places).map(|_| AtomicU32::new(0)).collect(),
            texts: (0..limit).map(|_| Text::default()).collect(),
            used: AtomicU32::new(0),
            insert: Mutex::new(()),
        }
    }

    /// The places of a hash, in probing order.
    fn probe(&self, key: Key<'_>) -> impl Iterator<Item = &AtomicU32> + use<'_> {
        let (mask, start) = (self.index.len() - 1, key.hash());
        (0..self.index.len()).filter_map(move |i| self.index.get((start + i) & mask))
    }

    fn find(&self, key: Key<'_>) -> Option<u32> {
        self.probe(key)
            .map(|place| place.load(Acquire))
            .take_while(|row| *row != 0)
            .find(|row| self.texts.get(*row as usize - 1).is_some_and(|text| text.is(key)))
    }

    #[cold]
    fn insert(&self, key: Key<'_>) -> Option<u32> {
        let full = |used: u32| used as usize >= self.texts.len();
        if full(self.used.load(Acquire)) {
            return None;
        }
        let _one_at_a_time = self.insert.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(row) = self.find(key) {
            return Some(row);
        }
        let used = self.used.load(Acquire);
        let text = self.texts.get(used as usize)?;
        let place = self.probe(key).find(|place| place.load(Relaxed) == 0)?;
        text.write(key);
        self.used.store(used + 1, Release);
        place.store(used + 1, Release);
        Some(used + 1)
    }
}

impl Text {
    #[inline]
    fn is(&self, key: Key<'_>) -> bool {
        self.len.load(Relaxed) as usize == key.0.len()
            && self.words.iter().zip(key.words()).all(|(word, value)| word.load(Relaxed) == value)
    }

    fn write(&self, key: Key<'_>) {
        self.words.iter().zip(key.words()).for_each(|(word, value)| word.store(value, Relaxed));
        self.len.store(u32::try_from(key.0.len()).unwrap_or(0), Relaxed);
    }

    fn read(&self) -> String {
        let mut bytes: Vec<u8> = Vec::with_capacity(MAX_BYTES);
        for word in &self.words {
            bytes.extend_from_slice(&word.load(Relaxed).to_le_bytes());
        }
        bytes.truncate(self.len.load(Relaxed) as usize);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl<'a> Key<'a> {
    #[inline]
    fn new(text: &'a str) -> Self {
        if text.len() <= MAX_BYTES { Self(text.as_bytes()) } else { Self::cut(text) }
    }

    #[cold]
    fn cut(text: &'a str) -> Self {
        let end = (0..=MAX_BYTES).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        Self(text.as_bytes().get(..end).unwrap_or_default())
    }

    /// Eight bytes at a time, the last ones with zeros behind.
    #[inline]
    fn words(self) -> impl Iterator<Item = u64> {
        let (words, rest) = self.0.as_chunks::<8>();
        let rest = (!rest.is_empty()).then(|| tail(rest));
        words.iter().map(|word| u64::from_le_bytes(*word)).chain(rest)
    }

    /// Multiply and fold; the limit bounds what an adversary could gain from collisions.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "a hash may lose bits")]
    fn hash(self) -> usize {
        const SEED: u64 = 0x9e37_79b9_7f4a_7c15;
        let hash = self.words().fold(self.0.len() as u64, |hash, word| {
            let product = u128::from(hash ^ word ^ SEED) * u128::from(0xd6e8_feb8_6659_fd93_u64);
            (product as u64) ^ ((product >> 64) as u64)
        });
        hash as usize
    }
}

/// Less than eight bytes as a word, read in two or three overlapping parts instead of one by one.
#[inline]
fn tail(bytes: &[u8]) -> u64 {
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        return u64::from(first) | (u64::from(last) << (8 * (bytes.len() - 4)));
    }
    let byte = |at: usize| bytes.get(at).map_or(0, |byte| u64::from(*byte) << (8 * at));
    byte(0) | byte(1) | byte(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_texts_in_order_of_appearance() {
        let interner = Interner::new();
        assert_eq!([interner.row(2, "a"), interner.row(2, "b"), interner.row(2, "a")], [1, 2, 1]);
        assert_eq!(
            (interner.text(1), interner.text(2), interner.text(0)),
            ("a".into(), "b".into(), OTHER.into())
        );
    }

    #[test]
    fn what_exceeds_the_limit_is_other() {
        let interner = Interner::new();
        assert_eq!([interner.row(1, "a"), interner.row(1, "b"), interner.row(1, "b")], [1, 0, 0]);
        assert_eq!(interner.overflowed(), 2);
        assert_eq!((interner.row(0, ""), Interner::new().row(0, "a")), (0, 0));
    }

    #[test]
    fn empty_and_other_are_other_and_count_as_no_overflow() {
        let interner = Interner::new();
        assert_eq!(
            (interner.row(4, ""), interner.row(4, OTHER), interner.rows(), interner.overflowed()),
            (0, 0, 1, 0)
        );
    }

    #[test]
    fn long_texts_are_cut_at_a_character() {
        let interner = Interner::new();
        let long = format!("{}é", "x".repeat(MAX_BYTES - 1));
        assert_eq!(interner.row(4, &long), interner.row(4, &"x".repeat(MAX_BYTES - 1)));
        assert_eq!(interner.text(1).len(), MAX_BYTES - 1);
    }

    #[test]
    fn cleared_it_starts_anew() {
        let interner = Interner::new();
        interner.row(1, "a");
        interner.clear();
        assert_eq!((interner.rows(), interner.row(1, "b"), interner.text(1)), (1, 1, "b".into()));
    }

    #[test]
    fn texts_of_every_length_come_back() {
        let (interner, long) = (Interner::new(), "0123456789\u{e9}".repeat(12));
        for end in (1..=MAX_BYTES).filter(|end| long.is_char_boundary(*end)) {
            let row = interner.row(200, &long[..end]);
            assert_eq!((interner.text(row).as_str(), interner.row(200, &long[..end])), (&long[..end], row));
        }
    }

    #[test]
    fn similar_texts_stay_apart() {
        let interner = Interner::new();
        let texts: Vec<String> = (0..1000).map(|i| format!("value-{i}\0")).collect();
        let rows: Vec<usize> = texts.iter().map(|text| interner.row(1000, text)).collect();
        assert_eq!(rows, (1..=1000).collect::<Vec<_>>());
        assert!(texts.iter().zip(rows).all(|(text, row)| interner.text(row) == *text));
    }
}
