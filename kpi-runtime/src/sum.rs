//! From cells to plain numbers: what all threads wrote, added up.

use std::ops::Range;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{Acquire, Relaxed};

use crate::block::Busy;
use crate::cell;
use crate::descriptor::Kind;
use crate::layout;
use crate::pool::Pool;
use crate::store::Values;

impl Values<'_> {
    /// Puts the values of these cells, which are series of one kind, into `out`: whole numbers as they are, real numbers
    /// as bits, histograms as [`cell::read`] gives them.
    ///
    /// Goes block by block, each from its begin to its end, so that memory is read in order.
    pub(crate) fn sum(self, range: Range<usize>, kind: &Kind, out: &mut Vec<u64>) {
        out.clear();
        let Some(shared) = self.cells.get(range.clone()) else { return };
        // A thread that is at work on the pool has its lock, and must do with what is shared.
        let busy = Busy::enter();
        // Locked before anything is read: values move from blocks to the shared cells.
        let blocks = self.pool.filter(|_| range.end <= self.owned && busy.is_some()).map(Pool::lock);
        let own = blocks.iter().flat_map(|blocks| blocks.iter()).filter_map(|block| block.get(range.clone()));
        // Whoever reads a row that a text has knows the text.
        let load = |cell: &AtomicU64| cell.load(Acquire);
        match kind {
            Kind::Histogram(_) | Kind::NativeHistogram => {
                out.resize(shared.len(), 0);
                let (width, mut copy) = (layout::width(kind), Vec::new());
                for cells in [shared].into_iter().chain(own) {
                    let series = cells.chunks_exact(width).zip(out.chunks_exact_mut(width));
                    series.for_each(|(cells, total)| cell::read(cells, total, &mut copy));
                }
            }
            Kind::FloatCounter => {
                out.extend(shared.iter().map(load));
                let sum = |a, b| cell::finite(f64::from_bits(a) + f64::from_bits(b)).to_bits();
                own.for_each(|cells| add(cells, out, sum));
            }
            _ => {
                out.extend(shared.iter().map(load));
                own.for_each(|cells| add(cells, out, u64::wrapping_add));
            }
        }
    }
}

fn add(cells: &[AtomicU64], total: &mut [u64], add: impl Fn(u64, u64) -> u64) {
    for (total, cell) in total.iter_mut().zip(cells) {
        *total = add(*total, cell.load(Relaxed));
    }
}
