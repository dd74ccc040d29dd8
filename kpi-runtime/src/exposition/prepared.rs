//! What a registry's text consists of but for the numbers, written once.

use std::fmt::Write;

use super::write::{Dialect, header};
use super::{escape, number};
use crate::descriptor::{Kind, LabelDescriptor, Values};
use crate::interner::Interner;
use crate::store::Core;

/// Texts in a row, in one allocation.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    text: String,
    ends: Vec<usize>,
}

impl Texts {
    /// The text of this number; empty if there is none.
    #[inline]
    pub(super) fn get(&self, number: usize) -> &str {
        let begin = number.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied());
        let end = self.ends.get(number).copied();
        begin.zip(end).and_then(|(begin, end)| self.text.get(begin..end)).unwrap_or_default()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|number| self.get(number))
    }

    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    /// Adds one, which is what the function writes.
    fn push(&mut self, write: impl FnOnce(&mut String)) {
        write(&mut self.text);
        self.ends.push(self.text.len());
    }

    /// Adds `name="value"`.
    fn push_label(&mut self, name: &str, value: &str) {
        self.push(|text| {
            text.push_str(name);
            text.push_str("=\"");
            escape::label_value(text, value);
            text.push('"');
        });
    }

    /// Makes these the labels of an open label's rows. Rows are only ever added, so what is there stays, unless the rows
    /// are another store's.
    pub(super) fn follow(&mut self, label: &LabelDescriptor, interner: &Interner) {
        let rows = interner.rows();
        if rows < self.len() {
            self.clear();
        }
        for row in self.len()..rows {
            let text = interner.text(row);
            self.push_label(label.name, &text);
        }
    }
}

/// The constant texts of a registry in one dialect.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// For each family its HELP, TYPE and UNIT lines.
    pub(super) headers: Texts,
    /// For each label `name="value"` of every row; nothing for open labels.
    pub(super) labels: Vec<Texts>,
    /// For each shape that is a histogram `le="bound"} ` of every bucket.
    pub(super) bounds: Vec<Texts>,
}

impl Prepared {
    /// The texts of a registry.
    pub(crate) fn new(core: &Core, dialect: Dialect) -> Self {
        let mut headers = Texts::default();
        for family in core.families() {
            let kind = family.shape.kind.exposed();
            headers.push(|text| header(text, dialect, family.name, kind, family.help, family.shape.unit));
        }
        let (mut labels, mut bounds) = (Vec::new(), Vec::new());
        for label in core.tables.labels {
            labels.push(self::labels(label));
        }
        for shape in core.tables.shapes {
            bounds.push(match shape.kind {
                Kind::Histogram(bounds) => les(bounds, dialect),
                _ => Texts::default(),
            });
        }
        Self { headers, labels, bounds }
    }
}

fn labels(label: &LabelDescriptor) -> Texts {
    let mut texts = Texts::default();
    if let Values::Closed(values) = label.values {
        for value in values {
            texts.push_label(label.name, value);
        }
    }
    texts
}

fn les(bounds: &[f64], dialect: Dialect) -> Texts {
    let mut texts = Texts::default();
    for bound in bounds.iter().chain([&f64::INFINITY]) {
        let bound = number::bound(*bound, dialect.is_openmetrics());
        // Writing to a String cannot fail.
        texts.push(|text| {
            let _ = write!(text, "le=\"{bound}\"}} ");
        });
    }
    texts
}
