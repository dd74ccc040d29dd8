//! The runtime under another name.

mod observability {
    pub use kpi_runtime as kpis;
}

mod own {
    kpi_runtime::kpis!("registry.yaml", crate = crate::observability::kpis);
}

fn main() {
    own::KPIS.waiting.inc();
}
