#!/usr/bin/env bash
# Times what makes all rules, the alerts and their tests among them, of 100, 1,000 and 10,000 KPIs with thresholds and 5, 50
# and 500 SLOs, with the straightforward PyYAML generator of the same rules, without tests of them, beside it in the same run.
# Prints wall seconds, CPU seconds and peak memory, the median of RUNS (default 5).
#
# usage: bash tests/bench/rules.sh        needs: cargo, python3 with PyYAML
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/bench/measure.sh

echo "| command | wall s | CPU s | peak MiB |"
echo "|---|---|---|---|"
for count in 100 1000 10000; do
  slos=$((count / 20))
  python3 tests/bench/make_registry.py "$count" 4 "$slos" > "$work/kpi_registry.yaml"
  of="$count KPIs, $slos SLOs"
  measure "kpi generate, $of" "$kpi" generate --only prometheus --registry "$work/kpi_registry.yaml" --out "$work/out"
  measure "PyYAML, $of" python3 tests/bench/baseline.py "$work/kpi_registry.yaml" "$work/out" --rules
  measure "PyYAML with libyaml, $of" \
    python3 tests/bench/baseline.py "$work/kpi_registry.yaml" "$work/out" --rules --libyaml
done
