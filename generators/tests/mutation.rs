//! The generated tests against rules that are wrong: every mutant must be caught.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test stops at whatever goes wrong"
)]

#[allow(dead_code, reason = "shared with the tests of rules")]
mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use generators::wire::rules::{Rule, RuleFile};
use support::{misnamed, prometheus, promtool, registry, write};

/// A wrong rule: the section, what is replaced, what by.
const THRESHOLDS: &[(&str, &str, &str)] = &[
    // Thresholds.
    ("alpha", "(demo_heart_rate_bpm[1m]) < 35.5", "(demo_heart_rate_bpm[1m]) < 35"),
    ("alpha", "(demo_heart_rate_bpm[1m]) < 35.5", "(demo_heart_rate_bpm[1m]) < 36"),
    ("alpha", "(demo_heart_rate_bpm[1m]) > 90", "(demo_heart_rate_bpm[1m]) > 91"),
    ("alpha", "[5m])) > 50", "[5m])) > 52"),
    ("alpha", "[5m])) > 50", "[5m])) > 48"),
    ("alpha", "> 1.5", "> 1.55"),
    ("alpha", "> 1.5", "> 1.45"),
    ("beta", "> 4096", "> 4300"),
    ("gamma", "< 30", "< 31"),
    // Comparisons.
    ("alpha", "(demo_heart_rate_bpm[1m]) > 110", "(demo_heart_rate_bpm[1m]) < 110"),
    ("alpha", "(demo_heart_rate_bpm[1m]) > 110", "(demo_heart_rate_bpm[1m]) >= 110"),
    ("alpha", "(demo_temperature_celsius[1m]) < -5.25", "(demo_temperature_celsius[1m]) <= -5.25"),
    ("alpha", "[5m])) < 0.5", "[5m])) > 0.5"),
    ("gamma", "[5m])) > 0", "[5m])) >= 0"),
    ("beta", "up{job=\"beta\"}[2m]) == 0", "up{job=\"beta\"}[2m]) == 1"),
    // Windows and smoothing.
    ("alpha", "min_over_time(demo_heart_rate_bpm[1m]) > 90", "min_over_time(demo_heart_rate_bpm[10m]) > 90"),
    ("alpha", "min_over_time(demo_heart_rate_bpm[1m]) > 90", "demo_heart_rate_bpm > 90"),
    ("alpha", "min_over_time(demo_heart_rate_bpm[1m]) > 90", "max_over_time(demo_heart_rate_bpm[5m]) > 90"),
    ("alpha", "rate(demo_requests_total[5m])) > 50", "rate(demo_requests_total[15m])) > 50"),
    ("alpha", "rate(demo_requests_total[5m])) > 50", "rate(demo_requests_total[1m])) > 50"),
    ("gamma", "increase(demo_jobs_total[10m])", "increase(demo_jobs_total[5m])"),
    ("all-agents", "\"alpha\"}[2m]) > 0.6", "\"alpha\"}[15m]) > 0.6"),
    // How long it must hold, and how long it stays.
    ("alpha", "35.5\n    for: 3m", "35.5\n    for: 8m"),
    ("alpha", "35.5\n    for: 3m\n", "35.5\n"),
    ("alpha", "keep_firing_for: 10m", "keep_firing_for: 3m"),
    ("alpha", "keep_firing_for: 10m", "keep_firing_for: 25m"),
    ("alpha", "< 40\n    for: 10m", "< 40\n    for: 5m"),
    ("alpha", "[5m])) > 50\n    for: 5m", "[5m])) > 50\n    for: 10m"),
    ("alpha", "[5m])) > 50\n    for: 5m", "[5m])) > 50\n    for: 1m"),
    ("alpha", "> 1.5\n    for: 8m", "> 1.5\n    for: 2m"),
    ("all-agents", "for: 10m", "for: 20m"),
    // What is aggregated, how, and which labels are left.
    (
        "alpha",
        "sum by (agent, route, status) (rate(demo_requests_total[5m])) > 50",
        "avg by (agent, route, status) (rate(demo_requests_total[5m])) > 50",
    ),
    (
        "alpha",
        "sum by (agent, route, status) (rate(demo_requests_total[5m])) > 50",
        "sum by (agent, status) (rate(demo_requests_total[5m])) > 50",
    ),
    (
        "alpha",
        "sum by (agent, route, status) (rate(demo_requests_total[5m])) > 50",
        "sum by (agent, route, status) (increase(demo_requests_total[5m])) > 50",
    ),
    ("alpha", "max by (agent, model)", "max by (agent)"),
    (
        "alpha",
        "histogram_quantile(0.95, sum by (agent, route, le) (rate(demo_latency_seconds_bucket[5m]))) > 1.5",
        "histogram_quantile(0.5, sum by (agent, route, le) (rate(demo_latency_seconds_bucket[5m]))) > 1.5",
    ),
    (
        "alpha",
        "sum by (agent, route, le) (rate(demo_latency_seconds_bucket[5m]))) > 1.5",
        "sum by (agent, route) (rate(demo_latency_seconds_bucket[5m]))) > 1.5",
    ),
    (
        "alpha",
        "sum by (agent, route, le) (rate(demo_latency_seconds_bucket[5m]))) > 1.5",
        "sum by (agent, route, le) (demo_latency_seconds_bucket)) > 1.5",
    ),
    ("beta", "(rate(demo_size_bytes_sum[5m]))", "(rate(demo_size_bytes_count[5m]))"),
    // Whose series they are.
    ("all-agents", "{agent=\"alpha\"}[2m]) > 0.7", "[2m]) > 0.7"),
    ("all-agents", "{agent=~\"beta|gamma\"}[2m]) > 0.9", "{agent=\"alpha\"}[2m]) > 0.9"),
    (
        "all-agents",
        "absent(demo_shared_load_ratio{agent=\"beta\"})",
        "absent(demo_shared_load_ratio{agent=\"gamma\"})",
    ),
    ("beta", "absent(demo_size_bytes_count{agent=\"beta\"})", "absent(demo_size_bytes{agent=\"beta\"})"),
    ("beta", " or absent(up{job=\"beta\"})", ""),
    ("beta", "sum by (job) (max_over_time", "min by (job) (max_over_time"),
    // What people read.
    ("alpha", "severity: critical", "severity: warning"),
    ("alpha", "humanizeDuration", "humanize"),
    ("derived-kpis", "demo_error_share_ratio[2m]) > 0.05", "demo_error_share_ratio[2m]) > 0.06"),
    ("derived-kpis", "agent: alpha", "agent: beta"),
];

/// The same for the rules of SLOs.
const SLOS: &[(&str, &str, &str)] = &[
    // Factors and thresholds, of every tier.
    ("alpha", "ratio1h{slo_id=\"demo-requests\"} > 0.0144", "ratio1h{slo_id=\"demo-requests\"} > 0.0145"),
    ("alpha", "ratio1h{slo_id=\"demo-requests\"} > 0.0144", "ratio1h{slo_id=\"demo-requests\"} > 0.0143"),
    ("alpha", "ratio5m{slo_id=\"demo-requests\"} > 0.0144", "ratio5m{slo_id=\"demo-requests\"} > 0.0145"),
    ("alpha", "ratio5m{slo_id=\"demo-requests\"} > 0.0144", "ratio5m{slo_id=\"demo-requests\"} > 0.0143"),
    ("alpha", "ratio6h{slo_id=\"demo-requests\"} > 0.006", "ratio6h{slo_id=\"demo-requests\"} > 0.0061"),
    ("alpha", "ratio1d{slo_id=\"demo-requests\"} > 0.003", "ratio1d{slo_id=\"demo-requests\"} > 0.0029"),
    ("alpha", "ratio3d{slo_id=\"demo-requests\"} > 0.001", "ratio3d{slo_id=\"demo-requests\"} > 0.01"),
    ("alpha", "ratio6h{slo_id=\"demo-requests\"} > 0.001", "ratio6h{slo_id=\"demo-requests\"} > 0.00101"),
    (
        "alpha",
        "ratio1d{slo_id=\"demo-fine_latency\"} > 0.02",
        "ratio1d{slo_id=\"demo-fine_latency\"} > 0.0201",
    ),
    ("all-agents", "ratio1h{slo_id=\"demo-load\"} > 0.168", "ratio1h{slo_id=\"demo-load\"} > 0.72"),
    ("beta", "ratio5h{slo_id=\"demo-wait\"} > 0.0672", "ratio5h{slo_id=\"demo-wait\"} > 0.0673"),
    ("beta", "ratio1h10m{slo_id=\"demo-wait\"} > 108 / 875", "ratio1h10m{slo_id=\"demo-wait\"} > 0.1234"),
    // Comparisons, strict ones.
    ("alpha", "ratio1h{slo_id=\"demo-requests\"} > 0.0144", "ratio1h{slo_id=\"demo-requests\"} >= 0.0144"),
    ("alpha", "ratio2h{slo_id=\"demo-requests\"} > 0.003", "ratio2h{slo_id=\"demo-requests\"} >= 0.003"),
    ("alpha", "ratio1h{slo_id=\"demo-requests\"} > 0.0144", "ratio1h{slo_id=\"demo-requests\"} < 0.0144"),
    // Legs: dropped, joined otherwise, over another window, of another SLO.
    ("alpha", " and slo:bad:ratio5m{slo_id=\"demo-requests\"} > 0.0144", ""),
    ("alpha", "slo:bad:ratio1h{slo_id=\"demo-requests\"} > 0.0144 and ", ""),
    ("alpha", " and slo:bad:ratio6h{slo_id=\"demo-requests\"} > 0.001", ""),
    ("alpha", "0.006 and slo:bad:ratio30m", "0.006 or slo:bad:ratio30m"),
    ("alpha", "0.006 and slo:bad:ratio30m", "0.006 unless slo:bad:ratio30m"),
    (
        "alpha",
        "expr: slo:bad:ratio1h{slo_id=\"demo-requests\"} >",
        "expr: slo:bad:ratio6h{slo_id=\"demo-requests\"} >",
    ),
    (
        "alpha",
        "and slo:bad:ratio2h{slo_id=\"demo-requests\"}",
        "and slo:bad:ratio6h{slo_id=\"demo-requests\"}",
    ),
    (
        "alpha",
        "expr: slo:bad:ratio1h{slo_id=\"demo-requests\"} >",
        "expr: slo:bad:ratio1h{slo_id=\"demo-mails_by_status\"} >",
    ),
    ("beta", " and slo:bad:increase1h{slo_id=\"demo-jobs\"} > 10", ""),
    (
        "beta",
        "slo:bad:increase1h{slo_id=\"demo-jobs\"} > 10",
        "slo:bad:increase1h{slo_id=\"demo-jobs\"} >= 10",
    ),
    (
        "beta",
        "slo:bad:increase6h{slo_id=\"demo-jobs\"} > 10",
        "slo:bad:increase6h{slo_id=\"demo-jobs\"} > 100",
    ),
    // What is counted as bad.
    (
        "alpha",
        "rate(demo_requests_total{status=~\"timeout|server_error\"}[1h])",
        "rate(demo_requests_total{status=~\"timeout\"}[2h])",
    ),
    (
        "alpha",
        "rate(demo_requests_total{status=~\"timeout|server_error\"}[1h])",
        "rate(demo_requests_total[1h])",
    ),
    (
        "alpha",
        "rate(demo_requests_total{status=~\"timeout|server_error\"}[5m])) or 0 * sum by (agent, route) (rate(demo_requests_total[5m]))) / (sum",
        "rate(demo_requests_total{status=~\"timeout|server_error\"}[5m]))) / (sum",
    ),
    (
        "beta",
        "demo_jobs_total{status=\"server_error\", model=\"big.one\"}[1h]",
        "demo_jobs_total{status=\"ok\", model=\"big.one\"}[1h]",
    ),
    (
        "all-agents",
        "demo_latency_seconds_bucket{le=~\"1([.]0)?\"}[1h]",
        "demo_latency_seconds_bucket{le=\"0.25\"}[1h]",
    ),
    (
        "all-agents",
        "demo_latency_seconds_bucket{le=~\"1([.]0)?\"}[1h]",
        "demo_latency_seconds_bucket{le=\"2.5\"}[1h]",
    ),
    ("all-agents", "demo_load_ratio > bool 0.9", "demo_load_ratio >= bool 0.9"),
    ("all-agents", "demo_load_ratio > bool 0.9", "demo_load_ratio < bool 0.9"),
    ("beta", "(demo_temperature_celsius < bool -5.25) + ", ""),
    ("beta", "demo_temperature_celsius > bool 40", "demo_temperature_celsius > bool 41"),
    ("derived-kpis", "demo_error_share_ratio > bool 0.01", "demo_error_share_ratio >= bool 0.01"),
    // What it is divided by, and what keeps that above zero.
    (
        "alpha",
        " / (sum by (agent, route) (rate(demo_requests_total[5m])) > 0)",
        " / sum by (agent, route) (rate(demo_requests_total[5m]))",
    ),
    (
        "all-agents",
        "sum by (agent) (rate(demo_latency_seconds_count[5m])) > 0",
        "sum by (agent) (rate(demo_latency_seconds_sum[5m])) > 0",
    ),
    ("all-agents", "count by (agent) (demo_load_ratio)", "sum by (agent) (demo_load_ratio)"),
    // Labels that are left.
    (
        "alpha",
        "expr: (sum by (agent, route) (rate(demo_requests_total{status=~\"timeout|server_error\"}[1h]))",
        "expr: (sum by (agent) (rate(demo_requests_total{status=~\"timeout|server_error\"}[1h]))",
    ),
    ("alpha", "(rate(demo_requests_total[1h])) > 0)", "(rate(demo_requests_total[1h])) > 0) * 2"),
    (
        "all-agents",
        " or label_replace(sum(rate(demo_calls_total[1h])), \"__kpi\", \"calls\", \"\", \"\")) > 0",
        ") > 0",
    ),
    // The range of a record, under the right name.
    (
        "alpha",
        "sum by (agent, route) (rate(demo_requests_total[3d])) > 0",
        "sum by (agent, route) (rate(demo_requests_total[1d])) > 0",
    ),
    (
        "beta",
        "sum_over_time(slo:bad:count{slo_id=\"demo-temperature\"}[1h])",
        "sum_over_time(slo:bad:count{slo_id=\"demo-temperature\"}[1d])",
    ),
    (
        "alpha",
        "slo:total:rate5m{slo_id=\"demo-requests\"}[30d]",
        "slo:total:rate5m{slo_id=\"demo-requests\"}[28d]",
    ),
    // Over the period events count, not minutes.
    (
        "alpha",
        "expr: sum_over_time(slo:bad:rate5m{slo_id=\"demo-requests\"}[30d]) / (sum_over_time(slo:total:rate5m{slo_id=\"demo-requests\"}[30d]) > 0)",
        "expr: avg_over_time(slo:bad:ratio5m{slo_id=\"demo-requests\"}[30d])",
    ),
    // Budget, and what is left of it.
    ("alpha", "expr: vector(0.999)", "expr: vector(0.9999)"),
    ("alpha", "expr: vector(0.001)", "expr: vector(0.01)"),
    ("alpha", "expr: vector(30)", "expr: vector(28)"),
    ("alpha", "ratio5m{slo_id=\"demo-requests\"} / 0.001", "ratio5m{slo_id=\"demo-requests\"} / 0.005"),
    (
        "alpha",
        "1 - slo:period_burn_rate:ratio{slo_id=\"demo-requests\"}",
        "1 - slo:burn_rate:ratio{slo_id=\"demo-requests\"}",
    ),
    // How long it must hold, and how long it stays.
    ("beta", "for: 5m\n    keep_firing_for: 10m", "for: 1m\n    keep_firing_for: 10m"),
    ("beta", "for: 5m\n    keep_firing_for: 10m", "for: 5m\n    keep_firing_for: 1m"),
    ("beta", "for: 5m\n    keep_firing_for: 10m", "for: 5m"),
    // Events that stop coming.
    (
        "all-agents",
        "absent(slo:total:count{slo_id=\"demo-load\", agent=\"alpha\"})",
        "absent(slo:total:count{slo_id=\"demo-load\"})",
    ),
    (
        "all-agents",
        "absent(slo:total:rate5m{slo_id=\"demo-latency\", agent=\"beta\"})\n    for: 15m",
        "absent(slo:total:rate5m{slo_id=\"demo-latency\", agent=\"beta\"})\n    for: 5m",
    ),
    // What people and Alertmanager read.
    ("alpha", "burn_tier: page", "burn_tier: ticket"),
    ("alpha", "long: 3d", "long: 1d"),
    (
        "alpha",
        "slo_id: demo-requests\n      team: alpha-team\n    annotations",
        "slo_id: demo-mails\n      team: alpha-team\n    annotations",
    ),
    ("all-agents", "humanizePercentage", "humanize"),
];

/// And for alerts on what KPIs run on.
const INFRASTRUCTURE: &[(&str, &str, &str)] = &[
    ("alpha", " and on () count(container_last_seen)", ""),
    ("alpha", "absent(container_last_seen{name=\"alpha-1.x\"})", "absent(container_last_seen)"),
    (
        "alpha",
        " / (container_spec_memory_limit_bytes{name=\"alpha-1.x\"} > 0)",
        " / container_spec_memory_limit_bytes{name=\"alpha-1.x\"}",
    ),
    ("alpha", "> 0) > 0.9", "> 0) >= 0.9"),
    ("alpha", "> 0) > 0.9\n    for: 10m", "> 0) > 0.9\n    for: 2m"),
    ("alpha", "[5m]) > 0) > 0.25", "[5m]) > 0) > 0.24"),
    ("alpha", "[5m]) > 0) > 0.25", "[5m]) > 0) > 0.3"),
    (
        "alpha",
        "changes(container_start_time_seconds{name=\"alpha-1.x\"}[15m]) > 2",
        "changes(container_start_time_seconds{name=\"alpha-1.x\"}[15m]) > 1",
    ),
    ("alpha", "changes(container_start_time_seconds", "increase(container_start_time_seconds"),
    (
        "alpha",
        "increase(container_oom_events_total{name=\"alpha-1.x\"}[10m]) > 0",
        "container_oom_events_total{name=\"alpha-1.x\"} > 0",
    ),
    ("all-agents", "86400) < 0 and", "86400) > 0 and"),
    (
        "all-agents",
        "node_filesystem_size_bytes{fstype!~\"tmpfs|ramfs|squashfs|overlay|iso9660|fuse[.].+\"} < 0.15",
        "node_filesystem_size_bytes{fstype!~\"tmpfs|ramfs|squashfs|overlay|iso9660|fuse[.].+\"} < 0.01",
    ),
    (
        "all-agents",
        "increase(prometheus_rule_evaluation_failures_total[5m]) > 0",
        "prometheus_rule_evaluation_failures_total > 0",
    ),
    (
        "all-agents",
        "max_over_time(prometheus_config_last_reload_successful[5m]) == 0",
        "max_over_time(prometheus_config_last_reload_successful[5m]) == 1",
    ),
    (
        "all-agents",
        "max_over_time(alertmanager_config_last_reload_successful[5m]) == 0",
        "max_over_time(prometheus_config_last_reload_successful[5m]) == 0",
    ),
];

/// A wrong rule of one registry.
struct Mutant {
    registry: &'static str,
    rules: String,
    tests: String,
    from: &'static str,
    to: &'static str,
}

fn mutants() -> Vec<Mutant> {
    let of = |registry, suffix: &'static str, test: &'static str, list: &'static [(&str, &str, &str)]| {
        list.iter().map(move |(section, from, to)| Mutant {
            registry,
            rules: if *section == "derived-kpis" {
                format!("{section}.yml")
            } else {
                format!("{section}.{suffix}.yml")
            },
            tests: format!("{section}{test}.test.yml"),
            from,
            to,
        })
    };
    of("rules.yaml", "alerts", "", THRESHOLDS)
        .chain(of("slos.yaml", "slos", ".slos", SLOS))
        .chain(of("infrastructure.yaml", "alerts", "", INFRASTRUCTURE))
        .collect()
}

#[test]
fn every_wrong_rule_is_caught() {
    let mutants = mutants();
    assert!(mutants.len() >= 100, "only {} mutants", mutants.len());
    let (next, rows) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut directories: BTreeMap<&str, tempfile::TempDir> = BTreeMap::new();
                while let Some(mutant) = mutants.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let directory = directories.entry(mutant.registry);
                    let directory = directory.or_insert_with(|| generated(mutant.registry));
                    let row = (mutant, catcher(directory.path(), mutant));
                    rows.lock().unwrap().push(row);
                }
            });
        }
    });
    let mut rows = rows.into_inner().unwrap();
    rows.sort_by_key(|(mutant, _)| (mutant.registry, mutant.rules.as_str(), mutant.from, mutant.to));
    println!("| rules | instead of | this | caught by |\n|---|---|---|---|");
    for (Mutant { rules, from, to, .. }, catcher) in &rows {
        let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|");
        let catcher = catcher.as_deref().unwrap_or("NOTHING");
        println!("| {rules} | `{}` | `{}` | {catcher} |", line(from), line(to));
    }
    let survivors: Vec<_> = rows.iter().filter(|(_, catcher)| catcher.is_none()).collect();
    println!("{} of {} mutants caught", rows.len() - survivors.len(), rows.len());
    let survivors: Vec<_> =
        survivors.iter().map(|(it, _)| format!("{}: {} → {}", it.rules, it.from, it.to)).collect();
    assert!(survivors.is_empty(), "not caught:\n{}", survivors.join("\n"));
}

fn generated(name: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    write(&prometheus(&registry(name)), directory.path());
    directory
}

/// What catches a mutant: the names of generated tests, or the name of the record it is in.
fn catcher(directory: &Path, mutant: &Mutant) -> Option<String> {
    let Mutant { rules, tests, from, to, .. } = mutant;
    let path = directory.join("prometheus/rules").join(rules);
    let right = std::fs::read_to_string(&path).unwrap();
    assert!(right.contains(from), "{rules}: nothing to change: {from}");
    std::fs::write(&path, right.replacen(from, to, 1)).unwrap();
    let caught = by_tests(directory.join("prometheus/tests").join(tests)).or_else(|| by_name(&path));
    std::fs::write(&path, right).unwrap();
    caught
}

fn by_tests(tests: PathBuf) -> Option<String> {
    let run = promtool(&["test", "rules"], &[tests]);
    let said = [run.stdout, run.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(!said.contains("parse") && !said.contains("yaml:"), "not a rule: {said}");
    let names = said.lines().filter_map(|line| line.trim().strip_prefix("name: ")?.strip_suffix(','));
    let mut names: Vec<&str> = names.collect();
    names.dedup();
    (!run.status.success())
        .then(|| if names.is_empty() { "values of records".to_owned() } else { names.join(", ") })
}

fn by_name(rules: &Path) -> Option<String> {
    let file: RuleFile<'_> = serde_yaml::from_str(&std::fs::read_to_string(rules).unwrap()).unwrap();
    let mut records = file.groups.iter().flat_map(|group| &group.rules);
    let misnamed = records.find_map(|rule| match rule {
        Rule::Record(record) => misnamed(record).map(|_| &record.record),
        Rule::Alert(_) => None,
    })?;
    Some(format!("the name of {misnamed}"))
}
