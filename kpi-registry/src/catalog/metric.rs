//! A line of a table.

use crate::value::BuiltinUnit;

/// A metric that another program exposes.
#[derive(Debug)]
pub struct Metric {
    /// Its exposed name; of a histogram or summary, the name of the family. A `*` at the end stands for any text.
    pub name: &'static str,
    /// Its kind.
    pub kind: MetricKind,
    /// Its unit, when a registry has a name for it.
    pub unit: Option<BuiltinUnit>,
    /// Its own labels, without those that scraping adds.
    pub labels: Vec<Label>,
    /// Whether the name is against the conventions, and the program has it so all the same: a counter without `_total`,
    /// a gauge with it, a suffix that is not the unit.
    pub irregular: bool,
}

/// What a metric is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricKind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Has buckets.
    Histogram,
    /// Has quantiles.
    Summary,
    /// Is always 1, and is there for its labels. Programs say that it is a gauge.
    Info,
    /// What the program does not say.
    Untyped,
}

impl MetricKind {
    /// Every kind.
    pub const ALL: &'static [Self] =
        &[Self::Counter, Self::Gauge, Self::Histogram, Self::Summary, Self::Info, Self::Untyped];

    /// As written in a table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::Summary => "summary",
            Self::Info => "info",
            Self::Untyped => "untyped",
        }
    }
}

/// A label of a metric.
#[derive(Debug)]
pub struct Label {
    /// Its name. A `*` at the end stands for any text.
    pub name: &'static str,
    /// Every value that it can have; empty when nobody knows them all.
    pub values: Vec<&'static str>,
}

impl Metric {
    /// Whether its series may have a label.
    pub fn has_label(&self, name: &str) -> bool {
        self.label(name).is_some()
    }

    /// Every value that a label can have; `None` when there is no such label, or nobody knows them all.
    pub fn values_of(&self, label: &str) -> Option<&[&'static str]> {
        let values = &self.label(label)?.values;
        (!values.is_empty()).then_some(values)
    }

    fn label(&self, name: &str) -> Option<&Label> {
        let exact = self.labels.iter().find(|label| label.name == name);
        exact.or_else(|| self.labels.iter().find(|label| matches(label.name, name)))
    }

    /// `name kind unit label,label=value|value`, with `-` for what there is not and `!` after the kind of an irregular one.
    pub(super) fn parse(line: &'static str) -> Option<Self> {
        let mut words = line.split(' ');
        let (name, kind, unit, labels) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let (kind, irregular) = kind.strip_suffix('!').map_or((kind, false), |kind| (kind, true));
        let kind = MetricKind::ALL.iter().copied().find(|known| known.as_str() == kind)?;
        let unit = if unit == "-" { None } else { Some(BuiltinUnit::parse(unit)?) };
        let labels = if labels == "-" { Vec::new() } else { labels.split(',').map(Label::parse).collect() };
        words.next().is_none().then_some(Self { name, kind, unit, labels, irregular })
    }
}

impl Label {
    fn parse(text: &'static str) -> Self {
        match text.split_once('=') {
            Some((name, values)) => Self { name, values: values.split('|').collect() },
            None => Self { name: text, values: Vec::new() },
        }
    }
}

/// Whether a name is that of a pattern, which may end in `*`.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |prefix| name.starts_with(prefix))
}
