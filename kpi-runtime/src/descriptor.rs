//! What generated code says about a registry: plain data in statics, read by the scrape and by nothing on the hot path.

use crate::{layout, snapshot};

/// What a KPI's family has in common with many others: a registry has few shapes.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// What is measured, and how it is kept.
    pub kind: Kind,
    /// The unit's metric suffix, such as `ms`; empty for none.
    pub unit: &'static str,
    /// Indices into the registry's labels, outermost first; of a [`Kind::State`] the last one names the states.
    pub labels: &'static [u16],
    /// Exposed from the first write on instead of from the start. Gauges, states and infos always are, and so are the
    /// series of open labels.
    pub lazy: bool,
    /// Of the debug tier: only in builds that have it.
    pub debug: bool,
}

/// One KPI that an agent exposes: the family of its series.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Family {
    /// The name in the registry, which is the name of the Rust field.
    pub(crate) kpi: &'static str,
    /// The exposed name as a scrape in the text format shows it, with `_total` for a counter.
    pub(crate) name: &'static str,
    /// The description, one sentence.
    pub(crate) help: &'static str,
    /// `file:line` of the declaration.
    pub(crate) place: &'static str,
    /// The rest.
    pub(crate) shape: &'static Shape,
}

impl Family {
    /// Whether this build has nothing of it.
    pub(crate) fn is_left_out(&self) -> bool {
        layout::is_left_out(self.shape)
    }
}

/// Between the KPIs of [`Tables::texts`].
const RECORD: char = '\u{1e}';
/// Between the texts of one KPI.
const FIELD: char = '\u{1f}';

/// A registry as data. Texts are one literal and shapes are shared, because that is what compiles fast.
#[derive(Debug, Clone, Copy)]
pub struct Tables {
    /// Whose KPIs these are.
    pub about: About,
    /// The labels.
    pub labels: &'static [LabelDescriptor],
    /// The shapes.
    pub shapes: &'static [Shape],
    /// For each KPI the index of its shape.
    pub shape_of: &'static [u16],
    /// For each KPI its name, exposed name, description and place, separated by U+001F; U+001E between KPIs.
    pub texts: &'static str,
}

impl Tables {
    /// The families, in the order of the handles' numbers.
    pub(crate) fn families(&self) -> Vec<Family> {
        let mut families = Vec::new();
        for (texts, shape) in self.texts.split(RECORD).zip(self.shape_of) {
            if let Some(shape) = self.shapes.get(usize::from(*shape)) {
                families.push(family(texts, shape));
            }
        }
        families
    }
}

fn family(texts: &'static str, shape: &'static Shape) -> Family {
    let mut texts = texts.split(FIELD);
    let mut next = || texts.next().unwrap_or_default();
    Family { kpi: next(), name: next(), help: next(), place: next(), shape }
}

/// The kind of a family.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A whole number that only grows.
    Counter,
    /// A real number that only grows.
    FloatCounter,
    /// A number that comes and goes.
    Gauge,
    /// Observations in buckets with these upper bounds, strictly increasing and finite, in the family's unit.
    Histogram(&'static [f64]),
    /// Observations whose buckets Prometheus chooses.
    NativeHistogram,
    /// Exactly one of several states.
    State,
    /// Facts in labels.
    Info,
}

impl Kind {
    /// The kind that who scrapes is told.
    pub(crate) const fn exposed(self) -> snapshot::Kind {
        match self {
            Self::Counter | Self::FloatCounter => snapshot::Kind::Counter,
            Self::Gauge => snapshot::Kind::Gauge,
            Self::Histogram(_) | Self::NativeHistogram => snapshot::Kind::Histogram,
            Self::State => snapshot::Kind::State,
            Self::Info => snapshot::Kind::Info,
        }
    }
}

/// A label of the registry.
#[derive(Debug, Clone, Copy)]
pub struct LabelDescriptor {
    /// The label's name.
    pub name: &'static str,
    /// Its values.
    pub values: Values,
}

/// The values a label takes.
#[derive(Debug, Clone, Copy)]
pub enum Values {
    /// These and no others, in the order of the generated enum's variants.
    Closed(&'static [&'static str]),
    /// Any text, at most this many at a time; the rest is gathered under `_other`.
    Open(u32),
}

impl LabelDescriptor {
    /// The number of rows the label spans; an open one has a row for `_other` too.
    pub(crate) const fn rows(&self) -> usize {
        match self.values {
            Values::Closed(values) => values.len(),
            Values::Open(limit) => limit as usize + 1,
        }
    }

    pub(crate) const fn is_open(&self) -> bool {
        matches!(self.values, Values::Open(_))
    }
}

/// Who a registry's KPIs belong to, shown as `kpi_build_info`.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// The platform, prefix of the metric names.
    pub platform: &'static str,
    /// The agent this program is.
    pub agent: &'static str,
    /// The registry's content hash.
    pub registry: &'static str,
    /// The version of the crate that holds the KPIs.
    pub version: &'static str,
}
