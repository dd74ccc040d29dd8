//! The example registry is one to copy: there is nothing to say about it, but that the platform measures in
//! milliseconds, hours and percent.

use kpi_registry::diagnostic::Severity;
use kpi_registry::load::load;
use kpi_registry::render::human;
use kpi_tests::repository;

#[test]
fn the_example_registry_has_only_notes() {
    let loaded = load(&repository().join("examples/auren/kpi_registry.yaml"));
    let findings = human(&loaded.diagnostics, &loaded.sources, false);
    assert!(loaded.diagnostics.worst() <= Some(Severity::Note), "{findings}");
    let registry = loaded.registry.expect("nothing was found");
    assert!(registry.kpis.len() >= 10 && registry.agents.len() == 2);
}
