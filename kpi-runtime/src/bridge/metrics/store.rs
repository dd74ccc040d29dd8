//! Names, series and their limits.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicU64, AtomicUsize};
use std::sync::{Arc, Mutex, PoisonError};

use ::metrics::{Key, Unit};

use super::DEFAULT_BUCKETS;
use super::cache::Cache;
use super::cells::{Cell, Counter, Gauge, Histogram};
use super::name::{self, Labels};
use crate::interner::OTHER;

/// How much there may be.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    pub(super) names: usize,
    pub(super) series_of_a_name: usize,
    pub(super) series: usize,
    pub(super) buckets: Arc<[f64]>,
    pub(super) buckets_of: BTreeMap<String, Arc<[f64]>>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            names: 1_000,
            series_of_a_name: 1_000,
            series: 10_000,
            buckets: Arc::from(DEFAULT_BUCKETS),
            buckets_of: BTreeMap::new(),
        }
    }
}

impl Limits {
    fn buckets(&self, name: &str) -> &Arc<[f64]> {
        self.buckets_of.get(name).unwrap_or(&self.buckets)
    }

    /// Keys that are remembered: several orders of the same labels are several keys.
    fn keys(&self) -> usize {
        self.series.saturating_mul(4)
    }
}

/// Bounds in order, each once, without those that are not finite.
pub(super) fn bounds(given: impl IntoIterator<Item = f64>) -> Arc<[f64]> {
    // Adding 0 makes -0 a 0.
    let mut bounds: Vec<f64> = given.into_iter().filter(|it| it.is_finite()).map(|it| it + 0.0).collect();
    bounds.sort_by(f64::total_cmp);
    bounds.dedup_by(|a, b| a.total_cmp(b).is_eq());
    bounds.into()
}

/// All that a recorder has recorded.
#[derive(Debug)]
pub(super) struct Store {
    limits: Limits,
    pub(super) counters: Kind<Counter>,
    pub(super) gauges: Kind<Gauge>,
    pub(super) histograms: Kind<Histogram>,
    used: Used,
}

/// How much of the limits is used.
#[derive(Debug, Default)]
struct Used {
    names: AtomicUsize,
    series: AtomicUsize,
    overflowed: AtomicU64,
}

/// The metrics of one kind.
#[derive(Debug)]
pub(super) struct Kind<C> {
    cache: Cache<C>,
    names: Mutex<BTreeMap<String, Family<C>>>,
}

/// The series of one name.
#[derive(Debug)]
pub(super) struct Family<C> {
    pub(super) series: BTreeMap<Labels, Arc<C>>,
    /// The one of them that takes what is too much, once there is any.
    other: Option<Arc<C>>,
    pub(super) help: String,
    pub(super) unit: Option<Unit>,
}

impl Store {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            counters: Kind::new(),
            gauges: Kind::new(),
            histograms: Kind::new(),
            used: Used::default(),
        }
    }

    /// Uses of what was beyond a limit.
    pub(super) fn overflowed(&self) -> u64 {
        self.used.overflowed.load(Relaxed)
    }

    pub(super) fn counter(&self, key: &Key) -> Option<Arc<Counter>> {
        self.counters.cell(key, self, false, &())
    }

    pub(super) fn gauge(&self, key: &Key) -> Option<Arc<Gauge>> {
        self.gauges.cell(key, self, false, &())
    }

    pub(super) fn histogram(&self, key: &Key) -> Option<Arc<Histogram>> {
        self.histograms.cell(key, self, true, self.limits.buckets(key.name()))
    }

    pub(super) fn describe<C>(&self, kind: &Kind<C>, name: &str, unit: Option<Unit>, help: &str) {
        let mut names = kind.names.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(family) = family(&mut names, name, self) {
            help.clone_into(&mut family.help);
            family.unit = unit.or(family.unit);
        }
    }
}

impl<C> Kind<C> {
    fn new() -> Self {
        Self { cache: Cache::new(), names: Mutex::new(BTreeMap::new()) }
    }

    /// Calls a function with all names and their families.
    pub(super) fn read<T>(&self, read: impl FnOnce(&BTreeMap<String, Family<C>>) -> T) -> T {
        read(&self.names.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<C: Cell> Kind<C> {
    /// The cell of a key; `None` where there are too many names.
    fn cell(&self, key: &Key, store: &Store, is_histogram: bool, make: &C::Make) -> Option<Arc<C>> {
        if let Some(cell) = self.cache.get(key) {
            return Some(cell);
        }
        let labels = key.labels().map(|label| (label.key(), label.value()));
        let labels = name::labels(labels, is_histogram);
        let (cell, is_other) = {
            let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(family) = family(&mut names, key.name(), store) else {
                store.used.overflowed.fetch_add(1, Relaxed);
                return None;
            };
            family.cell(labels, store, make)
        };
        if is_other {
            store.used.overflowed.fetch_add(1, Relaxed);
        } else {
            self.cache.insert(key, &cell, store.limits.keys());
        }
        Some(cell)
    }
}

/// The family of a name, which is made if there may be another.
fn family<'f, C>(
    names: &'f mut BTreeMap<String, Family<C>>,
    name: &str,
    store: &Store,
) -> Option<&'f mut Family<C>> {
    if !names.contains_key(name) {
        take(&store.used.names, store.limits.names)?;
        let family = Family { series: BTreeMap::new(), other: None, help: String::new(), unit: None };
        names.insert(name.to_owned(), family);
    }
    names.get_mut(name)
}

impl<C: Cell> Family<C> {
    /// The cell of these labels, or the one that takes what is too much.
    fn cell(&mut self, labels: Labels, store: &Store, make: &C::Make) -> (Arc<C>, bool) {
        if let Some(cell) = self.series.get(&labels) {
            return (Arc::clone(cell), false);
        }
        // What has no labels is one series of its name, of which there is a limit too.
        let is_room = labels.is_empty()
            || (self.series.len() < store.limits.series_of_a_name
                && take(&store.used.series, store.limits.series).is_some());
        if is_room {
            let cell = Arc::new(C::new(make));
            self.series.insert(labels, Arc::clone(&cell));
            return (cell, false);
        }
        let series = &mut self.series;
        let other = self.other.get_or_insert_with(|| {
            // With the names of the first labels that were too much: it is one series, whatever comes.
            let labels = labels.into_iter().map(|(name, _)| (name, OTHER.to_owned())).collect();
            Arc::clone(series.entry(labels).or_insert_with(|| Arc::new(C::new(make))))
        });
        (Arc::clone(other), true)
    }
}

/// Takes one of what is limited, if there is one left.
fn take(used: &AtomicUsize, limit: usize) -> Option<usize> {
    used.fetch_update(Relaxed, Relaxed, |used| (used < limit).then_some(used + 1)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::metrics::Label;

    #[test]
    fn bounds_are_put_in_order() {
        let given = [2.5, f64::INFINITY, 1.0, f64::NAN, 1.0, f64::NEG_INFINITY, -0.0, 0.0];
        assert_eq!(*bounds(given), [0.0, 1.0, 2.5]);
    }

    #[test]
    fn keys_of_the_same_labels_are_one_series() {
        let store = Store::new(Limits::default());
        let key = |labels: &[(&'static str, &'static str)]| {
            Key::from_parts(
                "x",
                labels.iter().map(|(name, value)| Label::new(*name, *value)).collect::<Vec<_>>(),
            )
        };
        let cells = [
            store.counter(&key(&[("a", "1"), ("b", "2")])),
            store.counter(&key(&[("b", "2"), ("a", "1")])),
            store.counter(&key(&[("b", "2"), ("a", "1")])),
        ];
        let [Some(first), Some(second), Some(third)] = cells else { panic!("there is room") };
        assert!(Arc::ptr_eq(&first, &second) && Arc::ptr_eq(&first, &third));
        assert_eq!(store.used.series.load(Relaxed), 1);
    }
}
