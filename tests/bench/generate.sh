#!/usr/bin/env bash
# Times `kpi check` and `kpi generate` at 100, 1,000 and 10,000 KPIs, with the straightforward PyYAML generator beside
# them in the same run. Prints wall seconds, CPU seconds and peak memory, the median of RUNS (default 5).
#
# usage: bash tests/bench/generate.sh        needs: cargo, python3 with PyYAML
set -euo pipefail
cd "$(dirname "$0")/../.."
runs=${RUNS:-5}
cargo build --release --quiet -p generators --bin kpi
kpi="${CARGO_TARGET_DIR:-target}/release/kpi"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

measure() { # NAME COMMAND... ; the command may leave $work/out behind
  local name=$1
  shift
  python3 - "$runs" "$work/out" "$name" "$@" <<'PY'
import os, shutil, statistics, subprocess, sys, time
runs, out, name, command = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:]
rows = []
for turn in range(runs + 1):
    shutil.rmtree(out, ignore_errors=True)
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    if status != 0:
        sys.exit(f"{name}: exit status {os.waitstatus_to_exitcode(status)}")
    if turn:  # the first run warms the caches
        rows.append((wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024))
wall, cpu, memory = (statistics.median(column) for column in zip(*rows))
print(f"| {name} | {wall:.3f} | {cpu:.3f} | {memory:.0f} |", flush=True)
PY
}

echo "| command | wall s | CPU s | peak MiB |"
echo "|---|---|---|---|"
for count in 100 1000 10000; do
  python3 tests/bench/make_registry.py "$count" > "$work/kpi_registry.yaml"
  measure "kpi check, $count KPIs" "$kpi" check --registry "$work/kpi_registry.yaml"
  measure "kpi generate, $count KPIs" "$kpi" generate --registry "$work/kpi_registry.yaml" --out "$work/out"
  measure "PyYAML, $count KPIs" python3 tests/bench/baseline.py "$work/kpi_registry.yaml" "$work/out"
  measure "PyYAML with libyaml, $count KPIs" python3 tests/bench/baseline.py "$work/kpi_registry.yaml" "$work/out" --libyaml
done
