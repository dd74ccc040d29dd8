//! The typed API beyond single writes, on the KPIs of a real registry: `kpi_registry.yaml` beside this.
#![forbid(unsafe_code)]
#![allow(clippy::cast_precision_loss, reason = "lengths of short queues")]

mod callbacks;
mod in_flight;
mod results;

/// The KPIs of a shop.
mod kpis {
    kpi_runtime::kpis!("kpi_registry.yaml");
}
