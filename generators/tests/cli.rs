//! The `kpi` command as a user runs it: what it prints and how it exits.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const GOOD: &str = "\
version: 2
platform: demo
agents:
  web: {description: Web server, port: 8000, targets: [\"web:8000\"]}
kpis:
  - {name: load, description: Load of the machine, unit: ratio, agents: [web]}
";

/// A directory with a registry.
fn home(registry: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("kpi_registry.yaml"), registry).unwrap();
    home
}

fn kpi(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kpi"));
    command.args(arguments).current_dir(directory).env_remove("NO_COLOR").output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn check_exits_by_severity() {
    let good = home(GOOD);
    let fine = kpi(good.path(), &["check"]);
    assert_eq!(
        (code(&fine), out(&fine)),
        (0, "kpi_registry.yaml: 1 KPI, 1 agent, nothing to complain about\n".into())
    );

    let noted = home(&GOOD.replace("unit: ratio", "unit: ms"));
    assert_eq!(code(&kpi(noted.path(), &["check"])), 0);
    assert_eq!(code(&kpi(noted.path(), &["check", "--fail-on", "warning"])), 0);
    assert_eq!(code(&kpi(noted.path(), &["check", "--fail-on", "note"])), 1);

    let bad = home(&GOOD.replace("unit: ratio", "unit: msec"));
    let found = kpi(bad.path(), &["check"]);
    assert_eq!(code(&found), 1);
    assert!(
        out(&found).contains("--> kpi_registry.yaml:6:") && out(&found).contains("did you mean"),
        "{}",
        out(&found)
    );
    assert!(!out(&found).contains('\x1b'));
    assert!(out(&kpi(bad.path(), &["check", "--color", "always"])).contains('\x1b'));
}

#[test]
fn findings_have_four_formats() {
    let bad = home(&GOOD.replace("unit: ratio", "unit: msec"));
    let in_format = |format| out(&kpi(bad.path(), &["check", "--format", format]));
    let json: serde_json::Value = serde_json::from_str(&in_format("json")).unwrap();
    assert_eq!(
        (&json["summary"]["errors"], &json["diagnostics"][0]["place"]["line"]),
        (&1.into(), &6.into())
    );
    let sarif: serde_json::Value = serde_json::from_str(&in_format("sarif")).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    let place = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!((&result["level"], place), (&"error".into(), &"kpi_registry.yaml".into()));
    assert!(in_format("github").starts_with("::error file=kpi_registry.yaml,line=6,endLine=6,col="));
}

#[test]
fn the_registry_is_searched_upwards() {
    let home = home(GOOD);
    let below = home.path().join("a/b");
    fs::create_dir_all(&below).unwrap();
    assert_eq!(code(&kpi(&below, &["check"])), 0);
    // The top of the file system, where nobody keeps a registry, and above which there is nothing to search.
    let nowhere = Path::new("/");
    let lost = kpi(nowhere, &["check"]);
    assert_eq!(code(&lost), 2);
    assert!(err(&lost).contains("--registry PATH"), "{}", err(&lost));
    assert_eq!(code(&kpi(nowhere, &["check", "--registry", "missing.yaml"])), 2);
    assert_eq!(code(&kpi(nowhere, &["frobnicate"])), 2);
    assert_eq!(code(&kpi(nowhere, &["--help"])), 0);
}

#[test]
fn generate_writes_beside_the_registry_and_is_done() {
    let home = home(GOOD);
    let first = kpi(home.path(), &["generate"]);
    assert_eq!(code(&first), 0, "{}", err(&first));
    assert!(out(&first).contains("next: `kpi test`"), "{}", out(&first));
    assert!(home.path().join("observability/prometheus/prometheus.yml").is_file());
    let again = kpi(home.path(), &["generate", "--check"]);
    assert_eq!(code(&again), 0, "{}", out(&again));
    assert!(out(&again).contains("is up to date"));
    let json: serde_json::Value =
        serde_json::from_str(&out(&kpi(home.path(), &["generate", "--format", "json"]))).unwrap();
    assert_eq!(json["clean"], true);
}

#[test]
fn check_shows_drift_and_writes_nothing() {
    let home = home(GOOD);
    kpi(home.path(), &["generate"]);
    fs::write(home.path().join("kpi_registry.yaml"), GOOD.replace("web:8000", "web:9000")).unwrap();
    let drift = kpi(home.path(), &["generate", "--check"]);
    assert_eq!(code(&drift), 1);
    let said = out(&drift);
    assert!(said.contains("update prometheus/prometheus.yml"), "{said}");
    assert!(said.contains("-    - web:8000\n+    - web:9000"), "{said}");
    let config = fs::read_to_string(home.path().join("observability/prometheus/prometheus.yml")).unwrap();
    assert!(config.contains("web:8000"));
}

#[test]
fn edited_files_are_named_and_forced_by_name() {
    let home = home(GOOD);
    kpi(home.path(), &["generate"]);
    let config = home.path().join("observability/alertmanager/alertmanager.yml");
    fs::write(&config, "mine").unwrap();
    for arguments in [&["generate"][..], &["generate", "--check"]] {
        let refused = kpi(home.path(), arguments);
        assert_eq!(code(&refused), 1);
        assert!(err(&refused).contains("`alertmanager/alertmanager.yml` was edited"), "{}", err(&refused));
        assert!(err(&refused).contains("--force alertmanager/alertmanager.yml"));
    }
    assert_eq!(fs::read_to_string(&config).unwrap(), "mine");
    assert_eq!(
        code(&kpi(home.path(), &["generate", "--force", "observability/alertmanager/alertmanager.yml"])),
        0
    );
    assert!(fs::read_to_string(&config).unwrap().starts_with("# Generated by kpi"));
    assert_eq!(code(&kpi(home.path(), &["generate", "--force", "nothing.yml"])), 2);
}

#[test]
fn groups_can_be_generated_alone() {
    let home = home(GOOD);
    assert_eq!(code(&kpi(home.path(), &["generate", "--only", "alertmanager", "--out", "o"])), 0);
    assert!(home.path().join("o/alertmanager").is_dir() && !home.path().join("o/grafana").exists());
    let wrong = kpi(home.path(), &["generate", "--only", "grafanna"]);
    assert_eq!(code(&wrong), 2);
    assert!(
        err(&wrong).contains("the groups are: prometheus, alertmanager, grafana, openslo"),
        "{}",
        err(&wrong)
    );
}

#[test]
fn nothing_is_generated_from_a_faulty_registry() {
    let bad = home(&GOOD.replace("unit: ratio", "unit: msec"));
    let refused = kpi(bad.path(), &["generate"]);
    assert_eq!(code(&refused), 1);
    assert!(err(&refused).contains("error[KPI"), "{}", err(&refused));
    assert!(!bad.path().join("observability").exists());
}

#[test]
fn list_shows_kpis_artifacts_and_checks() {
    let home = home(GOOD);
    let kpis = out(&kpi(home.path(), &["list"]));
    assert!(kpis.contains("load  demo_load_ratio  gauge  ratio  -       web"), "{kpis}");
    let json: serde_json::Value =
        serde_json::from_str(&out(&kpi(home.path(), &["list", "--format", "json"]))).unwrap();
    assert_eq!(json["kpis"][0]["metric"], "demo_load_ratio");
    let nowhere = Path::new("/");
    let artifacts = kpi(nowhere, &["list", "--artifacts"]);
    assert_eq!(code(&artifacts), 0);
    let listed = out(&artifacts);
    let mut rows = listed.lines().map(|line| line.split_whitespace().take(2).collect::<Vec<_>>());
    assert!(rows.any(|row| row == ["grafana", "grafana-dashboards"]), "{listed}");
    assert!(out(&kpi(nowhere, &["list", "--checks"])).contains("KPI0101  unknown key"));
}

#[test]
fn explain_knows_every_code_and_guesses() {
    let nowhere = Path::new("/");
    let explained = kpi(nowhere, &["explain", "kpi0101"]);
    assert_eq!(code(&explained), 0);
    assert!(out(&explained).starts_with("KPI0101: unknown key\n"));
    let unknown = kpi(nowhere, &["explain", "KPI0191"]);
    assert_eq!(code(&unknown), 2);
    assert!(err(&unknown).contains("did you mean KPI0"), "{}", err(&unknown));
    assert!(!err(&kpi(nowhere, &["explain", "banana"])).contains("did you mean"));
}

#[test]
fn missing_tools_are_named_with_their_packages() {
    let home = home(GOOD);
    let mut command = Command::new(env!("CARGO_BIN_EXE_kpi"));
    let output = command.arg("test").current_dir(home.path()).env("PATH", "").output().unwrap();
    assert_eq!(code(&output), 2);
    let said = err(&output);
    assert!(said.contains("`promtool` and `amtool` are not installed"), "{said}");
    assert!(
        said.contains("apt-get install --no-install-recommends prometheus prometheus-alertmanager"),
        "{said}"
    );
    let empty = kpi(home.path(), &["test", "--out", "."]);
    assert_eq!(code(&empty), 2);
    assert!(err(&empty).contains("holds nothing generated"));
}

#[test]
fn every_generated_test_is_run_and_a_failure_is_shown() {
    let home = home(GOOD);
    let passed = kpi(home.path(), &["test"]);
    assert_eq!(code(&passed), 0, "{}{}", out(&passed), err(&passed));
    let said = out(&passed);
    for tool in [
        "promtool check config",
        "promtool check rules",
        "promtool test rules",
        "amtool check-config",
        "amtool config routes test",
        "inhibitions",
    ] {
        let line =
            said.lines().find(|line| line.starts_with(tool)).unwrap_or_else(|| panic!("{tool}: {said}"));
        assert!(line.ends_with(" 0 failed") && !line.contains(" 0 passed"), "{line}");
    }
    // No progress bar where nobody watches.
    assert!(!err(&passed).contains('\r'), "{}", err(&passed));

    assert_eq!(code(&kpi(home.path(), &["generate"])), 0);
    let config = home.path().join("observability/alertmanager/alertmanager.yml");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, text.replace("alertname=\"Watchdog\"", "alertname=\"Nobody\"")).unwrap();
    let failed = kpi(home.path(), &["test", "--out", "observability"]);
    assert_eq!(code(&failed), 1);
    assert!(
        out(&failed).contains(
            "FAILED amtool config routes test alertmanager/routes.test.json: alertname=\"Watchdog\""
        ),
        "{}",
        out(&failed)
    );
    let json = kpi(home.path(), &["test", "--out", "observability", "--format", "json"]);
    let results: serde_json::Value = serde_json::from_str(&out(&json)).unwrap();
    assert!(results.as_array().unwrap().iter().any(|result| result["passed"] == false));
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_panic() {
    let home = home(GOOD);
    let mut command = Command::new(env!("CARGO_BIN_EXE_kpi"));
    command.args(["list", "--checks"]).current_dir(home.path());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((code(&output), err(&output)), (0, String::new()));
}

#[test]
fn migrate_writes_a_new_file_and_never_over_one() {
    let home = home(
        "# ours\nversion: 1\nkpis:\n  - {name: load, description: Load now, unit: ratio, prometheus_metric: x_load_ratio}\n",
    );
    let printed = kpi(home.path(), &["migrate"]);
    assert_eq!(code(&printed), 0, "{}", err(&printed));
    assert!(out(&printed).starts_with("# ours\n\nversion: 2\nplatform: x\n"), "{}", out(&printed));

    let written = kpi(home.path(), &["migrate", "--out", "new.yaml"]);
    assert_eq!(code(&written), 0, "{}", err(&written));
    let new = home.path().join("new.yaml");
    assert_eq!(fs::read_to_string(&new).unwrap(), out(&printed));
    assert_eq!(code(&kpi(home.path(), &["check", "--registry", "new.yaml", "--fail-on", "warning"])), 0);

    fs::write(&new, "mine").unwrap();
    let refused = kpi(home.path(), &["migrate", "--out", "new.yaml"]);
    assert_eq!(code(&refused), 2);
    assert!(err(&refused).contains("--force"), "{}", err(&refused));
    assert_eq!(fs::read_to_string(&new).unwrap(), "mine");
    assert_eq!(code(&kpi(home.path(), &["migrate", "--out", "new.yaml", "--force"])), 0);

    let again = kpi(home.path(), &["migrate", "--registry", "new.yaml"]);
    assert_eq!(code(&again), 0);
    assert!(out(&again).is_empty() && err(&again).contains("version 2 already"), "{}", err(&again));
}

#[test]
fn generate_writes_one_sarif_document_also_when_all_is_well() {
    let home = home(GOOD);
    for arguments in [&["generate", "--format", "sarif"][..], &["generate", "--check", "--format", "sarif"]] {
        let run = kpi(home.path(), arguments);
        assert_eq!(code(&run), 0, "{}", err(&run));
        let sarif: serde_json::Value = serde_json::from_str(&out(&run)).unwrap();
        assert_eq!(sarif["version"], "2.1.0");
    }
}

const EXPLAINED: &str = "\
SLO jobs, slo_id demo-jobs, slos.yaml:49:11

  kpis         jobs                                                 the SLO, slos.yaml:49:11
  goal         bad where status = server_error and model = big.one  the SLO, slos.yaml:55:10
  profile      standard                                             the SLO, slos.yaml:55:20
  profile      loose                                                agent beta, slos.yaml:37:18
  profile      standard                                             defaults, slos.yaml:9:16
  objective    99 %                                                 the SLO, slos.yaml:55:41
  window       30d                                                  profile standard, slos.yaml:20:39
  tiers        4 defaults                                           the default
  low_traffic  silent up to 10 bad events                           the SLO, slos.yaml:55:105
  no_data      off                                                  the default

The error budget is 1 %: 7h12m of nothing but bad events.

  tier        severity  factor  threshold  long  short  outage told after  budget spent  budget lasts
  2 % in 1h   critical  14.4    0.144      1h    5m     8m38s400ms         2 %           2d2h
  5 % in 6h   critical  6       0.06       6h    30m    21m36s             5 %           5d
  10 % in 1d  warning   3       0.03       1d    2h     43m12s             10 %          10d
  10 % in 3d  warning   1       0.01       3d    6h     43m12s             10 %          30d
";

#[test]
fn explain_says_where_the_values_of_an_slo_come_from() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/registries");
    let slo = |name: &str| kpi(&here, &["explain", "slo", name, "--registry", "slos.yaml"]);
    assert_eq!(out(&slo("jobs")), EXPLAINED);
    let left_out = out(&slo("latency"));
    assert!(
        left_out.ends_with("10 % in 3d is left out: its factor of 0.9333 is below 1, so the budget lasts\n"),
        "{left_out}"
    );
    let unknown = slo("nothing");
    assert_eq!(code(&unknown), 2);
    assert!(
        err(&unknown).contains("there is no SLO `nothing`; there are: requests, jobs,"),
        "{}",
        err(&unknown)
    );
    let json = kpi(&here, &["explain", "slo", "jobs", "--registry", "slos.yaml", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["tiers"][0]["works"]["threshold"], "0.144");
    assert_eq!(code(&kpi(&here, &["explain", "slo"])), 2);
    assert_eq!(code(&kpi(&here, &["explain", "KPI0101", "jobs"])), 2);
}

#[test]
fn import_writes_a_new_file_and_never_over_one() {
    let home = home(&format!(
        "{GOOD}  - {{name: calls, description: Calls answered, unit: count, type: counter, agents: [web], labels: [{{name: status, \
         values: [ok, bad]}}]}}\n"
    ));
    let object = |total: &str| {
        let metric =
            |query: &str| format!("{{metricSource: {{type: Prometheus, spec: {{query: '{query}'}}}}}}");
        format!(
            "apiVersion: openslo/v1\nkind: SLO\nmetadata: {{name: answers}}\nspec:\n  service: web\n  indicator:\n    spec:\n      \
             ratioMetric:\n        bad: {}\n        total: {}\n  timeWindow: [{{duration: 30d, isRolling: true}}]\n  budgetingMethod: \
             Occurrences\n  objectives: [{{target: 0.99}}]\n",
            metric("sum(demo_calls_total{status=\"bad\"})"),
            metric(total),
        )
    };
    fs::write(home.path().join("slo.yaml"), object("sum(demo_calls_total)")).unwrap();
    let printed = kpi(home.path(), &["import", "openslo", "slo.yaml"]);
    assert_eq!(code(&printed), 0, "{}", err(&printed));
    assert!(
        out(&printed).contains("- name: answers\n    kpis: [calls]\n    objective: 99\n"),
        "{}",
        out(&printed)
    );
    let written = kpi(home.path(), &["import", "openslo", "slo.yaml", "--out", "new.yaml"]);
    assert_eq!(code(&written), 0, "{}", err(&written));
    assert_eq!(fs::read_to_string(home.path().join("new.yaml")).unwrap(), out(&printed));
    // It is a part of a registry as it is.
    assert_eq!(code(&kpi(home.path(), &["check", "--registry", "."])), 0);
    fs::write(home.path().join("new.yaml"), "mine").unwrap();
    let refused = kpi(home.path(), &["import", "openslo", "slo.yaml", "--out", "new.yaml"]);
    assert_eq!((code(&refused), err(&refused).contains("exists and was not touched")), (2, true));
    assert_eq!(fs::read_to_string(home.path().join("new.yaml")).unwrap(), "mine");

    fs::write(home.path().join("slo.yaml"), object("sum(demo_call_total)")).unwrap();
    let wrong = kpi(home.path(), &["import", "openslo", "slo.yaml", "--out", "other.yaml"]);
    assert_eq!(code(&wrong), 1);
    assert!(
        err(&wrong).contains("--> slo.yaml:10:69") && err(&wrong).contains("did you mean"),
        "{}",
        err(&wrong)
    );
    assert!(!home.path().join("other.yaml").exists());
    let json = out(&kpi(home.path(), &["import", "openslo", "slo.yaml", "--format", "json"]));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["diagnostics"][0]["code"], "KPI1113");
}
