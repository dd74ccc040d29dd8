//! Exemplars: which trace, for example, made a counter grow or an observation be slow.
//!
//! A KPI with `trace: {exemplars: true}` keeps one for each of its series, and one for each bucket of a histogram's. The
//! newest are shown by the formats that have exemplars, OpenMetrics and protobuf.
//!
//! ```
//! use kpi_runtime::Exemplar;
//!
//! let exemplar = Exemplar::new([("trace_id", "4bf92f3577b34da6a3ce929d0e0e4736")])?;
//! // KPIS.latency.observe_with(elapsed, exemplar);
//! # Ok::<(), kpi_runtime::ExemplarError>(())
//! ```
//!
//! Or they come by themselves, from a [source](set_source) that knows the current trace.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::exposition::exemplar::{MAX_CHARS, is_label_name};
use crate::snapshot::{self, Labels};
use crate::sorted::Sorted;

/// Labels that say where an observation came from, most often a `trace_id` and a `span_id`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exemplar {
    labels: Labels,
}

impl Exemplar {
    /// An exemplar with these labels.
    ///
    /// # Errors
    ///
    /// What OpenMetrics 1.0 does not allow: names and values of more than 128 characters together, or a name that is no
    /// label name, is kept for Prometheus itself, or is there twice.
    pub fn new<N, V>(labels: impl IntoIterator<Item = (N, V)>) -> Result<Self, ExemplarError>
    where
        N: Into<Cow<'static, str>>,
        V: Into<Cow<'static, str>>,
    {
        let mut exemplar = Self { labels: Vec::new() };
        for (name, value) in labels {
            exemplar.push(name.into(), value.into())?;
        }
        Ok(exemplar)
    }

    fn push(&mut self, name: Cow<'static, str>, value: Cow<'static, str>) -> Result<(), ExemplarError> {
        if !is_label_name(&name) {
            return Err(ExemplarError::Name(name.into_owned()));
        }
        if self.labels.iter().any(|(before, _)| *before == name) {
            return Err(ExemplarError::Twice(name.into_owned()));
        }
        self.labels.push((name, value));
        let mut chars = 0;
        for (name, value) in &self.labels {
            chars += name.chars().count() + value.chars().count();
        }
        if chars > MAX_CHARS { Err(ExemplarError::TooLong(chars)) } else { Ok(()) }
    }

    /// Names and values of the labels.
    pub fn labels(&self) -> impl Iterator<Item = (&str, &str)> {
        self.labels.iter().map(|(name, value)| (&**name, &**value))
    }
}

/// Why labels are none of an exemplar.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExemplarError {
    /// Names and values have this many characters together, at the least.
    TooLong(usize),
    /// Not a label name, or one that begins with `__`.
    Name(String),
    /// The name is there twice.
    Twice(String),
}

impl fmt::Display for ExemplarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong(chars) => write!(
                f,
                "the labels of an exemplar may have {MAX_CHARS} characters together, these have {chars} or more"
            ),
            Self::Name(name) => write!(f, "`{name}` can't be the name of an exemplar's label"),
            Self::Twice(name) => write!(f, "the label `{name}` is there twice"),
        }
    }
}

impl std::error::Error for ExemplarError {}

static SOURCE: OnceLock<fn() -> Option<Exemplar>> = OnceLock::new();

/// Makes every write to a KPI with exemplars ask this function for one, as often as there is room for a new one. It should
/// be quick, and say `None` where there is nothing to show, as outside of a trace that is sampled. The feature
/// `opentelemetry` has one ready.
///
/// The first source stays; whether it was this one is the answer.
pub fn set_source(source: fn() -> Option<Exemplar>) -> bool {
    SOURCE.set(source).is_ok()
}

/// A new exemplar has to wait as long as this after the one before in its place.
const MILLISECONDS: u64 = 1000;

/// Places that wait on their own. Series and buckets that share one wait for each other, so this is also how many exemplars
/// a second a registry takes.
const PLACES: usize = 64;

/// The exemplars of a store.
#[derive(Debug)]
pub(crate) struct Exemplars {
    /// When each place may take the next one, in milliseconds of [`now`].
    next: [AtomicU64; PLACES],
    /// By the number of a cell: the one of a counter's series, and one of a histogram's for each bucket.
    kept: Mutex<Sorted<usize, Option<snapshot::Exemplar>>>,
}

impl Exemplars {
    pub(crate) const fn new() -> Self {
        Self { next: [const { AtomicU64::new(0) }; PLACES], kept: Mutex::new(Sorted::new()) }
    }

    /// Takes an exemplar for a cell, if it is time for a new one there: what was given, or else what the source says.
    pub(crate) fn take(&self, cell: usize, value: f64, given: Option<Exemplar>) {
        if given.is_none() && SOURCE.get().is_none() {
            return;
        }
        let (place, now) = (&self.next[cell % PLACES], now());
        let next = place.load(Relaxed);
        if now < next {
            return;
        }
        let Some(exemplar) = given.or_else(|| SOURCE.get().and_then(|source| source())) else { return };
        if place.compare_exchange(next, now + MILLISECONDS, Relaxed, Relaxed).is_err() {
            return;
        }
        // A clock before the epoch tells no time, and an exemplar need not have one.
        let timestamp = SystemTime::now().duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs_f64());
        *self.lock().entry(cell) = Some(snapshot::Exemplar { labels: exemplar.labels, value, timestamp });
    }

    /// The exemplars of these cells, by the numbers of the cells.
    pub(crate) fn within(&self, cells: &Range<usize>) -> Vec<(usize, snapshot::Exemplar)> {
        let mut found = Vec::new();
        let kept = self.lock();
        for (cell, exemplar) in &kept.entries()[kept.begin(&cells.start)..kept.begin(&cells.end)] {
            found.extend(exemplar.clone().map(|exemplar| (*cell, exemplar)));
        }
        found
    }

    /// Whether any of these cells has an exemplar.
    pub(crate) fn are_within(&self, cells: &Range<usize>) -> bool {
        let kept = self.lock();
        kept.begin(&cells.start) < kept.begin(&cells.end)
    }

    /// Forgets all of them.
    pub(crate) fn clear(&self) {
        for place in &self.next {
            place.store(0, Relaxed);
        }
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, Sorted<usize, Option<snapshot::Exemplar>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Milliseconds that only grow; more than none.
fn now() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    let since = START.get_or_init(Instant::now).elapsed();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX / 2) + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exemplar(id: &str) -> Exemplar {
        Exemplar::new([("trace_id", id.to_owned())]).expect("is sound")
    }

    #[test]
    fn labels_are_checked() {
        assert_eq!(Exemplar::new([("a", "x".repeat(127))]).map(|it| it.labels.len()), Ok(1));
        assert_eq!(Exemplar::new([("é", "")]), Err(ExemplarError::Name("é".to_owned())));
        assert_eq!(Exemplar::new([("__name__", "")]), Err(ExemplarError::Name("__name__".to_owned())));
        assert_eq!(Exemplar::new([("a", "1"), ("a", "2")]), Err(ExemplarError::Twice("a".to_owned())));
        assert_eq!(Exemplar::new([("a", "é".repeat(128))]), Err(ExemplarError::TooLong(129)));
        assert_eq!(Exemplar::new([("a", "\n\"\\")]).map(|it| it.labels().count()), Ok(1));
        assert!(Exemplar::new([("", "")]).is_err_and(|error| error.to_string().contains("``")));
    }

    #[test]
    fn a_place_takes_one_at_a_time() {
        let exemplars = Exemplars::new();
        exemplars.take(3, 1.0, Some(exemplar("first")));
        exemplars.take(3, 2.0, Some(exemplar("too soon")));
        exemplars.take(3 + PLACES, 3.0, Some(exemplar("same place")));
        exemplars.take(4, f64::NAN, Some(exemplar("other place")));
        let found = exemplars.within(&(0..1000));
        let ids: Vec<_> = found.iter().map(|(cell, it)| (*cell, &*it.labels[0].1)).collect();
        assert_eq!(ids, [(3, "first"), (4, "other place")]);
        assert!(found.iter().all(|(_, it)| it.timestamp.is_some_and(|seconds| seconds > 1.7e9)));
        assert!(exemplars.within(&(5..1000)).is_empty());
        exemplars.clear();
        exemplars.take(3, 4.0, Some(exemplar("anew")));
        assert_eq!(exemplars.within(&(0..4)).len(), 1);
    }

    #[test]
    fn when_it_is_time_the_next_one_comes() {
        let exemplars = Exemplars::new();
        exemplars.take(3, 1.0, Some(exemplar("first")));
        exemplars.next[3].store(0, Relaxed);
        exemplars.take(3, 2.0, None);
        exemplars.take(3, 2.0, Some(exemplar("second")));
        assert_eq!(exemplars.within(&(3..4))[0].1.value.to_bits(), 2f64.to_bits());
    }
}
