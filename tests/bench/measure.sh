# Sourced by benchmarks: builds `kpi`, makes a folder $work, and measures commands.
# shellcheck shell=bash
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
