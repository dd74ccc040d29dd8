//! What this program exposes, and where each of it comes from: a KPI of a registry, the runtime, or another library.
//!
//! A scrape says what the values are; the contract says what they are values of. The endpoint serves it as JSON at
//! `/kpi/contract`, in the form that `docs/rust.md` describes, so that a running program can be held to a registry.
//!
//! ```
//! # mod kpis { kpi_runtime::kpis!("../../tests/support/shop.yaml"); }
//! # use kpis::KPIS;
//! KPIS.calls.inc();
//! let contract = kpi_runtime::contract();
//! assert!(contract.family("shop_calls_total").is_some_and(|family| family.origin.is_registry()));
//! assert!(contract.to_json().contains("\"kpi\": \"calls\""));
//! ```

mod collect;
mod write;

use std::borrow::Cow;

pub use crate::descriptor::About;
pub use crate::foreign::Bridge;
pub use collect::contract;

/// What a program exposes.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Contract {
    /// The registries in use, in the order they came.
    pub registries: Vec<About>,
    /// The families by name: every KPI, whether it has a series by now or not, and whatever else has one.
    pub families: Vec<Family>,
    /// The families that are not exposed, because their name is taken.
    pub left_out: Vec<LeftOut>,
}

/// A family.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Family {
    /// The name as the text format shows it, with `_total` for a counter.
    pub name: Cow<'static, str>,
    /// The description.
    pub help: Cow<'static, str>,
    /// What it is.
    pub kind: Type,
    /// The unit's metric suffix; empty for none.
    pub unit: Cow<'static, str>,
    /// The labels; of a KPI in its own order, else in the order in which they appear.
    pub labels: Vec<Label>,
    /// The number of series now.
    pub series: usize,
    /// Where it comes from.
    pub origin: Origin,
}

/// What a family is: the types that a registry has, and those that only other libraries have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Type {
    /// Only grows.
    Counter,
    /// Comes and goes.
    Gauge,
    /// Observations in buckets.
    Histogram,
    /// Observations whose buckets Prometheus chooses.
    NativeHistogram,
    /// Observations with quantiles computed by whoever observed them.
    Summary,
    /// One of several states.
    State,
    /// Facts in labels.
    Info,
    /// Nothing is known of it.
    Unknown,
}

/// A label.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Label {
    /// Its name.
    pub name: Cow<'static, str>,
    /// The values it may have.
    pub values: LabelValues,
}

/// The values of a label.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LabelValues {
    /// These and no others.
    Closed(&'static [&'static str]),
    /// Any text, at most this many at a time, and `_other`.
    Open(u32),
    /// Nothing is known of them.
    Unknown,
}

/// Where a family comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// It is a KPI.
    Registry {
        /// The place of its registry in [`Contract::registries`].
        registry: usize,
        /// The KPI's name.
        kpi: &'static str,
        /// Where it is declared, as `file:line`.
        place: &'static str,
    },
    /// The runtime exposes it about itself or the process.
    Runtime,
    /// It belongs to another library.
    Foreign(Bridge),
}

/// A family that is not exposed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftOut {
    /// Its name.
    pub name: String,
    /// Whose it is: `file:line` of a KPI, or the name of a crate.
    pub from: &'static str,
    /// Whose is exposed instead: `file:line` of a KPI, or a word for what else there is.
    pub kept: &'static str,
}

impl Contract {
    /// The family of this name.
    pub fn family(&self, name: &str) -> Option<&Family> {
        self.families.iter().find(|family| family.name == name)
    }

    /// The contract as JSON, laid out for people.
    pub fn to_json(&self) -> String {
        write::json(self)
    }
}

impl Origin {
    /// Whether it is a KPI of a registry.
    pub const fn is_registry(self) -> bool {
        matches!(self, Self::Registry { .. })
    }
}

impl Type {
    /// The word for it: that of the registry where there is one, else that of OpenMetrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::NativeHistogram => "native_histogram",
            Self::Summary => "summary",
            Self::State => "state",
            Self::Info => "info",
            Self::Unknown => "unknown",
        }
    }
}
