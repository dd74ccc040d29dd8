//! Two registries in two modules of one program.

mod ours {
    kpi_runtime::kpis!("registry.yaml", agent = "neuros");
}
mod theirs {
    kpi_runtime::kpis!("awkward.yaml");
}

fn main() {
    ours::KPIS.hrv_rmssd.set(ours::Milliseconds(47.2));
    theirs::KPIS.r#type.inc();
    assert!(ours::KPIS.init().is_ok());
    assert!(theirs::KPIS.init().is_ok());
}
