//! A unit may also be imported by hand, beside those that come with the macro.
#![deny(warnings)]

use kpi_runtime::unit::Milliseconds;

mod kpis {
    use kpi_runtime::unit::Milliseconds;

    kpi_runtime::kpis!("registry.yaml");

    pub fn beat() {
        KPIS.hrv_rmssd.set(Milliseconds(47.2));
    }
}

fn main() {
    kpis::beat();
    kpis::KPIS.hrv_rmssd.set(Milliseconds(48.0));
}
