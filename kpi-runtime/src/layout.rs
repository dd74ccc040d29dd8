//! Where each family's values live among a store's cells.
//!
//! Computed at compile time from the descriptors, so that generated code names families by number only and the layout
//! stays the runtime's own affair. This runs in the compiler's interpreter for every registry: the loop over KPIs is lean.

use crate::descriptor::{Kind, LabelDescriptor, Shape};

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
const fn cells(shape: &Shape, labels: &[LabelDescriptor]) -> usize {
    let multiplied = match shape.kind {
        Kind::Info => 0,
        Kind::State => shape.labels.len().saturating_sub(1),
        _ => shape.labels.len(),
    };
    let (mut cells, mut i) = (width(&shape.kind), 0);
    while i < multiplied {
        cells *= labels[shape.labels[i] as usize].rows();
        i += 1;
    }
    cells
}

/// Cells of a family of each shape.
pub const fn sizes<const SHAPES: usize>(shapes: &[Shape], labels: &[LabelDescriptor]) -> [usize; SHAPES] {
    let (mut sizes, mut i) = ([0; SHAPES], 0);
    while i < SHAPES {
        sizes[i] = cells(&shapes[i], labels);
        i += 1;
    }
    sizes
}

/// The first cell of each family, and behind the last one the number of all cells.
pub const fn offsets<const ENDS: usize>(shape_of: &[u16], sizes: &[usize]) -> [usize; ENDS] {
    let (mut offsets, mut at, mut i) = ([HEAD; ENDS], HEAD, 0);
    while i < shape_of.len() {
        at += sizes[shape_of[i] as usize];
        i += 1;
        offsets[i] = at;
    }
    offsets
}
