//! Where each family's values live among a store's cells.
//!
//! Computed at compile time from the descriptors, so that generated code names families by number only and the layout
//! stays the runtime's own affair.

use crate::descriptor::{Family, Kind, LabelDescriptor};

/// Cells before the first family: the store's own counters.
pub(crate) const HEAD: usize = 1;
/// The cell that counts values that were not taken as they were given.
pub(crate) const REJECTED: usize = 0;

/// Cells of a histogram's series before its buckets. The sum takes one, two are kept for single-writer histograms.
pub(crate) const HISTOGRAM_HEAD: usize = 3;
/// The cell of a histogram's series that holds the sum.
pub(crate) const HISTOGRAM_SUM: usize = 0;

/// Cells of one series.
pub(crate) const fn width(kind: &Kind) -> usize {
    match kind {
        Kind::Histogram(bounds) => HISTOGRAM_HEAD + bounds.len() + 1,
        Kind::NativeHistogram => HISTOGRAM_HEAD + 1,
        Kind::Counter | Kind::FloatCounter | Kind::Gauge | Kind::State | Kind::Info => 1,
    }
}

/// Cells of a family. A state keeps which one is on, an info which row is on, so neither multiplies by those labels.
const fn cells_of(family: &Family, labels: &[LabelDescriptor]) -> usize {
    let multiplied = match family.kind {
        Kind::Info => 0,
        Kind::State => family.labels.len().saturating_sub(1),
        _ => family.labels.len(),
    };
    let (mut cells, mut i) = (width(&family.kind), 0);
    while i < multiplied {
        cells *= labels[family.labels[i] as usize].rows();
        i += 1;
    }
    cells
}

/// The number of cells a store of these families has.
pub const fn cells(families: &[Family], labels: &[LabelDescriptor]) -> usize {
    let (mut at, mut i) = (HEAD, 0);
    while i < families.len() {
        at += cells_of(&families[i], labels);
        i += 1;
    }
    at
}

/// The first cell of each family.
pub const fn offsets<const N: usize>(families: &[Family; N], labels: &[LabelDescriptor]) -> [usize; N] {
    let (mut offsets, mut at, mut i) = ([0; N], HEAD, 0);
    while i < N {
        offsets[i] = at;
        at += cells_of(&families[i], labels);
        i += 1;
    }
    offsets
}
