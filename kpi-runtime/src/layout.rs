//! Where each family's values live among a store's cells.
//!
//! Computed at compile time from the descriptors, so that generated code names families by number only and the layout
//! stays the runtime's own affair. This runs in the compiler's interpreter for every registry: the loops over KPIs are
//! lean.
//!
//! Cells `0..owned` exist once for each thread: there a thread counts and observes without anyone else writing, which is
//! what makes a write one addition to memory. The cells from there on exist once and are written by all: gauges, states
//! and infos, whose last write wins, and families so wide that a copy for each thread would not pay.

use crate::cell;
use crate::descriptor::{Kind, LabelDescriptor, Shape};
use crate::native::window;

/// Whether this build records KPIs of `tier: debug`: one with debug assertions does, and one with `--cfg kpi_debug` among
/// the compiler's flags (`RUSTFLAGS`). In any other their handles have no cells, their methods do nothing and compile to
/// nothing, and scrapes don't show them. `--cfg kpi_off` leaves out every KPI, whatever its tier.
///
/// What is handed to a method is computed all the same. Ask this where that costs something:
///
/// ```text
/// if kpi_runtime::DEBUG_TIER {
///     KPIS.queue_skew.set(skew(&queue));
/// }
/// ```
pub const DEBUG_TIER: bool = cfg!(all(not(kpi_off), any(debug_assertions, kpi_debug)));

/// In place of the first cell of a family that this build leaves out.
pub(crate) const LEFT_OUT: usize = usize::MAX;

/// Whether this build leaves out the families of a shape.
pub(crate) const fn is_left_out(shape: &Shape) -> bool {
    cfg!(kpi_off) || (shape.debug && !DEBUG_TIER)
}

/// Cells before the first shared family: the store's own counters.
const HEAD: usize = 1;

/// Families with more cells than this are shared: 32 KiB for each thread is what a processor's first cache holds.
const WIDE: usize = 4096;
/// Cells that each thread has of one registry at most, 256 KiB.
const MOST_OWNED: usize = 1 << 15;

/// The cells of a family of one shape.
#[derive(Debug, Clone, Copy)]
pub struct Extent {
    /// The greatest number for a family that has none.
    cells: usize,
    /// Whether each thread may have them of its own.
    grows: bool,
}

/// Where the families of a registry begin, and how many cells there are.
#[derive(Debug)]
pub struct Layout<const FAMILIES: usize> {
    /// The first cell of each family; the greatest number for one that has none.
    pub offsets: [usize; FAMILIES],
    /// The number of cells that exist once for each thread; the first shared ones are the store's own counters.
    pub owned: usize,
    /// The number of all cells.
    pub cells: usize,
}

/// Cells of one series.
pub(crate) const fn width(kind: &Kind) -> usize {
    match kind {
        Kind::Histogram(bounds) => cell::HISTOGRAM_HEAD + bounds.len() + 1,
        Kind::NativeHistogram => cell::HISTOGRAM_HEAD + window::CELLS,
        Kind::Counter | Kind::FloatCounter | Kind::Gauge | Kind::State | Kind::Info => 1,
    }
}

/// Cells of a family. A state keeps which one is on, an info which row is on, so neither multiplies by those labels.
pub(crate) const fn cells(shape: &Shape, labels: &[LabelDescriptor]) -> usize {
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

/// Extents of each shape.
pub const fn extents<const SHAPES: usize>(shapes: &[Shape], labels: &[LabelDescriptor]) -> [Extent; SHAPES] {
    let (mut extents, mut i) = ([Extent { cells: 0, grows: false }; SHAPES], 0);
    while i < SHAPES {
        let cells = if is_left_out(&shapes[i]) { LEFT_OUT } else { cells(&shapes[i], labels) };
        let grows = !matches!(shapes[i].kind, Kind::Gauge | Kind::State | Kind::Info);
        extents[i] = Extent { cells, grows: grows && cells <= WIDE };
        i += 1;
    }
    extents
}

/// Gives each family its cells.
pub const fn layout<const FAMILIES: usize>(shape_of: &[u16], extents: &[Extent]) -> Layout<FAMILIES> {
    let (mut offsets, mut owned, mut i) = ([LEFT_OUT; FAMILIES], 0, 0);
    while i < FAMILIES {
        let extent = extents[shape_of[i] as usize];
        if extent.grows && owned + extent.cells <= MOST_OWNED {
            offsets[i] = owned;
            owned += extent.cells;
        }
        i += 1;
    }
    let (mut cells, mut i) = (owned + HEAD, 0);
    while i < FAMILIES {
        let extent = extents[shape_of[i] as usize];
        if offsets[i] == LEFT_OUT && extent.cells != LEFT_OUT {
            offsets[i] = cells;
            cells += extent.cells;
        }
        i += 1;
    }
    Layout { offsets, owned, cells }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::descriptor::Values;

    const LABELS: &[LabelDescriptor] = &[LabelDescriptor { name: "id", values: Values::Open(4095) }];

    const fn shape(kind: Kind, labels: &'static [u16]) -> Shape {
        Shape { kind, unit: "", labels, lazy: false, debug: false }
    }

    #[test]
    fn what_grows_comes_first_and_nothing_overlaps() {
        let shapes = [
            shape(Kind::Gauge, &[]),
            shape(Kind::Counter, &[0]),
            shape(Kind::Histogram(&[1.0, 2.0]), &[]),
            shape(Kind::Counter, &[0, 0]),
        ];
        let layout: Layout<5> = layout(&[0, 1, 2, 3, 1], &extents::<4>(&shapes, LABELS));
        let histogram = cell::HISTOGRAM_HEAD + 3;
        assert_eq!(layout.owned, 2 * 4096 + histogram);
        let shared = layout.owned + HEAD;
        assert_eq!(layout.offsets, [shared, 0, 4096, shared + 1, 4096 + histogram]);
        assert_eq!(layout.cells, shared + 1 + 4096 * 4096);
    }

    #[test]
    fn a_thread_never_has_more_than_the_bound() {
        let layout: Layout<20> = layout(&[0; 20], &extents::<1>(&[shape(Kind::Counter, &[0])], LABELS));
        assert_eq!((layout.owned, layout.cells), (MOST_OWNED, HEAD + 20 * 4096));
    }
}
