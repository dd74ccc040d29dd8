//! A function says its value with its unit, too.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    KPIS.waiting.read_with(|| 3.0).forever();
}
