#!/usr/bin/env bash
# What 500 labelled counters with one use each cost to compile: CPU seconds (user and system) of `cargo build` for the crate
# alone, its dependencies built before, with the crates `prometheus-client` and `prometheus` beside it in the same run.
# Prints the least of RUNS (default 5), taken in turns.
#
# usage: bash tests/bench/leaf.sh [COUNTERS]        needs: cargo, python3
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset CARGO_TARGET_DIR
export CARGO_INCREMENTAL=0
python3 - "$PWD" "$work" "${1:-500}" "${RUNS:-5}" <<'PY'
import os, pathlib, shutil, subprocess, sys
here, work, counters, runs = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
numbers = range(counters)

registry = "version: 2\nplatform: leaf\nlabels:\n  route: {values: [analyze, health, stream]}\n" \
    "  status: {values: [ok, client_error, server_error]}\nkpis:\n" + "".join(
    f"  - {{name: hits_{n:03}, description: Hits of number {n}, unit: requests, type: counter, labels: [route, status]}}\n"
    for n in numbers)
ours = 'kpi_runtime::kpis!("../kpi_registry.yaml");\n\nfn main() {\n' + "".join(
    f"    KPIS.hits_{n:03}.with(Route::Analyze, Status::Ok).inc();\n" for n in numbers) + "}\n"

prometheus = "use prometheus::{IntCounterVec, Opts, register_int_counter_vec};\nuse std::sync::LazyLock;\n\n" + "".join(
    f'static HITS_{n:03}: LazyLock<IntCounterVec> = LazyLock::new(|| {{\n    register_int_counter_vec!(Opts::new('
    f'"leaf_hits_{n:03}_total", "Hits of number {n}"), &["route", "status"]).unwrap()\n}});\n'
    for n in numbers) + "\nfn main() {\n" + "".join(
    f'    HITS_{n:03}.with_label_values(&["analyze", "ok"]).inc();\n' for n in numbers) + "}\n"

client = """use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::{counter::Counter, family::Family};
use prometheus_client::registry::Registry;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
enum Route { Analyze, Health, Stream }
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
enum Status { Ok, ClientError, ServerError }
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels { route: Route, status: Status }

#[derive(Default)]
struct Metrics {
""" + "".join(f"    hits_{n:03}: Family<Labels, Counter>,\n" for n in numbers) + """}

fn main() {
    let (metrics, mut registry) = (Metrics::default(), Registry::default());
    let _ = (Route::Health, Route::Stream, Status::ClientError, Status::ServerError);
    let labels = Labels { route: Route::Analyze, status: Status::Ok };
""" + "".join(f'    registry.register("leaf_hits_{n:03}", "Hits of number {n}", metrics.hits_{n:03}.clone());\n'
    f"    metrics.hits_{n:03}.get_or_create(&labels).inc();\n" for n in numbers) + "}\n"

crates = {
    "kpi-runtime": (f'kpi-runtime = {{ path = "{here}/kpi-runtime" }}', ours),
    "prometheus-client": ('prometheus-client = "0.26"', client),
    "prometheus": ('prometheus = { version = "0.14", default-features = false }', prometheus),
}
profiles = {"check": ["check"], "debug": ["build"], "release": ["build", "--release"]}

def cargo(name, arguments):
    process = subprocess.Popen(["cargo", *arguments, "--quiet"], cwd=work / name)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{name}: exit status {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime

for name, (dependency, program) in crates.items():
    (work / name / "src").mkdir(parents=True)
    # Locked to what the workspace is tested with.
    shutil.copy(f"{here}/Cargo.lock", work / name)
    (work / name / "Cargo.toml").write_text(
        f'[package]\nname = "leaf"\nversion = "0.1.0"\nedition = "2024"\n[workspace]\n[dependencies]\n{dependency}\n')
    (work / name / "kpi_registry.yaml").write_text(registry)
    (work / name / "src/main.rs").write_text(program)

taken = {}
for name in crates:
    for profile, arguments in profiles.items():
        cargo(name, arguments)
for run in range(runs):
    for name, (_, program) in crates.items():
        for profile, arguments in profiles.items():
            (work / name / "src/main.rs").write_text(f"// {profile} {run}\n{program}")
            taken.setdefault((name, profile), []).append(cargo(name, arguments))
print(f"| CPU s for {counters} labelled counters | check | debug | release |\n|---|---|---|---|")
for name in crates:
    print(f"| {name} | " + " | ".join(f"{min(taken[name, profile]):.2f}" for profile in profiles) + " |")
PY
