//! A map for few keys, and one sort for all: the map and the sorts of the standard library are a lot of code, which is
//! compiled anew for every type.

use std::cmp::Ordering;

/// A map with its entries in the order of their keys, one after the other.
#[derive(Debug)]
pub(crate) struct Sorted<K, V>(Vec<(K, V)>);

impl<K: Ord, V> Sorted<K, V> {
    /// Nothing.
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.position(key).ok().and_then(|at| self.0.get(at)).map(|(_, value)| value)
    }

    /// The value of a key, which is made if there is none.
    pub(crate) fn entry(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        let at = self.position(&key).unwrap_or_else(|at| {
            self.0.insert(at, (key, V::default()));
            at
        });
        &mut self.0[at].1
    }

    /// All entries, in the order of their keys.
    pub(crate) fn entries(&self) -> &[(K, V)] {
        &self.0
    }

    /// The number of entries before this key.
    pub(crate) fn begin(&self, key: &K) -> usize {
        self.position(key).unwrap_or_else(|at| at)
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Where a key is; the error is where it would be.
    fn position(&self, key: &K) -> Result<usize, usize> {
        self.0.binary_search_by(|(other, _)| other.cmp(key))
    }
}

impl<K: Ord, V> Default for Sorted<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

/// The numbers below `len` in this order; those that are equal as they come. Merges ever longer runs: the sort of the
/// standard library would be a fiftieth of the crate's code.
pub(crate) fn order(len: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut numbers: Vec<usize> = (0..len).collect();
    let mut merged = numbers.clone();
    let mut run = 1;
    while run < len {
        let mut begin = 0;
        while begin < len {
            let (middle, end) = ((begin + run).min(len), (begin + 2 * run).min(len));
            let (mut left, mut right) = (begin, middle);
            for place in &mut merged[begin..end] {
                let is_left =
                    left < middle && (right == end || compare(numbers[left], numbers[right]).is_le());
                let from = if is_left { &mut left } else { &mut right };
                *place = numbers[*from];
                *from += 1;
            }
            begin = end;
        }
        std::mem::swap(&mut numbers, &mut merged);
        run *= 2;
    }
    numbers
}

/// For each number below `len` the first one that is equal to it.
pub(crate) fn first_alike(len: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let order = order(len, compare);
    let mut first = order.clone();
    let mut alike = None;
    for number in order {
        let number_of = alike.filter(|it| compare(*it, number).is_eq()).unwrap_or(number);
        (first[number], alike) = (number_of, Some(number_of));
    }
    first
}

/// Puts items in the order of their names; those with equal names as they come.
pub(crate) fn by_name<T>(items: &mut [T], name: impl Fn(&T) -> &str) {
    let mut order = order(items.len(), &|a, b| name(&items[a]).cmp(name(&items[b])));
    // Each cycle of the order is a chain of swaps; a place that has its item points to itself.
    for begin in 0..order.len() {
        let mut at = begin;
        while order[at] != begin {
            let next = order[at];
            items.swap(at, next);
            order[at] = at;
            at = next;
        }
        order[at] = at;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_map_in_the_order_of_keys(entries in prop::collection::vec((0_u8..20, 0_u64..9), 0..40)) {
            let (mut sorted, mut map) = (Sorted::new(), BTreeMap::new());
            for (key, value) in entries {
                *sorted.entry(key) += value;
                *map.entry(key).or_insert(0) += value;
            }
            prop_assert_eq!(sorted.entries(), map.iter().map(|(key, value)| (*key, *value)).collect::<Vec<_>>());
            for key in 0..20 {
                prop_assert_eq!(sorted.get(&key), map.get(&key));
            }
            sorted.clear();
            prop_assert!(sorted.entries().is_empty());
        }

        #[test]
        fn equals_keep_their_places(keys in prop::collection::vec(0_u8..5, 0..40)) {
            let numbers = order(keys.len(), &|a, b| keys[a].cmp(&keys[b]));
            prop_assert!(numbers.is_sorted_by_key(|number| (keys[*number], *number)));
            prop_assert_eq!(numbers.len(), keys.len());
        }

        #[test]
        fn items_come_in_the_order_of_their_names(names in prop::collection::vec("[ab]{0,2}", 0..40)) {
            let mut items: Vec<(usize, String)> = names.into_iter().enumerate().collect();
            let mut expected = items.clone();
            by_name(&mut items, |(_, name)| name);
            expected.sort_by(|(_, a), (_, b)| a.cmp(b));
            prop_assert_eq!(items, expected);
        }

        #[test]
        fn the_first_of_equals_is_found(keys in prop::collection::vec(0_u8..5, 0..40)) {
            let first = first_alike(keys.len(), &|a, b| keys[a].cmp(&keys[b]));
            let expected: Vec<_> =
                keys.iter().map(|key| keys.iter().position(|other| other == key).unwrap_or(usize::MAX)).collect();
            prop_assert_eq!(first, expected);
        }
    }
}
