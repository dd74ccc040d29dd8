#!/usr/bin/env bash
# What the first build of a program costs that depends on kpi-runtime, with the crates `prometheus-client` and
# `prometheus` beside it in the same run: CPU seconds (user and system) of `cargo build`, default features, no KPI yet.
# Builds what is committed, through git, as a user does: outside of this workspace, and nothing is compiled before.
# Prints the least and the median of RUNS (default 5), taken in turns, and the ratios of the least.
#
# usage: bash tests/bench/cold-build.sh        needs: cargo, python3
set -euo pipefail
cd "$(dirname "$0")/../.."
here=$PWD
runs=${RUNS:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Nothing that would compile elsewhere, or keep what it compiled.
unset CARGO_TARGET_DIR CARGO_INCREMENTAL RUSTC_WRAPPER CARGO_BUILD_RUSTC_WRAPPER

names=(kpi-runtime prometheus-client prometheus)
dependencies=(
  "kpi-runtime = { git = \"file://$here\", rev = \"$(git rev-parse HEAD)\" }"
  'prometheus-client = "0.25.2"'
  'prometheus = { version = "0.14", default-features = false }'
)
for at in "${!names[@]}"; do
  crate=$work/${names[at]}
  mkdir -p "$crate/src"
  printf '[package]\nname = "cold"\nversion = "0.1.0"\nedition = "2024"\n[workspace]\n[dependencies]\n%s\n' \
    "${dependencies[at]}" > "$crate/Cargo.toml"
  echo 'fn main() {}' > "$crate/src/main.rs"
  (cd "$crate" && cargo fetch --quiet)
done

export CARGO_NET_OFFLINE=true
python3 - "$runs" "$work" "${names[@]}" <<'PY'
import os, shutil, statistics, subprocess, sys, time
runs, work, names = int(sys.argv[1]), sys.argv[2], sys.argv[3:]

def build(name):
    shutil.rmtree(f"{work}/{name}/target", ignore_errors=True)
    started = time.perf_counter()
    process = subprocess.Popen(["cargo", "build", "--quiet"], cwd=f"{work}/{name}")
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{name}: exit status {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - started

def crates(name):
    command = ["cargo", "tree", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"]
    tree = subprocess.run(command, cwd=f"{work}/{name}", check=True, capture_output=True, text=True).stdout
    return len({line.removesuffix(" (*)") for line in tree.splitlines()}) - 1

taken = {name: [] for name in names}
for _ in range(runs):
    for name in names:
        taken[name].append(build(name))
print("| depends on | crates | CPU s, least | CPU s, median | wall s, least |")
print("|---|---|---|---|---|")
least = {}
for name in names:
    cpu, wall = zip(*taken[name])
    least[name] = min(cpu)
    print(f"| {name} | {crates(name)} | {min(cpu):.2f} | {statistics.median(cpu):.2f} | {min(wall):.2f} |")
for peer in names[1:]:
    print(f"\n{names[0]} costs {least[names[0]] / least[peer]:.2f} times as much as {peer}", end="")
print()
PY
