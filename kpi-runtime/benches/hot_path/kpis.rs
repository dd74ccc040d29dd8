//! The KPIs that are measured.

kpi_runtime::kpis!("registry.yaml");
