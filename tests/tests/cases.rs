//! Every mistake beside what is said about it: `cases/<mistake>.yaml`, or a directory, beside `<mistake>.txt`.
//!
//! `KPI_BLESS=1 cargo test -p kpi-tests --test cases` writes the expected texts.

#![allow(clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

use kpi_registry::checks::{ADVICE, CHECKS};
use kpi_registry::diagnostic::{Diagnostic, Severity};
use kpi_registry::explain::all_codes;
use kpi_registry::load::{Loaded, load};
use kpi_registry::source::SourceMap;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn cases_directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

/// Every case: its registry and its expected text.
fn cases() -> Vec<(PathBuf, PathBuf)> {
    let mut cases: Vec<_> = fs::read_dir(cases_directory())
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

/// Every finding, with all it says.
fn told(loaded: &Loaded) -> String {
    let mut out = String::new();
    for finding in &loaded.diagnostics {
        tell(finding, &loaded.sources, &mut out);
    }
    out
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
    for (registry, expected_path) in cases() {
        let told = told(&load(&registry));
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
    for (registry, _) in cases() {
        for finding in &load(&registry).diagnostics {
            let next_step = !finding.help.is_empty() || finding.patch.is_some();
            assert!(next_step, "{}: {} has no next step", registry.display(), finding.code);
            assert!(!finding.message.ends_with('.'), "{}: {}", registry.display(), finding.message);
        }
    }
}

#[test]
fn every_patch_mends_its_finding() {
    for (path, _) in cases().into_iter().filter(|(path, _)| path.is_file()) {
        let before = load(&path);
        for finding in &before.diagnostics {
            let Some(patch) = &finding.patch else { continue };
            let mut text = fs::read_to_string(&path).expect("text");
            for (at, new) in patch.edits.iter().rev() {
                text.replace_range(at.start as usize..at.end as usize, new);
            }
            let directory = tempfile::tempdir().expect("a directory");
            let mended = directory.path().join("mended.yaml");
            fs::write(&mended, &text).expect("written");
            let same = |other: &&Diagnostic| other.code == finding.code && other.message == finding.message;
            let count = |loaded: &Loaded| loaded.diagnostics.iter().filter(same).count();
            let after = load(&mended);
            assert!(
                count(&after) < count(&before),
                "{}: the patch of `{}` does not mend it:\n{text}\n{}",
                path.display(),
                finding.message,
                told(&after)
            );
        }
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
    let told: BTreeSet<&str> = cases()
        .iter()
        .flat_map(|(registry, _)| {
            load(registry).diagnostics.iter().map(|finding| finding.code).collect::<Vec<_>>()
        })
        .collect();
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
