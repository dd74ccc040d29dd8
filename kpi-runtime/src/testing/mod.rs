//! For tests: what an isolated instance would expose, what has changed, and what was expected.
//!
//! ```
//! # mod kpis { use kpi_runtime::private as p;
//! # pub struct Kpis { pub requests: p::Counter<Kpis, 0, p::unit::Requests>, __link: p::Link }
//! # p::registry! {
//! #     Kpis, KPIS;
//! #     about: p::About { platform: "", agent: "", registry: "", version: "" };
//! #     labels: [];
//! #     shapes: [p::Shape { kind: p::Kind::Counter, unit: "", labels: &[], lazy: false, debug: false }];
//! #     count: 1;
//! #     shape_of: [0];
//! #     texts: "requests\u{1f}auren_requests_total\u{1f}Requests\u{1f}a:1";
//! #     fields: { requests: Counter, }
//! # } }
//! # use kpis::Kpis;
//! use kpi_runtime::{assert_kpi, testing};
//!
//! let kpis = Kpis::new();
//! let before = testing::snapshot(&kpis);
//! kpis.requests.inc();
//! assert_kpi!(kpis.requests, 1);
//! assert_eq!(testing::value(&kpis, "auren_requests_total", &[]), Some(1.0));
//! assert_eq!(testing::diff(&before, &testing::snapshot(&kpis)).to_string(), "auren_requests_total +1");
//! assert!(testing::text(&kpis).ends_with("auren_requests_total 1\n"));
//! ```
//!
//! - [`assert_kpi!`](crate::assert_kpi) compares one series, and says on failure which others have values.
//! - [`diff`] tells what has changed between two snapshots, as text that a test can compare.
//! - [`assert_prom_file`] compares with a file; `KPI_BLESS=1` writes it.
//!
//! These three need the feature `testing`, which belongs to `[dev-dependencies]`.
//!
//! - [`Snapshot::without`] and [`Snapshot::without_values`] leave out what differs from run to run.

#[cfg(feature = "testing")]
mod assert;
#[cfg(feature = "testing")]
mod diff;
mod mask;
#[cfg(feature = "testing")]
mod prom;
#[cfg(feature = "testing")]
mod shown;

#[cfg(feature = "testing")]
pub use assert::Subject;
#[cfg(feature = "testing")]
#[doc(hidden)]
pub use assert::{Actual, Target, difference, presence};
#[cfg(feature = "testing")]
pub use diff::{Change, Diff, diff};
#[cfg(feature = "testing")]
pub use prom::{PromError, Source, assert_prom_file, read_prom};

use crate::exposition::Dialect;
use crate::snapshot::Snapshot;
use crate::store::Registry;
use crate::{Isolated, exposition, gather};

/// Its values.
pub fn snapshot<R: Registry>(kpis: &Isolated<R>) -> Snapshot {
    gather::store(R::core(), kpis.values())
}

/// Its values in the Prometheus text format 0.0.4.
pub fn text<R: Registry>(kpis: &Isolated<R>) -> String {
    exposition::store(R::core(), kpis.values(), Dialect::Text)
}

/// Its values in OpenMetrics 1.0.
pub fn openmetrics<R: Registry>(kpis: &Isolated<R>) -> String {
    exposition::store(R::core(), kpis.values(), Dialect::OpenMetrics { created: false })
}

/// Its values in Prometheus' protobuf format.
pub fn protobuf<R: Registry>(kpis: &Isolated<R>) -> Vec<u8> {
    exposition::protobuf(&snapshot(kpis))
}

/// The value of one series by its exposed name and labels; of a histogram the count. `None` if it is not exposed.
pub fn value<R: Registry>(kpis: &Isolated<R>, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
    snapshot(kpis).series(name, labels).map(|series| series.value.as_f64())
}

/// How many values were not taken as they were given, because they or a sum were not finite numbers.
pub fn rejected<R: Registry>(kpis: &Isolated<R>) -> u64 {
    gather::rejected(R::core(), kpis.values())
}

/// How often functions that are called for a value have panicked.
pub fn callback_panics<R: Registry>(kpis: &Isolated<R>) -> u64 {
    kpis.values().callbacks.panics().entries().iter().fold(0, |sum, (_, panics)| sum.wrapping_add(*panics))
}
