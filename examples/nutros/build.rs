//! Compiles the agent's KPIs from the platform's registry.

fn main() {
    kpi_registry::build_script::for_agent("nutros", "../auren/kpi_registry.yaml");
}
