//! From cells to a snapshot.

use std::borrow::Cow;
use std::sync::atomic::Ordering::Relaxed;

use crate::callbacks::{Readings, Said};
use crate::cell::{self, HISTOGRAM_HEAD, SUM};
use crate::conflict::Verdict;
use crate::descriptor::{Family, Kind, LabelDescriptor, Values as LabelValues};
use crate::interner::OTHER;
use crate::layout;
use crate::native::spill::Spill;
use crate::native::window;
use crate::snapshot::{self, Histogram, Series, Snapshot, Value};
use crate::store::{Core, Values, linked};
use crate::{builtin, conflict, foreign, handle, process};

/// The values of all registries of this program that are in use, of the process, and of the sources that were added.
pub fn snapshot() -> Snapshot {
    let cores: Vec<&'static Core> = linked().collect();
    let verdict = conflict::verdict(&cores);
    let readings = readings(&cores);
    let mut families = others(&cores, &verdict);
    for (number, (core, readings)) in cores.iter().zip(&readings).enumerate() {
        families.extend(own(core, core.values(), readings, |family| verdict.exposes(number, family)));
    }
    Snapshot { families }.tidy()
}

/// What the functions say that stand in place of cells. They are asked before anything else is read: what they do counts
/// in the same scrape.
pub(crate) fn readings(cores: &[&'static Core]) -> Vec<Readings> {
    cores.iter().map(|core| core.values().callbacks.read()).collect()
}

/// The families that are nobody's KPIs.
pub(crate) fn others(cores: &[&'static Core], verdict: &Verdict) -> Vec<snapshot::Family> {
    let mut families = builtin::families(cores, verdict);
    families.extend(process::families());
    foreign::append(&mut families, verdict);
    families
}

/// The KPIs of one store.
pub(crate) fn store(core: &'static Core, values: Values<'_>) -> Snapshot {
    let readings = values.callbacks.read();
    Snapshot { families: own(core, values, &readings, |_| true).collect() }.tidy()
}

/// Values that were not taken as given.
pub(crate) fn rejected(core: &Core, values: Values<'_>) -> u64 {
    core.rejected(values.cells).map_or(0, |cell| cell.load(Relaxed))
}

fn own<'a>(
    core: &'static Core,
    values: Values<'a>,
    readings: &'a Readings,
    exposed: impl Fn(usize) -> bool + 'a,
) -> impl Iterator<Item = snapshot::Family> + 'a {
    let families = core.families().iter().enumerate().filter(move |(number, _)| exposed(*number));
    let mut cells = Vec::new();
    families.filter_map(move |(number, family)| family_of(core, values, readings, number, family, &mut cells))
}

/// One family of a store. `cells` is room to work in.
pub(crate) fn family_of(
    core: &Core,
    values: Values<'_>,
    readings: &Readings,
    number: usize,
    family: &Family,
    cells: &mut Vec<u64>,
) -> Option<snapshot::Family> {
    let range = core.range(number)?;
    let first = range.start;
    let said = readings.within(&range);
    values.sum(range, &family.shape.kind, cells);
    for (at, said) in said {
        if let Some(cell) = cells.get_mut(at - first) {
            *cell = if let Said::Value(value) = said { *value } else { 0 };
        }
    }
    // The texts are read after the cells, so that the one that an info names is among them.
    let axes = Axis::of(family, core.tables.labels, values);
    let exemplars = values.exemplars.within(&(first..first + cells.len()));
    let width = layout::width(&family.shape.kind);
    let mut series = Vec::new();
    let mut add = |rows: &[usize], cell: usize, value| {
        let labels = rows.iter().zip(&axes).map(|(row, axis)| axis.pair(*row)).collect();
        let mut one = Series::new(labels, value);
        for (at, exemplar) in &exemplars {
            if (cell..cell + width).contains(at) {
                match &mut one.value {
                    Value::Histogram(histogram) => histogram.exemplars.push(exemplar.clone()),
                    _ => one.exemplar = Some(Box::new(exemplar.clone())),
                }
            }
        }
        series.push(one);
    };
    walk(family, &axes, (first, cells), values, readings, &mut add);
    let kind = family.shape.kind.exposed();
    let (name, help, unit) = (family.name.into(), family.help.into(), family.shape.unit.into());
    Some(snapshot::Family { name, help, unit, kind, series })
}

/// Hands over the rows and the value of each series that is exposed.
fn walk(
    family: &Family,
    axes: &[Axis<'_>],
    (first, cells): (usize, &[u64]),
    values: Values<'_>,
    readings: &Readings,
    add: &mut dyn FnMut(&[usize], usize, Value),
) {
    let extents: Vec<Extent> = axes.iter().map(Axis::extent).collect();
    match family.shape.kind {
        Kind::State => {
            let Some((states, outer)) = extents.split_last() else { return };
            each(outer, &mut |rows, at| {
                let Some(on) = cells.get(at).and_then(|cell| cell.checked_sub(1)) else { return };
                for state in 0..states.rows {
                    let rows: Vec<usize> = rows.iter().copied().chain([state]).collect();
                    add(&rows, first + at, Value::Whole(u64::from(state as u64 == on)));
                }
            });
        }
        Kind::Info => {
            if let Some(rows) = cells.first().and_then(|chosen| chosen_rows(&extents, *chosen)) {
                add(&rows, first, Value::Whole(1));
            }
        }
        kind => {
            let (width, lazy) = (layout::width(&kind), is_lazy(family, labels_of(axes)));
            let spill = values.spill();
            each(&extents, &mut |rows, at| {
                let cells = cells.get(at * width..(at + 1) * width).unwrap_or_default();
                let value = match kind {
                    Kind::Histogram(_) | Kind::NativeHistogram => {
                        let histogram = histogram(kind, cells, &spill, first + at * width);
                        (!lazy || histogram.count != 0).then_some(Value::Histogram(histogram))
                    }
                    // What a function says is shown, if it is 0 too.
                    _ => match (readings.of(first + at * width), cells.first()) {
                        (Some(Said::Value(cell)), _) => number(kind, cell),
                        (Some(Said::Nothing), _) => None,
                        (None, cell) => {
                            cell.filter(|cell| !lazy || **cell != 0).and_then(|cell| number(kind, *cell))
                        }
                    },
                };
                if let Some(value) = value {
                    add(rows, first + at * width, value);
                }
            });
        }
    }
}

/// The labels of the series that a cell belongs to; of a state those beside the one that names the states.
#[cfg(feature = "testing")]
pub(crate) fn labels_at(core: &Core, values: Values<'_>, cell: usize) -> Option<snapshot::Labels> {
    let (number, family) = core.family_at(cell)?;
    let mut axes = Axis::of(family, core.tables.labels, values);
    if matches!(family.shape.kind, Kind::State) {
        axes.pop();
    }
    let row = (cell - core.range(number)?.start) / layout::width(&family.shape.kind);
    let extents: Vec<Extent> = axes.iter().map(Axis::extent).collect();
    let rows = chosen_rows(&extents, row as u64 + 1)?;
    Some(axes.iter().zip(rows).map(|(axis, row)| axis.pair(row)).collect())
}

fn labels_of<'a>(axes: &'a [Axis<'_>]) -> impl Iterator<Item = &'a LabelDescriptor> {
    axes.iter().map(|axis| axis.label)
}

/// Whether a series of a family is exposed from its first write on only.
pub(crate) fn is_lazy<'a>(family: &Family, mut labels: impl Iterator<Item = &'a LabelDescriptor>) -> bool {
    family.shape.lazy || labels.any(LabelDescriptor::is_open)
}

/// The value of a series that has one number.
fn number(kind: Kind, cell: u64) -> Option<Value> {
    match kind {
        Kind::Counter => Some(Value::Whole(cell)),
        Kind::FloatCounter => Some(Value::Real(f64::from_bits(cell))),
        Kind::Gauge => handle::decode(cell).map(Value::Real),
        _ => None,
    }
}

/// A series of observations, whose first cell has this number. The count is the sum of the buckets.
pub(crate) fn histogram(kind: Kind, cells: &[u64], spill: &Spill, first: usize) -> Histogram {
    let sum = f64::from_bits(cells.get(SUM).copied().unwrap_or_default());
    let buckets = cells.iter().skip(HISTOGRAM_HEAD).copied();
    let Kind::Histogram(bounds) = kind else {
        let native = window::collect(buckets, spill.buckets(first));
        let sum = cell::finite(sum + spill.sum(first));
        return Histogram::new(Vec::new(), native.count(), sum).with_native(native);
    };
    let mut count = 0u64;
    let cumulative = buckets.map(|bucket| {
        count = count.wrapping_add(bucket);
        count
    });
    let cumulative: Vec<u64> = cumulative.collect();
    Histogram::new(bounds.iter().copied().zip(cumulative).collect(), count, sum)
}

/// How far a label spreads the series of a family.
#[derive(Clone, Copy)]
pub(crate) struct Extent {
    /// Rows that may have values.
    pub(crate) rows: usize,
    /// Rows there is room for.
    pub(crate) room: usize,
}

/// Calls a function with every combination of rows, the last label's fastest, and the number of its series.
pub(crate) fn each(extents: &[Extent], call: &mut dyn FnMut(&[usize], usize)) {
    let mut rows = vec![0; extents.len()];
    if extents.iter().any(|extent| extent.rows == 0) {
        return;
    }
    loop {
        let mut at = 0;
        for (label, extent) in extents.iter().enumerate() {
            at = at * extent.room + rows[label];
        }
        call(&rows, at);
        let mut moving = extents.len();
        loop {
            let Some(label) = moving.checked_sub(1) else { return };
            moving = label;
            rows[moving] += 1;
            if rows[moving] < extents[moving].rows {
                break;
            }
            rows[moving] = 0;
        }
    }
}

/// The rows of the one series that an info shows. `None` before its first write.
pub(crate) fn chosen_rows(extents: &[Extent], chosen: u64) -> Option<Vec<usize>> {
    let mut rest = usize::try_from(chosen).ok()?.checked_sub(1)?;
    let mut rows = vec![0; extents.len()];
    for (row, extent) in rows.iter_mut().zip(extents).rev() {
        (*row, rest) = (rest % extent.room.max(1), rest / extent.room.max(1));
    }
    Some(rows)
}

/// One label of a family, with what it takes to name its rows.
struct Axis<'a> {
    label: &'a LabelDescriptor,
    /// The texts of an open label's rows, `_other` first.
    texts: Vec<String>,
}

impl<'a> Axis<'a> {
    fn of(family: &Family, labels: &'a [LabelDescriptor], values: Values<'_>) -> Vec<Self> {
        let mut axes = Vec::new();
        for index in family.shape.labels {
            let index = usize::from(*index);
            let Some(label) = labels.get(index) else { continue };
            let mut texts = Vec::new();
            if let Some(interner) = values.interners.get(index).filter(|_| label.is_open()) {
                for row in 0..interner.rows() {
                    texts.push(interner.text(row));
                }
            }
            axes.push(Self { label, texts });
        }
        axes
    }

    fn extent(&self) -> Extent {
        let room = self.label.rows();
        Extent { rows: if self.label.is_open() { self.texts.len() } else { room }, room }
    }

    fn pair(&self, row: usize) -> (Cow<'static, str>, Cow<'static, str>) {
        let value = match self.label.values {
            LabelValues::Closed(values) => Cow::Borrowed(values.get(row).copied().unwrap_or_default()),
            LabelValues::Open(_) => Cow::Owned(self.texts.get(row).map_or(OTHER, String::as_str).to_owned()),
        };
        (Cow::Borrowed(self.label.name), value)
    }
}
