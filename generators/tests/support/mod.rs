//! What the tests of rules share: a registry, its rules on disk, promtool.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use generators::artifacts::ARTIFACTS;
use generators::tree::Tree;
use kpi_registry::load::load;
use kpi_registry::registry::Registry;
use kpi_registry::render::human;

/// Loads `tests/registries/<name>`, which must have no errors.
pub(crate) fn registry(name: &str) -> Registry {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/registries").join(name);
    let loaded = load(&path);
    assert!(!loaded.diagnostics.has_errors(), "{}", human(&loaded.diagnostics, &loaded.sources, false));
    loaded.registry.expect("a registry without errors")
}

/// Everything that is generated for Prometheus.
pub(crate) fn prometheus(registry: &Registry) -> Tree {
    let artifacts: Vec<_> =
        ARTIFACTS.iter().copied().filter(|artifact| artifact.group() == "prometheus").collect();
    generators::generate(registry, &artifacts).expect("artifacts don't collide")
}

/// Writes a tree to a directory.
pub(crate) fn write(tree: &Tree, directory: &Path) {
    for (path, entry) in tree.iter() {
        let path = directory.join(path);
        std::fs::create_dir_all(path.parent().expect("files lie in directories"))
            .expect("a writable directory");
        std::fs::write(path, &entry.bytes).expect("a writable directory");
    }
}

/// The files of a directory, sorted.
pub(crate) fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).expect("a directory");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

/// Runs promtool.
pub(crate) fn promtool(arguments: &[&str], files: &[PathBuf]) -> Output {
    let run = Command::new("promtool").args(arguments).args(files).output();
    run.expect("promtool is missing; install it with `apt-get install prometheus`")
}

/// Runs promtool, which must be content.
pub(crate) fn promtool_passes(arguments: &[&str], files: &[PathBuf]) {
    let output = promtool(arguments, files);
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
}
