//! From cells to a snapshot.

use std::borrow::Cow;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{Acquire, Relaxed};

use crate::descriptor::{Family, Kind, LabelDescriptor, Values as LabelValues};
use crate::interner::OTHER;
use crate::layout::{self, HISTOGRAM_HEAD, HISTOGRAM_SUM, REJECTED};
use crate::snapshot::{self, Histogram, Series, Snapshot, Value};
use crate::store::{Core, Values, linked};
use crate::{builtin, conflict, handle, process};

/// The values of all registries of this program that are in use, of the process, and of the sources that were added.
pub fn snapshot() -> Snapshot {
    let cores: Vec<&'static Core> = linked().collect();
    let verdict = conflict::verdict(&cores);
    let mut families = builtin::families(&cores, &verdict);
    families.extend(process::families());
    for (number, core) in cores.iter().enumerate() {
        families.extend(own(core, core.values, |family| verdict.exposes(number, family)));
    }
    crate::foreign::append(&mut families);
    Snapshot { families }.tidy()
}

/// The KPIs of one store.
pub(crate) fn store(core: &'static Core, values: Values<'_>) -> Snapshot {
    Snapshot { families: own(core, values, |_| true).collect() }.tidy()
}

/// Values that were not taken as given.
pub(crate) fn rejected(values: Values<'_>) -> u64 {
    values.cells.get(REJECTED).map_or(0, |cell| cell.load(Relaxed))
}

fn own<'a>(
    core: &'static Core,
    values: Values<'a>,
    exposed: impl Fn(usize) -> bool + 'a,
) -> impl Iterator<Item = snapshot::Family> + 'a {
    let families = core.families().iter().enumerate().filter(move |(number, _)| exposed(*number));
    families.filter_map(move |(number, family)| {
        let range = *core.offsets.get(number)?..*core.offsets.get(number + 1)?;
        Some(read(family, core.tables.labels, values, values.cells.get(range)?))
    })
}

fn read(
    family: &Family,
    labels: &[LabelDescriptor],
    values: Values<'_>,
    cells: &[AtomicU64],
) -> snapshot::Family {
    // Read before the texts, so that the one that an info names is among them.
    let first = cells.first().map_or(0, |cell| cell.load(Acquire));
    let dimensions = Dimension::of(family, labels, values);
    let (kind, series) = match family.shape.kind {
        Kind::State => (snapshot::Kind::State, states(&dimensions, cells)),
        Kind::Info => (snapshot::Kind::Info, info(&dimensions, first)),
        kind => {
            let lazy = family.shape.lazy || dimensions.iter().any(Dimension::is_open);
            let of = |cells: &[AtomicU64]| value(kind, cells).filter(|value| !lazy || touched(kind, value));
            (kind.exposed(), each(&dimensions, cells, layout::width(&kind), of))
        }
    };
    let (name, help, unit) = (family.name.into(), family.help.into(), family.shape.unit.into());
    snapshot::Family { name, help, unit, kind, series }
}

impl Kind {
    fn exposed(self) -> snapshot::Kind {
        match self {
            Self::Counter | Self::FloatCounter => snapshot::Kind::Counter,
            Self::Gauge => snapshot::Kind::Gauge,
            Self::Histogram(_) | Self::NativeHistogram => snapshot::Kind::Histogram,
            Self::State => snapshot::Kind::State,
            Self::Info => snapshot::Kind::Info,
        }
    }
}

fn value(kind: Kind, cells: &[AtomicU64]) -> Option<Value> {
    let first = cells.first()?;
    match kind {
        Kind::Counter => Some(Value::Whole(first.load(Relaxed))),
        Kind::FloatCounter => Some(Value::Real(f64::from_bits(first.load(Relaxed)))),
        Kind::Gauge => handle::decode(first.load(Relaxed)).map(Value::Real),
        Kind::Histogram(bounds) => Some(Value::Histogram(histogram(bounds, cells))),
        Kind::NativeHistogram => Some(Value::Histogram(histogram(&[], cells))),
        Kind::State | Kind::Info => None,
    }
}

/// The count is the sum of the buckets that were read, whatever is written meanwhile.
fn histogram(bounds: &[f64], cells: &[AtomicU64]) -> Histogram {
    let mut count = 0u64;
    let buckets = cells.iter().skip(HISTOGRAM_HEAD).map(|cell| {
        count = count.wrapping_add(cell.load(Acquire));
        count
    });
    let buckets: Vec<u64> = buckets.collect();
    let sum = cells.get(HISTOGRAM_SUM).map_or(0.0, |cell| f64::from_bits(cell.load(Relaxed)));
    Histogram { cumulative: bounds.iter().copied().zip(buckets).collect(), count, sum }
}

/// Whether anything was written; a gauge that has a value was.
fn touched(kind: Kind, value: &Value) -> bool {
    match value {
        Value::Whole(number) => *number != 0,
        Value::Real(number) => matches!(kind, Kind::Gauge) || *number != 0.0,
        Value::Histogram(histogram) => histogram.count != 0,
        Value::Summary(summary) => summary.count != 0,
    }
}

/// One label of a family, with what it takes to name its rows.
struct Dimension<'a> {
    label: &'a LabelDescriptor,
    /// The texts of an open label's rows, `_other` first.
    texts: Vec<String>,
}

impl<'a> Dimension<'a> {
    fn of(family: &Family, labels: &'a [LabelDescriptor], values: Values<'_>) -> Vec<Self> {
        let dimension = |index: &u16| {
            let label = labels.get(usize::from(*index))?;
            let interner = values.interners.get(usize::from(*index)).filter(|_| label.is_open());
            let texts = interner.map(|interner| (0..interner.rows()).map(|row| interner.text(row)).collect());
            Some(Self { label, texts: texts.unwrap_or_default() })
        };
        family.shape.labels.iter().filter_map(dimension).collect()
    }

    fn is_open(&self) -> bool {
        self.label.is_open()
    }

    /// Rows that may have values.
    fn rows(&self) -> usize {
        if self.is_open() { self.texts.len() } else { self.label.rows() }
    }

    fn pair(&self, row: usize) -> (Cow<'static, str>, Cow<'static, str>) {
        let value = match self.label.values {
            LabelValues::Closed(values) => Cow::Borrowed(values.get(row).copied().unwrap_or_default()),
            LabelValues::Open(_) => Cow::Owned(self.texts.get(row).map_or(OTHER, String::as_str).to_owned()),
        };
        (Cow::Borrowed(self.label.name), value)
    }
}

/// The series of all rows for which there is a value, in the order of the rows.
fn each(
    dimensions: &[Dimension<'_>],
    cells: &[AtomicU64],
    width: usize,
    value: impl Fn(&[AtomicU64]) -> Option<Value>,
) -> Vec<Series> {
    let mut rows = vec![0; dimensions.len()];
    let mut series = Vec::new();
    loop {
        let at =
            rows.iter().zip(dimensions).fold(0, |at, (row, dimension)| at * dimension.label.rows() + row);
        if let Some(value) = cells.get(at * width..(at + 1) * width).and_then(&value) {
            let labels = rows.iter().zip(dimensions).map(|(row, dimension)| dimension.pair(*row)).collect();
            series.push(Series { labels, value });
        }
        if !advance(&mut rows, dimensions) {
            return series;
        }
    }
}

/// The next combination of rows; false after the last.
fn advance(rows: &mut [usize], dimensions: &[Dimension<'_>]) -> bool {
    for (row, dimension) in rows.iter_mut().zip(dimensions).rev() {
        *row += 1;
        if *row < dimension.rows() {
            return true;
        }
        *row = 0;
    }
    false
}

/// For each set of states that was ever set, every state with 1 or 0.
fn states(dimensions: &[Dimension<'_>], cells: &[AtomicU64]) -> Vec<Series> {
    let Some((state, outer)) = dimensions.split_last() else { return Vec::new() };
    let chosen = each(outer, cells, 1, |cells| cells.first()?.load(Relaxed).checked_sub(1).map(Value::Whole));
    let expand = |series: Series| {
        let Series { labels, value } = series;
        (0..state.rows()).map(move |row| {
            let labels = labels.iter().cloned().chain([state.pair(row)]).collect();
            Series { labels, value: Value::Whole(u64::from(value == Value::Whole(row as u64))) }
        })
    };
    chosen.into_iter().flat_map(expand).collect()
}

/// The facts, if they were ever set.
fn info(dimensions: &[Dimension<'_>], chosen: u64) -> Vec<Series> {
    let Some(mut row) = usize::try_from(chosen).ok().and_then(|chosen| chosen.checked_sub(1)) else {
        return Vec::new();
    };
    let mut labels: Vec<_> = dimensions
        .iter()
        .rev()
        .map(|dimension| {
            let pair = dimension.pair(row % dimension.label.rows());
            row /= dimension.label.rows();
            pair
        })
        .collect();
    labels.reverse();
    vec![Series { labels, value: Value::Whole(1) }]
}
