//! A unit may also be imported by its own path, beside what the macro brings.
#![deny(warnings)]

use kpi_runtime::unit::Milliseconds;

kpi_runtime::kpis!("registry.yaml");

fn main() {
    KPIS.hrv_rmssd.set(Milliseconds(47.2));
}
