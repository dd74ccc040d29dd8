//! The agent's KPIs, compiled from the platform's registry.

kpi_runtime::kpis!("../../auren/kpi_registry.yaml", agent = "neuros");
