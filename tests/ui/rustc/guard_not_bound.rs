//! A guard that nobody keeps counts nothing.
#![deny(unused_must_use)]

kpi_runtime::kpis!("registry.yaml");

fn main() {
    KPIS.waiting.track();
}
