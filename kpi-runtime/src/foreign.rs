//! Families of other libraries, added to this program's endpoint.

#[cfg(any(feature = "metrics", feature = "prometheus"))]
mod sources;

use std::fmt;

use crate::snapshot::Family;

#[cfg(not(any(feature = "metrics", feature = "prometheus")))]
pub(crate) use none::{append, gather};
#[cfg(feature = "metrics")]
pub(crate) use sources::tell;
#[cfg(any(feature = "metrics", feature = "prometheus"))]
pub(crate) use sources::{add, append, gather};

/// A library whose metrics appear beside the KPIs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Bridge {
    /// The crate `prometheus`.
    Prometheus,
    /// The crate `metrics`.
    Metrics,
}

impl Bridge {
    /// The name of the crate.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Prometheus => "prometheus",
            Self::Metrics => "metrics",
        }
    }
}

impl fmt::Display for Bridge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A family of another library that is not exposed, because its name is taken.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct LeftOut {
    pub(crate) bridge: Bridge,
    pub(crate) name: String,
    /// What is exposed instead: `file:line` of a KPI, or a word for what else there is.
    pub(crate) kept: &'static str,
}

/// What all sources have to show.
#[derive(Default)]
pub(crate) struct Gathered {
    pub(crate) families: Vec<(Bridge, Family)>,
    pub(crate) left_out: Vec<LeftOut>,
}

/// A program without a bridge need not compile what reads them.
#[cfg(not(any(feature = "metrics", feature = "prometheus")))]
mod none {
    use super::{Family, Gathered};
    use crate::conflict::Verdict;

    pub(crate) fn gather(_: &Verdict) -> Gathered {
        Gathered::default()
    }

    pub(crate) fn append(_: &mut Vec<Family>, _: &Verdict) {}
}
