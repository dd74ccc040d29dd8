//! Under every lint that a careful crate turns up.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, unused, nonstandard_style, future_incompatible, rust_2018_idioms, unreachable_pub)]
#![deny(missing_debug_implementations, missing_copy_implementations, unused_qualifications, unused_results)]

/// Typed KPIs.
pub mod kpis {
    kpi_runtime::kpis!("registry.yaml", agent = "neuros");
}

fn main() {
    kpis::KPIS.hrv_rmssd.set(kpis::Milliseconds(47.2));
}
