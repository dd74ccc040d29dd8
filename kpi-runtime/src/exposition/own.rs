//! The families of a registry as text, from sums of cells: what a scrape spends its time on.
//!
//! Names, labels and bounds are [prepared](Prepared); a line is what goes before the last label, that label, and a
//! number. The text is the same, byte for byte, that [`super::write`] makes of a snapshot.

use super::number;
use super::prepared::{Prepared, Texts};
use super::write::{Dialect, Page};
use crate::callbacks::Readings;
use crate::cell::{HISTOGRAM_HEAD, SUM};
use crate::descriptor::{Family, Kind};
use crate::gather::{self, Extent};
use crate::handle;
use crate::layout;
use crate::store::{Core, Values};

/// Room to work in, kept from scrape to scrape.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    cells: Vec<u64>,
    /// For each open label `name="value"` of the rows that it has so far.
    open: Vec<Texts>,
    line: String,
}

/// One store's families, to be written one by one.
pub(super) struct Own<'a> {
    pub(super) core: &'static Core,
    pub(super) values: Values<'a>,
    pub(super) readings: &'a Readings,
    pub(super) prepared: &'static Prepared,
    pub(super) scratch: &'a mut Scratch,
}

impl Own<'_> {
    /// Writes a family and its samples, if there are any.
    pub(super) fn family(&mut self, number: usize, page: &mut Page) {
        let (core, prepared) = (self.core, self.prepared);
        let (Some(family), Some(range)) = (core.families().get(number), core.range(number)) else { return };
        let Scratch { cells, open, line } = &mut *self.scratch;
        let is_read = !self.readings.within(&range).is_empty();
        let shows_exemplars = page.dialect != Dialect::Text && self.values.exemplars.are_within(&range);
        if is_read || shows_exemplars || matches!(family.shape.kind, Kind::NativeHistogram) {
            // Few lines come of many cells, a function says what they are, or some have exemplars: it is not worth a way of
            // its own.
            let family = gather::family_of(core, self.values, self.readings, number, family, cells);
            return family.iter().for_each(|family| page.family(family));
        }
        self.values.sum(range, &family.shape.kind, cells);
        // The texts are read after the cells, so that the one that an info names is among them.
        open.resize_with(core.tables.labels.len(), Texts::default);
        for label in family.shape.labels.iter().map(|label| usize::from(*label)) {
            let open =
                open.get_mut(label).zip(core.tables.labels.get(label)).zip(self.values.interners.get(label));
            if let Some(((texts, label), interner)) = open.filter(|((_, label), _)| label.is_open()) {
                texts.follow(label, interner);
            }
        }
        let axis_of = |label: &u16| {
            let index = usize::from(*label);
            let label = core.tables.labels.get(index)?;
            let texts = if label.is_open() { open.get(index) } else { prepared.labels.get(index) }?;
            Some(Axis { texts, extent: Extent { rows: texts.len(), room: label.rows() } })
        };
        let axes: Vec<Axis<'_>> = family.shape.labels.iter().filter_map(axis_of).collect();
        let begin = page.out.len();
        page.out.push_str(prepared.headers.get(number));
        let header = page.out.len();
        let bounds =
            core.tables.shape_of.get(number).and_then(|shape| prepared.bounds.get(usize::from(*shape)));
        let lazy = gather::is_lazy(family, core.labels(family));
        let mut samples =
            Samples { out: &mut page.out, family, axes: &axes, line, digits: itoa::Buffer::new(), lazy };
        match family.shape.kind {
            Kind::Counter | Kind::FloatCounter | Kind::Gauge => samples.plain(cells),
            Kind::Histogram(_) => samples.histograms(cells, bounds),
            Kind::NativeHistogram => {}
            Kind::State => samples.states(cells),
            Kind::Info => samples.info(cells),
        }
        if page.out.len() == header {
            page.out.truncate(begin);
        }
    }
}

/// One label of a family.
struct Axis<'a> {
    texts: &'a Texts,
    extent: Extent,
}

/// The samples of one family.
struct Samples<'a> {
    out: &'a mut String,
    family: &'a Family,
    axes: &'a [Axis<'a>],
    line: &'a mut String,
    digits: itoa::Buffer,
    lazy: bool,
}

impl Samples<'_> {
    /// One line for each series.
    fn plain(&mut self, cells: &[u64]) {
        let kind = self.family.shape.kind;
        let Some((last, outer)) = self.axes.split_last() else {
            let begin = self.out.len();
            self.out.push_str(self.family.name);
            self.out.push(' ');
            if !cells.first().is_some_and(|cell| self.value(kind, *cell)) {
                self.out.truncate(begin);
            }
            return;
        };
        let extents = extents(outer);
        gather::each(&extents, &mut |rows, at| {
            self.begin_line(outer, rows);
            let cells = cells.get(at * last.extent.room..).unwrap_or_default();
            for (text, cell) in last.texts.iter().zip(cells) {
                let begin = self.out.len();
                self.out.push_str(self.line);
                self.out.push_str(text);
                self.out.push_str("} ");
                if !self.value(kind, *cell) {
                    self.out.truncate(begin);
                }
            }
        });
    }

    /// Makes the line begin with the name and these labels, up to the next label.
    fn begin_line(&mut self, axes: &[Axis<'_>], rows: &[usize]) {
        self.line.clear();
        self.line.push_str(self.family.name);
        self.line.push('{');
        push_labels(self.line, axes, rows);
    }

    /// Writes the value of a cell and ends the line; false if there is nothing to show.
    #[inline]
    fn value(&mut self, kind: Kind, cell: u64) -> bool {
        match kind {
            Kind::Counter | Kind::FloatCounter if self.lazy && cell == 0 => return false,
            Kind::Counter => self.out.push_str(self.digits.format(cell)),
            Kind::Gauge => match handle::decode(cell) {
                Some(value) => number::value(self.out, value),
                None => return false,
            },
            _ => number::value(self.out, f64::from_bits(cell)),
        }
        self.out.push('\n');
        true
    }

    /// A line for each bucket of each series, and its sum and count.
    fn histograms(&mut self, cells: &[u64], bounds: Option<&Texts>) {
        let Some(bounds) = bounds else { return };
        let (kind, name) = (self.family.shape.kind, self.family.name);
        let width = layout::width(&kind);
        let extents = extents(self.axes);
        gather::each(&extents, &mut |rows, at| {
            let cells = cells.get(at * width..(at + 1) * width).unwrap_or_default();
            if self.lazy && cells.iter().skip(HISTOGRAM_HEAD).all(|bucket| *bucket == 0) {
                return;
            }
            // `name_bucket{labels,`, of which the other lines take the parts.
            self.line.clear();
            self.line.push_str(name);
            self.line.push_str("_bucket{");
            let labels = self.line.len();
            push_labels(self.line, self.axes, rows);
            let mut count = 0u64;
            for (bound, bucket) in bounds.iter().zip(cells.iter().skip(HISTOGRAM_HEAD)) {
                count = count.wrapping_add(*bucket);
                self.out.push_str(self.line);
                self.out.push_str(bound);
                self.out.push_str(self.digits.format(count));
                self.out.push('\n');
            }
            let labels = self.line.get(labels..).unwrap_or_default().trim_end_matches(',');
            for suffix in ["_sum", "_count"] {
                self.out.push_str(name);
                self.out.push_str(suffix);
                if labels.is_empty() {
                    self.out.push(' ');
                } else {
                    self.out.extend(["{", labels, "} "]);
                }
                if suffix == "_sum" {
                    number::value(self.out, f64::from_bits(cells.get(SUM).copied().unwrap_or_default()));
                } else {
                    self.out.push_str(self.digits.format(count));
                }
                self.out.push('\n');
            }
        });
    }

    /// For each set of states that was ever set, every state with 1 or 0.
    fn states(&mut self, cells: &[u64]) {
        let Some((states, outer)) = self.axes.split_last() else { return };
        let extents = extents(outer);
        gather::each(&extents, &mut |rows, at| {
            let Some(on) = cells.get(at).and_then(|cell| cell.checked_sub(1)) else { return };
            self.begin_line(outer, rows);
            for (state, text) in states.texts.iter().enumerate() {
                self.out.push_str(self.line);
                self.out.push_str(text);
                self.out.push_str(if state as u64 == on { "} 1\n" } else { "} 0\n" });
            }
        });
    }

    /// The facts, if they were ever set.
    fn info(&mut self, cells: &[u64]) {
        let extents = extents(self.axes);
        let Some(rows) = cells.first().and_then(|chosen| gather::chosen_rows(&extents, *chosen)) else {
            return;
        };
        self.begin_line(self.axes, &rows);
        self.out.push_str(self.line.trim_end_matches(','));
        self.out.push_str("} 1\n");
    }
}

fn extents(axes: &[Axis<'_>]) -> Vec<Extent> {
    axes.iter().map(|axis| axis.extent).collect()
}

/// Writes labels, with a comma behind each.
fn push_labels(line: &mut String, axes: &[Axis<'_>], rows: &[usize]) {
    for (axis, row) in axes.iter().zip(rows) {
        line.push_str(axis.texts.get(*row));
        line.push(',');
    }
}
