//! OpenTelemetry: what a scrape would show, sent as OTLP metrics over HTTP in protobuf.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use kpi_runtime::otlp::Exporter;
//!
//! let exporter = Exporter::new("http://collector:4318")
//!     .resource("deployment.environment.name", "production")
//!     .interval(Duration::from_secs(30))
//!     .checked()?;
//! exporter.export()?; // now, once
//! let exporting = exporter.start()?; // every 30 s, and a last time when `exporting` is dropped
//! # drop(exporting);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What becomes of a family
//!
//! The mapping is that of OpenTelemetry's specification *Prometheus and OpenMetrics compatibility*, section "Prometheus Metric
//! points to OTLP":
//!
//! - The name is not altered: a counter keeps its `_total`.
//! - Counters are monotonic cumulative sums, gauges are gauges, states and infos are cumulative sums that are not monotonic,
//!   histograms are cumulative histograms with explicit bounds, each bucket with the observations of its own. The type is in
//!   the metadata `prometheus.type`.
//! - The unit is the UCUM code of the metric's suffix ([`ucum`]).
//! - Counts are integers, exact up to `i64::MAX`. Sums and histograms start when the process did.
//!
//! The messages are written here and not by OpenTelemetry's SDK, which would aggregate once more what has been aggregated, and
//! whose crates would be most of a program's build. It speaks plain HTTP: send to a collector on the same machine or network.

mod answer;
mod encode;
mod environment;
mod error;
mod exemplar;
mod exporter;
mod periodic;
mod resource;
mod unit;

pub use error::ExportError;
pub use exporter::Exporter;
pub use periodic::Exporting;
pub use unit::ucum;
