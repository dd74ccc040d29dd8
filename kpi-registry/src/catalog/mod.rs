//! Metrics of others, so that users' PromQL can be checked for more than its grammar.
//!
//! A [`Catalog`] is what `external_metrics: {use: [...]}` names. What it has is a text table beside this module: a line
//! per metric, with what the project's own documentation, source or page says of it.
//!
//! ```
//! use kpi_registry::catalog::{self, MetricKind};
//! use kpi_registry::entity::Catalog;
//!
//! let cpu = catalog::find([Catalog::NodeExporter], "node_cpu_seconds_total").expect("every node has it");
//! assert_eq!(cpu.kind(), MetricKind::Counter);
//! assert!(cpu.has_label("mode") && !cpu.has_label("state"));
//! assert!(cpu.values_of("mode").expect("the modes are known").contains(&"idle"));
//!
//! // What Prometheus makes itself needs no catalog.
//! assert!(catalog::find([], "up").is_some());
//! assert!(catalog::find([], "node_cpu_seconds_total").is_none());
//! ```
//!
//! Labels that scraping adds (`job`, `instance`, those of the target and of the environment) are in no table.

mod metric;
mod series;
mod table;
#[cfg(test)]
mod tests;

pub use metric::{Label, Metric, MetricKind};
pub use series::{Part, Series};

use crate::entity::Catalog;

/// The names that a registry may use, in the order of the reference.
pub fn names() -> impl Iterator<Item = &'static str> {
    Catalog::ALL.iter().map(|catalog| catalog.as_str())
}

/// The metrics of a catalog by name, without those that it shares with others and those with names of their own choice.
pub fn metrics(catalog: Catalog) -> impl Iterator<Item = &'static Metric> {
    table::of(catalog).metrics()
}

/// What a series is of: the first of [`find_all`].
pub fn find(catalogs: impl IntoIterator<Item = Catalog>, series: &str) -> Option<Series> {
    find_all(catalogs, series).next()
}

/// What a series is of in each of the catalogs that has it, after what Prometheus makes itself.
///
/// Programs may have the same metric with other labels, and without a look at the matchers nobody knows whose is meant.
pub fn find_all(catalogs: impl IntoIterator<Item = Catalog>, series: &str) -> impl Iterator<Item = Series> {
    let tables = catalogs.into_iter().flat_map(table::all_of);
    std::iter::once(table::server()).chain(tables).filter_map(move |table| Series::find(table, series))
}

/// What a catalog was read from: the program, and its version.
pub fn source(catalog: Catalog) -> (&'static str, &'static str) {
    let table = table::of(catalog);
    (table.program, table.version)
}
