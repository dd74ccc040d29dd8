//! YAML examples, which load.
//!
//! - `yaml`: a whole registry, without anything to complain about.
//! - `yaml top`: keys of the top level, and `yaml kpis`: entries of `kpis:`, both beside the first registry of the page.
//! - `yaml old`: version 1, which warns and has no errors.

use std::fs;

use kpi_registry::diagnostic::Severity;
use kpi_registry::load::load;
use kpi_registry::render::human;

use crate::page::{Block, PAGES, blocks};

#[test]
fn every_yaml_example_loads() {
    let mut faults = Vec::new();
    for page in PAGES {
        let blocks = blocks(page, "yaml");
        let first = blocks.iter().find(|block| block.role.is_empty()).map(|block| block.text.as_str());
        faults.extend(blocks.iter().filter_map(|block| fault(block, first.unwrap_or_default())));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

/// What is wrong with an example.
fn fault(block: &Block, first: &str) -> Option<String> {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let write = |name: &str, text: &str| {
        fs::write(directory.path().join(name), text).expect("the example can be written");
    };
    let most = match block.role.as_str() {
        "" => {
            write("kpi_registry.yaml", &block.text);
            Severity::Note
        }
        "top" => {
            write("example.yaml", &format!("version: 2\n{}", block.text));
            write("kpi_registry.yaml", first);
            Severity::Note
        }
        "kpis" => {
            let indented: String = block.text.lines().flat_map(|line| ["  ", line, "\n"]).collect();
            write("example.yaml", &format!("version: 2\nkpis:\n{indented}"));
            write("kpi_registry.yaml", first);
            Severity::Note
        }
        "old" => {
            write("kpi_registry.yaml", &block.text);
            Severity::Warning
        }
        other => panic!("{}: there is no kind of example called `{other}`", block.place),
    };
    let loaded = load(directory.path());
    let findings = human(&loaded.diagnostics, &loaded.sources, false);
    let is_fine = loaded.diagnostics.worst() <= Some(most) && loaded.registry.is_some();
    (!is_fine).then(|| format!("{}:\n{findings}", block.place))
}
