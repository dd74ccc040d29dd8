//! What a name in an expression is of.

use super::metric::{Metric, MetricKind};
use super::table::Table;
use crate::value::BuiltinUnit;

/// Series of a metric, as an expression names them.
#[derive(Clone, Copy, Debug)]
pub struct Series {
    /// The metric.
    pub metric: &'static Metric,
    /// Which of its series.
    pub part: Part,
}

/// Which series of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Those with the metric's own name: values, quantiles, native histograms. A classic histogram has none.
    Itself,
    /// The buckets of a histogram.
    Bucket,
    /// The sum of observations.
    Sum,
    /// The number of observations.
    Count,
}

/// The suffixes of the parts.
const SUFFIXES: [(&str, Part); 3] = [("_bucket", Part::Bucket), ("_sum", Part::Sum), ("_count", Part::Count)];

impl Series {
    /// A name is first that of a metric, then that of a part of one, so that `x_count` may be a gauge.
    pub(super) fn find(table: &'static Table, name: &str) -> Option<Self> {
        let itself = |metric| Self { metric, part: Part::Itself };
        let found = table.get(name).map(itself);
        let found = found.or_else(|| {
            SUFFIXES.iter().find_map(|(suffix, part)| {
                let metric = table.get(name.strip_suffix(suffix)?)?;
                part.is_of(metric.kind).then_some(Self { metric, part: *part })
            })
        });
        // In OpenMetrics every counter has the suffix, also where the text format shows none.
        let found = found.or_else(|| {
            let metric = table.get(name.strip_suffix("_total")?)?;
            (metric.kind == MetricKind::Counter).then(|| itself(metric))
        });
        found.or_else(|| table.open(name).map(itself))
    }

    /// What its values are: all parts of histograms and summaries only grow.
    pub fn kind(&self) -> MetricKind {
        if self.part == Part::Itself { self.metric.kind } else { MetricKind::Counter }
    }

    /// The unit of its values, when known.
    pub fn unit(&self) -> Option<BuiltinUnit> {
        match self.part {
            Part::Itself | Part::Sum => self.metric.unit,
            Part::Bucket | Part::Count => Some(BuiltinUnit::Count),
        }
    }

    /// Whether it may have a label, `le` and `quantile` among them.
    pub fn has_label(&self, name: &str) -> bool {
        let own = match self.part {
            Part::Bucket => name == "le",
            Part::Itself => name == "quantile" && self.metric.kind == MetricKind::Summary,
            Part::Sum | Part::Count => false,
        };
        own || self.metric.has_label(name)
    }

    /// Every value that a label can have; `None` when there is no such label, or nobody knows them all.
    pub fn values_of(&self, label: &str) -> Option<&'static [&'static str]> {
        self.metric.values_of(label)
    }
}

impl Part {
    fn is_of(self, kind: MetricKind) -> bool {
        match kind {
            MetricKind::Histogram => true,
            MetricKind::Summary => self != Self::Bucket,
            _ => false,
        }
    }
}
