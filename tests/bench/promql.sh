#!/usr/bin/env bash
# Times how PromQL is read and checked, with the crate `promql-parser` beside it in the same run: every rule that `kpi generate`
# makes for 1,000 KPIs with 50 SLOs, 10 MB in expressions of almost 64 KiB, the longest that are read, and one expression of
# 10 MB. The peer is built outside of this workspace, so that nothing here depends on it. Prints the median of RUNS rounds
# (default 9), in turns.
#
# usage: bash tests/bench/promql.sh        needs: cargo, python3 with PyYAML
set -euo pipefail
cd "$(dirname "$0")/../.."
here=$PWD
source tests/bench/measure.sh
runs=${RUNS:-9}
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/src"
cp Cargo.lock "$work"
cp tests/bench/promql.rs "$work/src/main.rs"
cat > "$work/Cargo.toml" <<TOML
[package]
name = "promql"
version = "0.1.0"
edition = "2024"
[workspace]
[dependencies]
kpi-registry = { path = "$here/kpi-registry", features = ["advice", "promql"] }
promql-parser = "0.11.1"
[profile.release]
lto = "thin"
TOML
CARGO_TARGET_DIR=$work/target cargo build --release --quiet --manifest-path "$work/Cargo.toml"

python3 tests/bench/make_registry.py 1000 4 50 > "$work/kpi_registry.yaml"
"$kpi" generate --only prometheus --registry "$work/kpi_registry.yaml" --out "$work/out" > "$work/said"
python3 - "$work" <<'PY'
import glob, json, sys, yaml
work = sys.argv[1]
base = open(f"{work}/kpi_registry.yaml").read()

def save(name, texts):
    open(f"{work}/{name}.txt", "w").write("\0".join(texts))
    panels = [{"title": f"Panel {index}", "expr": text} for index, text in enumerate(texts)]
    dashboards = json.dumps([{"name": "all", "title": "All", "panels": panels}])
    open(f"{work}/{name}.yaml", "w").write(f"{base}dashboards: {dashboards}\n")

rules = []
for path in sorted(glob.glob(f"{work}/out/prometheus/rules/*.yml")):
    for group in yaml.load(open(path), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["groups"]:
        rules += [str(rule["expr"]) for rule in group["rules"]]
save("rules", rules)

def tree(first, count):
    if count == 1:
        metric = f"bench_requests_{8 * first % 1000 + 4}_requests_total"
        return f'sum(rate({metric}{{status="ok"}}[5m]))'
    half = count // 2
    return f"({tree(first, half)} + {tree(first + half, count - half)})"

large = tree(0, 990)
save("large", [large] * (10_000_000 // len(large)))
open(f"{work}/one.txt", "w").write(tree(0, 152_000))
PY

echo "| expressions | work | ns each | MB/s | ÷ promql-parser |"
echo "|---|---|---|---|---|"
compare() { # SET [REGISTRY]
  local count bytes
  count=$(($(tr -cd '\0' < "$work/$1.txt" | wc -c) + 1))
  bytes=$(($(tr -d '\0' < "$work/$1.txt" | wc -c) / count))
  "$work/target/release/promql" "$runs" "$count of $bytes bytes" "$work/$1.txt" "${@:2}"
}
compare rules "$work/rules.yaml"
compare large "$work/large.yaml"
compare one
