#!/usr/bin/env bash
# Puts load on the endpoint with `wrk`, with the one of metrics-exporter-prometheus beside it in the same run: both serve the
# same 10,000 series on loopback, and are asked in turns. Prints latency percentiles, requests a second, CPU time of a
# scrape, peak memory and threads, and the ratios.
#
# usage: bash tests/bench/endpoint.sh        needs: cargo, python3, wrk (Debian package `wrk`)
set -euo pipefail
cd "$(dirname "$0")/endpoint"
command -v wrk >/dev/null || { echo "wrk is missing: install Debian's \`wrk\`" >&2; exit 1; }
target=${CARGO_TARGET_DIR:-../../../target}/bench-endpoint
cargo build --release --quiet --target-dir "$target" --bins
printf '%s, %s cores, %s\n\n' "$(uname -sm)" "$(nproc)" "$(rustc --version)"
python3 load.py "$target/release" "${ROUNDS:-5}" "${SECONDS_EACH:-3}"
