//! A label: a dimension of a metric, with the values it may have.

use super::KpiId;
use crate::source::Spanned;

/// One label, shared by KPIs or written inside one of them.
#[derive(Clone, Debug)]
pub struct Label {
    /// The label name in Prometheus.
    pub name: Spanned<String>,
    /// What it says.
    pub description: Option<String>,
    /// The values it may have.
    pub values: LabelValues,
    /// The KPI it was written inside; `None` for the shared vocabulary.
    pub owner: Option<KpiId>,
}

/// The values of a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LabelValues {
    /// A fixed list, which becomes a Rust enum.
    Closed(Vec<Spanned<String>>),
    /// Free text; what comes after so many different values is counted under `_other`.
    Open {
        /// The most values kept apart in one process.
        limit: Spanned<u32>,
    },
}

impl LabelValues {
    /// How many series one label can make: its values, or the limit and `_other`.
    pub fn cardinality(&self) -> u64 {
        match self {
            Self::Closed(values) => values.len() as u64,
            Self::Open { limit } => u64::from(limit.value) + 1,
        }
    }

    /// The closed values, if it is closed.
    pub fn closed(&self) -> Option<&[Spanned<String>]> {
        match self {
            Self::Closed(values) => Some(values),
            Self::Open { .. } => None,
        }
    }
}
