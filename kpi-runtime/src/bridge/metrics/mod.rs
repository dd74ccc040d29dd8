//! The `metrics` facade: what libraries record through its macros appears in this program's endpoint, beside the KPIs and
//! marked by [the contract](mod@crate::contract) as not in the registry.
//!
//! ```
//! kpi_runtime::bridge::metrics::install()?;
//! metrics::counter!("cache.hits", "cache" => "sessions").increment(1);
//!
//! let text = kpi_runtime::exposition::text(&kpi_runtime::snapshot());
//! assert!(text.contains("cache_hits_total{cache=\"sessions\"} 1\n"));
//! # Ok::<(), kpi_runtime::bridge::metrics::InstallError>(())
//! ```
//!
//! # Names
//!
//! Characters that Prometheus does not allow become `_`, and a counter's name ends in `_total`. A unit adds nothing, so that
//! a name does not depend on whether and when a library describes it. Where two names would become one (`a.b` and `a_b`), the
//! one that had to change least has it, the first in the order of bytes among equals, and the others are written in
//! Prometheus' own escaping, `U__a_2e_b`: nothing is merged, nothing is lost, and it is said once on standard error.
//!
//! A name that a KPI or the runtime exposes is theirs: the metric is left out, told on standard error, and shown by
//! `kpi_runtime_conflicts` and by the contract.
//!
//! Labels that differ only in what Prometheus does not allow, or that are given twice, are one label with their values joined
//! by `;`, as OpenTelemetry's specification of compatibility has it. A histogram's own label `le` is called `exported_le`. Values are cut at 256 bytes.
//!
//! # Limits
//!
//! Memory is bounded: see [`Builder`]. Beyond a limit values go to a series whose labels are all `_other`, or nowhere if there
//! would be too many names, and `kpi_runtime_metrics_overflowed_total` counts that.

mod cache;
mod cells;
mod name;
mod read;
mod recorder;
mod store;

use std::fmt;
use std::sync::Arc;

pub(crate) use read::overflowed;
pub use recorder::Recorder;
use store::{Limits, Store};

/// Upper bounds of a histogram's buckets where nothing else was said: those of Prometheus' client libraries, made for
/// durations in seconds.
pub const DEFAULT_BUCKETS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Makes a recorder with the default limits the program's own, and exposes what it records.
///
/// # Errors
///
/// The program has a recorder already.
pub fn install() -> Result<(), InstallError> {
    Builder::new().install()
}

/// A recorder before it records.
#[derive(Debug, Clone)]
#[must_use = "a recorder records once it is installed"]
pub struct Builder {
    limits: Limits,
}

impl Default for Builder {
    fn default() -> Self {
        Self::new()
    }
}

impl Builder {
    /// 1,000 names, 1,000 series a name, 10,000 series in all, [`DEFAULT_BUCKETS`].
    pub fn new() -> Self {
        Self { limits: Limits::default() }
    }

    /// At most this many names. What comes later is not recorded.
    pub fn max_names(mut self, names: usize) -> Self {
        self.limits.names = names;
        self
    }

    /// At most this many series of one name.
    pub fn max_series_of_a_name(mut self, series: usize) -> Self {
        self.limits.series_of_a_name = series;
        self
    }

    /// At most this many series, not counting those of `_other`.
    pub fn max_series(mut self, series: usize) -> Self {
        self.limits.series = series;
        self
    }

    /// The upper bounds of histograms of which [`buckets_of`](Self::buckets_of) says nothing. Bounds are sorted, and those
    /// that are not finite are left out: the bucket up to +Inf is always there.
    pub fn buckets(mut self, bounds: impl IntoIterator<Item = f64>) -> Self {
        self.limits.buckets = store::bounds(bounds);
        self
    }

    /// The upper bounds of the histogram of this name.
    pub fn buckets_of(mut self, name: impl Into<String>, bounds: impl IntoIterator<Item = f64>) -> Self {
        self.limits.buckets_of.insert(name.into(), store::bounds(bounds));
        self
    }

    /// A recorder whose metrics are exposed, to be used within another one, such as a fan-out, or as a local one.
    pub fn recorder(self) -> Recorder {
        let store = Arc::new(Store::new(self.limits));
        read::expose(&store);
        Recorder::new(store)
    }

    /// Makes it the program's recorder, and exposes what it records.
    ///
    /// # Errors
    ///
    /// The program has a recorder already.
    pub fn install(self) -> Result<(), InstallError> {
        let store = Arc::new(Store::new(self.limits));
        ::metrics::set_global_recorder(Recorder::new(Arc::clone(&store))).map_err(|_| InstallError(()))?;
        read::expose(&store);
        Ok(())
    }
}

/// The program has a recorder of the `metrics` crate already.
#[derive(Debug)]
pub struct InstallError(());

impl fmt::Display for InstallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the program has a recorder of the crate `metrics` already")
    }
}

impl std::error::Error for InstallError {}
