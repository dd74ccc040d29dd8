//! The typed API beyond single writes, on the KPIs of a real registry: `kpi_registry.yaml` beside this.
#![forbid(unsafe_code)]
#![allow(clippy::cast_precision_loss, reason = "lengths of short queues")]
#![allow(clippy::panic, clippy::expect_used, reason = "a test fails loudly")]

mod callbacks;
mod in_flight;
mod results;
mod testing;

/// The KPIs of a shop.
mod kpis {
    kpi_runtime::kpis!("kpi_registry.yaml");
}
