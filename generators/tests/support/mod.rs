//! What the tests of rules share: a registry, its rules on disk, promtool.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use generators::artifacts::ARTIFACTS;
use generators::tree::Tree;
use generators::wire::rules::{Record, Rule, RuleFile};
use kpi_registry::checks::check_expression;
use kpi_registry::diagnostic::Diagnostics;
use kpi_registry::load::load;
use kpi_registry::promql::Dialect;
use kpi_registry::registry::Registry;
use kpi_registry::render::human;
use kpi_registry::source::{SourceMap, Span, Spanned};
use kpi_registry::value::PromDuration;

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

/// Whether a name is a DNS label, by RFC 1123.
pub(crate) fn is_dns_label(name: &str) -> bool {
    let part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    (1..=63).contains(&name.len())
        && name.chars().all(|c| part(c) || c == '-')
        && name.starts_with(part)
        && name.ends_with(part)
}

/// Every rule that is generated of a registry.
pub(crate) fn generated_rules(registry: &Registry) -> Vec<Rule<'static>> {
    let directory = tempfile::tempdir().expect("a writable directory");
    write(&prometheus(registry), directory.path());
    rules(directory.path())
}

/// Every generated rule in a directory.
pub(crate) fn rules(directory: &Path) -> Vec<Rule<'static>> {
    let texts = files(&directory.join("prometheus/rules"));
    let texts = texts.iter().map(|path| std::fs::read_to_string(path).expect("a rule file"));
    let files = texts.map(|text| serde_yaml::from_str::<RuleFile<'_>>(&text).expect("rules"));
    files.flat_map(|file| file.groups).flat_map(|group| group.rules).collect()
}

/// A range of a record that its name does not end in. Derived KPIs are called as users say.
pub(crate) fn misnamed(record: &Record<'_>) -> Option<String> {
    let (_, operations) = record.record.rsplit_once(':')?;
    let from_digit = |text: &str| text.trim_start_matches(|c: char| !c.is_ascii_digit()).to_owned();
    let window = from_digit(operations);
    let window = window.rsplit_once('_').map_or(window.clone(), |(_, window)| from_digit(window));
    let brackets = record.expr.split('[').skip(1).filter_map(|rest| rest.split_once(']'));
    let mut ranges = brackets.map(|(range, _)| range).filter(|range| range.parse::<PromDuration>().is_ok());
    ranges.find(|range| *range != window).map(str::to_owned)
}

/// What the rules about expressions find in one, and where it stands.
pub(crate) fn judged(registry: &Registry, expression: &str) -> (Diagnostics, SourceMap) {
    let (mut sources, mut found) = (SourceMap::default(), Diagnostics::default());
    let file = sources.add("rule".into(), "rule".into(), expression.to_owned());
    let end = u32::try_from(expression.len()).expect("an expression of a few lines");
    let text = Spanned::new(expression.to_owned(), Span::new(file, 0, end));
    let dialect = Dialect::rules(registry.prometheus.version.value);
    check_expression(registry, &sources, &text, dialect, &mut found);
    (found, sources)
}
