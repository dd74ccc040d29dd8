//! A small map from text.

use std::ops;

/// Values by text, in ascending order of the text. For the few entries of a mapping that a registry's author wrote:
/// a sorted list compiles in a fraction of the time of the standard library's maps, which every agent would pay for.
#[derive(Debug)]
pub struct ByText<T> {
    entries: Vec<(String, T)>,
}

impl<T> Default for ByText<T> {
    fn default() -> Self {
        Self { entries: Vec::new() }
    }
}

impl<T> ByText<T> {
    /// Adds an entry, or replaces it.
    pub fn insert(&mut self, text: String, value: T) {
        let at = self.position(&text);
        match self.entries.get_mut(at) {
            Some(entry) if entry.0 == text => entry.1 = value,
            _ => self.entries.insert(at, (text, value)),
        }
    }

    /// The value of a text.
    pub fn get(&self, text: &str) -> Option<&T> {
        self.entries.get(self.position(text)).filter(|entry| entry.0 == text).map(|entry| &entry.1)
    }

    /// Whether a text has a value.
    pub fn contains_key(&self, text: &str) -> bool {
        self.get(text).is_some()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Every entry, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &T)> {
        self.entries.iter().map(|(text, value)| (text, value))
    }

    /// Every text, in order.
    pub fn keys(&self) -> impl Iterator<Item = &String> {
        self.entries.iter().map(|(text, _)| text)
    }

    /// Every value, in the order of the texts.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.entries.iter().map(|(_, value)| value)
    }

    fn position(&self, text: &str) -> usize {
        self.entries.partition_point(|entry| entry.0.as_str() < text)
    }
}

impl<T> FromIterator<(String, T)> for ByText<T> {
    fn from_iter<I: IntoIterator<Item = (String, T)>>(entries: I) -> Self {
        let mut map = Self::default();
        entries.into_iter().for_each(|(text, value)| map.insert(text, value));
        map
    }
}

impl<T> ops::Index<&str> for ByText<T> {
    type Output = T;

    /// # Panics
    ///
    /// The text has no value.
    fn index(&self, text: &str) -> &T {
        let at = self.position(text);
        assert!(self.entries.get(at).is_some_and(|entry| entry.0 == text), "no entry `{text}`");
        &self.entries[at].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_sorted_and_replaced() {
        let mut map = ByText::default();
        for (text, value) in [("b", 1), ("a", 2), ("c", 3), ("b", 4)] {
            map.insert(text.to_owned(), value);
        }
        assert_eq!(map.keys().collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!((map["b"], map.get("d"), map.contains_key("a"), map.is_empty()), (4, None, true, false));
    }
}
