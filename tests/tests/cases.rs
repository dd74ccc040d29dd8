//! Every mistake beside what is said about it: `cases/<mistake>.yaml`, or a directory, beside `<mistake>.txt`; and
//! `imports/<mistake>.yaml`, objects of OpenSLO that are imported for the registry beside them.
//!
//! `KPI_BLESS=1 cargo test -p kpi-tests --test cases` writes the expected texts.

#![allow(clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

use generators::import::openslo::{Imported, import};
use kpi_registry::checks::{ADVICE, CHECKS};
use kpi_registry::diagnostic::{Diagnostic, Diagnostics, Severity};
use kpi_registry::explain::all_codes;
use kpi_registry::load::{Loaded, load};
use kpi_registry::source::SourceMap;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn directory(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Every registry that is a case, and its expected text.
fn cases() -> Vec<(PathBuf, PathBuf)> {
    cases_in("cases")
}

/// Every file to import, and its expected text.
fn imports() -> Vec<(PathBuf, PathBuf)> {
    let mut imports = cases_in("imports");
    imports.retain(|(path, _)| !path.ends_with(REGISTRY));
    imports
}

/// What files are imported for.
const REGISTRY: &str = "kpi_registry.yaml";

fn cases_in(name: &str) -> Vec<(PathBuf, PathBuf)> {
    let mut cases: Vec<_> = fs::read_dir(directory(name))
        .expect("the cases")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir() || path.extension().is_some_and(|extension| extension == "yaml"))
        .map(|path| {
            let expected = path.with_extension("txt");
            (path, expected)
        })
        .collect();
    cases.sort();
    cases
}

/// What `kpi import openslo` makes of a file.
fn imported(path: &Path) -> (Imported, SourceMap) {
    let Loaded { registry, mut sources, diagnostics, .. } = load(&directory("imports").join(REGISTRY));
    assert!(!diagnostics.has_errors());
    let imported = import(&registry.expect("a registry"), &mut sources, &[path]);
    (imported, sources)
}

/// Every finding, with all it says.
fn told(loaded: &Loaded) -> String {
    all_told(&loaded.diagnostics, &loaded.sources)
}

fn all_told(findings: &Diagnostics, sources: &SourceMap) -> String {
    let mut out = String::new();
    for finding in findings {
        tell(finding, sources, &mut out);
    }
    // Where a file lies differs from machine to machine.
    let [mut cases, mut imports] = ["cases", "imports"].map(|name| directory(name).display().to_string());
    cases.push('/');
    imports.push('/');
    out.replace(&cases, "").replace(&imports, "")
}

fn tell(finding: &Diagnostic, sources: &SourceMap, out: &mut String) {
    let Diagnostic { code, severity, message, at, label, also, help, patch } = finding;
    let mut line = |text: String| writeln!(out, "{text}").expect("text");
    line(format!("{}[{code}]: {message}", severity.as_str()));
    match at {
        Some(at) => {
            line(format!(
                "  at {} `{}`{}",
                sources.place(*at),
                first_line(sources.slice(*at)),
                suffix(label)
            ));
        }
        None => line("  at no place".into()),
    }
    for (at, text) in also {
        line(format!("  see {} `{}`{}", sources.place(*at), first_line(sources.slice(*at)), suffix(text)));
    }
    for help in help {
        line(format!("  help: {help}"));
    }
    if let Some(patch) = patch {
        line(format!("  patch: {}", patch.title));
        for (at, text) in &patch.edits {
            line(format!("    {} `{}` becomes {text:?}", sources.place(*at), first_line(sources.slice(*at))));
        }
    }
    line(String::new());
}

fn suffix(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(": {text}") }
}

fn first_line(text: &str) -> String {
    let line: String = text.lines().next().unwrap_or_default().chars().take(60).collect();
    if line == text { line } else { format!("{line} ...") }
}

#[test]
fn every_mistake_is_told_as_expected() {
    let bless = std::env::var_os("KPI_BLESS").is_some();
    let mut wrong = Vec::new();
    let of_registries = cases().into_iter().map(|(registry, expected)| (told(&load(&registry)), expected));
    let of_imports = imports().into_iter().map(|(path, expected)| {
        let (Imported { text, diagnostics, .. }, sources) = imported(&path);
        (all_told(&diagnostics, &sources) + text.as_deref().unwrap_or_default(), expected)
    });
    for (told, expected_path) in of_registries.chain(of_imports) {
        if bless {
            fs::write(&expected_path, &told).expect("written");
            continue;
        }
        let expected = fs::read_to_string(&expected_path).unwrap_or_default();
        if told != expected {
            wrong.push(format!("{}\n--- expected\n{expected}\n--- told\n{told}", expected_path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}\nKPI_BLESS=1 writes what is told", wrong.join("\n"));
}

#[test]
fn every_finding_says_what_to_do() {
    let of_registries = cases().into_iter().map(|(path, _)| (load(&path).diagnostics, path));
    let of_imports = imports().into_iter().map(|(path, _)| (imported(&path).0.diagnostics, path));
    for (findings, path) in of_registries.chain(of_imports) {
        for finding in &findings {
            let next_step = !finding.help.is_empty() || finding.patch.is_some();
            assert!(next_step, "{}: {} has no next step", path.display(), finding.code);
            assert!(!finding.message.ends_with('.'), "{}: {}", path.display(), finding.message);
        }
    }
}

#[test]
fn every_patch_mends_its_finding() {
    let of_registry = |path: &Path| {
        let loaded = load(path);
        (told(&loaded), loaded.diagnostics)
    };
    let of_import = |path: &Path| {
        let (Imported { diagnostics, .. }, sources) = imported(path);
        (all_told(&diagnostics, &sources), diagnostics)
    };
    for (path, _) in cases().into_iter().filter(|(path, _)| path.is_file()) {
        patches_mend(&path, of_registry);
    }
    for (path, _) in imports() {
        patches_mend(&path, of_import);
    }
}

/// Applies each patch of a file by itself, and reads the file again.
fn patches_mend(case: &Path, read: impl Fn(&Path) -> (String, Diagnostics)) {
    let (_, before) = read(case);
    for finding in &before {
        let Some(patch) = &finding.patch else { continue };
        let mut text = fs::read_to_string(case).expect("text");
        for (at, new) in patch.edits.iter().rev() {
            text.replace_range(at.start as usize..at.end as usize, new);
        }
        let directory = tempfile::tempdir().expect("a directory");
        let patched = directory.path().join("patched.yaml");
        fs::write(&patched, &text).expect("written");
        let same = |other: &&Diagnostic| other.code == finding.code && other.message == finding.message;
        let count = |findings: &Diagnostics| findings.iter().filter(same).count();
        let (shown, after) = read(&patched);
        assert!(
            count(&after) < count(&before),
            "{}: the patch of `{}` does not mend it:\n{text}\n{shown}",
            case.display(),
            finding.message,
        );
    }
}

/// Codes that no committed file can show.
fn shown_elsewhere(code: &str) -> bool {
    // Of the first three, two have a test below, and four million values take half a minute to read unoptimised.
    // Code generation gives KPI08xx, to programs and not to registries.
    matches!(code, "KPI0001" | "KPI0004" | "KPI0008") || code.starts_with("KPI08")
}

#[test]
fn every_code_has_a_case() {
    let of_registries = cases().into_iter().map(|(path, _)| load(&path).diagnostics);
    let of_imports = imports().into_iter().map(|(path, _)| imported(&path).0.diagnostics);
    let told: BTreeSet<&str> =
        of_registries.chain(of_imports).flatten().map(|finding| finding.code).collect();
    let codes = all_codes();
    assert!(codes.len() >= 40, "only {} codes", codes.len());
    let silent: Vec<&str> = codes
        .iter()
        .map(|row| row.code)
        .filter(|code| !told.contains(code) && !shown_elsewhere(code))
        .collect();
    assert!(silent.is_empty(), "no case shows {silent:?}");
    let strange: Vec<_> = told.iter().filter(|code| !codes.iter().any(|row| row.code == **code)).collect();
    assert!(strange.is_empty(), "nothing explains {strange:?}");
}

/// The compiler runs the rules and not the advice, and must not miss an error.
#[test]
fn rules_make_errors_and_advice_makes_none() {
    let mut errors = BTreeSet::new();
    for (registry, _) in cases() {
        let loaded = load(&registry);
        let found = loaded.diagnostics.iter().filter(|finding| finding.severity == Severity::Error);
        errors.extend(found.map(|finding| finding.code));
    }
    for check in CHECKS {
        let code = check.explanation.code;
        assert!(errors.contains(code), "{code} makes no error in any case: it belongs to ADVICE");
    }
    for check in ADVICE {
        let code = check.explanation.code;
        assert!(!errors.contains(code), "{code} makes an error: it belongs to CHECKS");
    }
    assert!(!ADVICE.is_empty(), "`kpi check` gives advice");
}

#[test]
fn files_that_no_repository_holds() {
    let directory = tempfile::tempdir().expect("a directory");
    let codes =
        |path: &Path| -> Vec<&str> { load(path).diagnostics.iter().map(|finding| finding.code).collect() };
    assert_eq!(codes(&directory.path().join("absent.yaml")), ["KPI0001"]);
    let large = directory.path().join("large.yaml");
    fs::write(&large, format!("kpis: []\n#{}\n", "x".repeat(17 * 1024 * 1024))).expect("written");
    assert_eq!(codes(&large), ["KPI0004"]);
}
