//! Version 1 becomes version 2, and nothing that was said is lost.
//!
//! `KPI_BLESS=1 cargo test -p kpi-tests --test migrate` writes `cases/auren-v1-migrated.yaml`, whose findings are a case.

#![allow(clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

use generators::migrate::{Migrated, migrate};
use kpi_registry::diagnostic::{Diagnostics, Severity};
use kpi_registry::load::{Loaded, load};
use kpi_registry::syntax::{Kind, Node, parse};
use std::fs;
use std::path::{Path, PathBuf};

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

fn migrated(path: &Path) -> (Loaded, String) {
    let loaded = load(path);
    match migrate(&loaded) {
        Migrated::Text(text) => (loaded, text),
        other => panic!("{}: {other:?}", path.display()),
    }
}

fn load_text(text: &str) -> Loaded {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("kpi_registry.yaml");
    fs::write(&path, text).expect("written");
    load(&path)
}

#[test]
fn the_platform_migrates_with_warnings_only() {
    let (_, text) = migrated(&cases().join("auren-v1"));
    let golden = cases().join("auren-v1-migrated.yaml");
    if std::env::var_os("KPI_BLESS").is_some() {
        fs::write(&golden, &text).expect("written");
    }
    assert_eq!(text, fs::read_to_string(&golden).unwrap_or_default(), "KPI_BLESS=1 writes what came out");
    let again = load(&golden);
    assert_eq!(again.diagnostics.worst(), Some(Severity::Warning));
    assert_eq!(migrate(&again), Migrated::Current);
}

#[test]
fn the_platform_means_the_same_afterwards() {
    let (before, text) = migrated(&cases().join("auren-v1"));
    let (before, after) =
        (before.registry.expect("a registry"), load_text(&text).registry.expect("a registry"));
    assert_eq!(after.platform.value, before.platform.value);
    assert_eq!(after.agents.len(), before.agents.len());
    for old in &before.kpis {
        let new = after.kpis.iter().find(|kpi| kpi.name.value == old.name.value).expect("the KPI");
        assert_eq!((&new.metric.value, &new.unit.value), (&old.metric.value, &old.unit.value));
        let lines = |kpi: &kpi_registry::entity::Kpi| -> Vec<_> {
            let all = kpi.thresholds.iter();
            all.map(|(level, one)| (level, one.value.value, one.action.clone(), one.hold)).collect()
        };
        assert_eq!(lines(new), lines(old));
    }
}

/// Every text that a document says, keys left out.
fn texts(node: &Node, out: &mut Vec<String>) {
    match &node.kind {
        Kind::Null => {}
        Kind::Plain(text) | Kind::Quoted(text) => out.push(text.clone()),
        Kind::List(items) => items.iter().for_each(|item| texts(item, out)),
        Kind::Map(entries) => entries.iter().for_each(|entry| texts(&entry.value, out)),
    }
}

/// Checks that whatever a version 1 said stands in what came out, be it in a comment.
fn assert_nothing_is_lost(loaded: &Loaded, text: &str, comments: &[&str]) {
    let lower = text.to_lowercase();
    for (id, file) in loaded.sources.files() {
        let mut said = Vec::new();
        let node = parse(id, &file.text, &mut Diagnostics::default()).expect("YAML");
        texts(&node, &mut said);
        for one in said.iter().flat_map(|text| text.lines()) {
            // A condition becomes a number on its side.
            let bare: String = one.trim_start_matches(['<', '>', '=', ' ']).to_lowercase();
            let escaped = bare.replace('\\', "\\\\").replace('"', "\\\"");
            let single = bare.replace('\'', "''");
            let versions = ["1", "1.0", "1.1"].contains(&one);
            assert!(
                versions || [bare, escaped, single].iter().any(|form| lower.contains(form)),
                "{one:?} is lost:\n{text}"
            );
        }
    }
    for comment in comments {
        assert!(text.contains(comment), "{comment:?} is lost:\n{text}");
    }
}

#[test]
fn nothing_the_platform_said_is_lost() {
    let (loaded, text) = migrated(&cases().join("auren-v1"));
    let comments = [
        "# Wellbeing metrics of the platform, first generation.",
        "# Measured by the watch each morning.",
        "# agreed with the coaches",
        "# What the exporter adds.",
        "# watch, ring or typed in",
        "# What the nervous system agent watches.",
        "# by a fifth",
    ];
    assert_nothing_is_lost(&loaded, &text, &comments);
}

#[test]
fn other_ways_to_write_yaml_migrate_too() {
    let registries = [
        (
            "flow",
            "{version: 1, kpis: [{name: a, description: \"One, of two\", unit: ms, prometheus_metric: x_a_ms, risk_thresholds: {critical: {condition: '> 5', action: stop}}}]}\n",
            vec![],
        ),
        (
            "crlf",
            "# head\r\nversion: 1\r\nkpis:\r\n  - name: a # the name\r\n    description: One\r\n    unit: ms\r\n    prometheus_metric: x_a_ms\r\n# foot\r\n",
            vec!["# head", "# the name", "# foot"],
        ),
        (
            "bom",
            "\u{feff}# head\nversion: 1\nkpis:\n  - {name: a, description: One, unit: ms, prometheus_metric: x_a_ms}\n",
            vec!["# head"],
        ),
        (
            "block scalars and hashes",
            "version: 1\nkpis:\n  - name: a\n    description: |\n      One # no comment\n      line\n    unit: ms   # the unit\n    prometheus_metric: \"x_a_ms\"   # 'quoted' # twice\n    colour: \"red # not a comment\"\n    risk_thresholds:\n      # above the level\n      critical:   # beside the level\n        # above the condition\n        condition: \"> 5\"   # beside the condition\n        because: {a: [1, 2]}   # why\n      warning: {condition: \"> 4 over 3d\"}\n",
            vec![
                "# the unit",
                "# 'quoted' # twice",
                "# above the level",
                "# beside the level",
                "# above the condition",
                "# beside the condition",
                "# why",
            ],
        ),
        (
            "anchors",
            "version: 1\nx-common: &common {unit: ms, category: heart}\nkpis:\n  - {<<: *common, name: a, description: One, prometheus_metric: x_a_ms}\n  - &b {name: b, description: 'It''s two', unit: hours, prometheus_metric: x_b_hours}\n",
            vec![],
        ),
        (
            "an agent with KPIs of its own",
            "agent: SOLO-1\nversion: 1\nkpis:\n  - {name: a, description: One, unit: ms, prometheus_metric: x_a_ms}   # mine\n  - {key: b, role: other}\n",
            vec!["# mine"],
        ),
    ];
    for (name, source, comments) in registries {
        let loaded = load_text(source);
        let Migrated::Text(text) = migrate(&loaded) else { panic!("{name}: not migrated") };
        assert_nothing_is_lost(&loaded, &text, &comments);
        let again = load_text(&text);
        let told: Vec<_> = again
            .diagnostics
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| &finding.message)
            .collect();
        assert!(told.is_empty(), "{name}: {told:?}\n{text}");
        assert_eq!(migrate(&again), Migrated::Current, "{name}:\n{text}");
    }
}

#[test]
fn what_can_not_be_read_is_not_migrated() {
    assert_eq!(migrate(&load_text("version: 1\nkpis:\n  - {name: a\n")), Migrated::Unreadable);
    assert_eq!(migrate(&load(Path::new("/nowhere/at/all.yaml"))), Migrated::Unreadable);
}
