//! A function whose guard nobody keeps is never called.
#![deny(unused_must_use)]

kpi_runtime::kpis!("registry.yaml");

fn main() {
    KPIS.waiting.read_with(|| Requests(3.0));
}
