#!/usr/bin/env bash
# Times `kpi check` and `kpi generate` at 100, 1,000 and 10,000 KPIs, with the straightforward PyYAML generator beside
# them in the same run. Prints wall seconds, CPU seconds and peak memory, the median of RUNS (default 5).
#
# usage: bash tests/bench/generate.sh        needs: cargo, python3 with PyYAML
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/bench/measure.sh

echo "| command | wall s | CPU s | peak MiB |"
echo "|---|---|---|---|"
for count in 100 1000 10000; do
  python3 tests/bench/make_registry.py "$count" > "$work/kpi_registry.yaml"
  measure "kpi check, $count KPIs" "$kpi" check --registry "$work/kpi_registry.yaml"
  measure "kpi generate, $count KPIs" "$kpi" generate --registry "$work/kpi_registry.yaml" --out "$work/out"
  measure "PyYAML, $count KPIs" python3 tests/bench/baseline.py "$work/kpi_registry.yaml" "$work/out"
  measure "PyYAML with libyaml, $count KPIs" python3 tests/bench/baseline.py "$work/kpi_registry.yaml" "$work/out" --libyaml
done
