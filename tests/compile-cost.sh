#!/usr/bin/env bash
# What typed KPIs cost to compile: CPU seconds (user + system) of cargo, beyond those of a crate without KPIs.
#
#   bash tests/compile-cost.sh [KPIS...]        # 100 1000 10000 when left out
#
# Prints a Markdown table. Needs what is in the workspace's Cargo.lock fetched; goes nowhere else.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CARGO_TARGET_DIR=$work/target CARGO_TERM_COLOR=never CARGO_NET_OFFLINE=true
sizes=("$@")
[ ${#sizes[@]} -gt 0 ] || sizes=(100 1000 10000)

# A registry of gauges, counters, labelled counters and histograms, a quarter each.
registry() {
    printf 'version: 2\nplatform: cost\nlabels:\n  route: {values: [analyze, health, stream]}\n'
    printf '  status: {values: [ok, client_error, server_error]}\nkpis:\n'
    for ((i = 0; i < $1; i++)); do
        printf '  - name: kpi_%05d\n    description: What number %d of the platform measures.\n' "$i" "$i"
        case $((i % 4)) in
            0) printf '    unit: ms\n    thresholds: {warning_high: 250, critical_high: 500}\n' ;;
            1) printf '    unit: count\n    type: counter\n' ;;
            2) printf '    unit: requests\n    type: counter\n    labels: [route, status]\n' ;;
            3) printf '    unit: seconds\n    type: histogram\n    buckets: [0.1, 0.5, 1, 5]\n' ;;
        esac
    done
}

# The crate: a program that writes to every hundredth KPI.
crate() {
    local dir=$1 door=$2 kpis=$3 i
    mkdir -p "$dir/src"
    cp "$here/Cargo.lock" "$dir/Cargo.lock"
    {
        printf '[package]\nname = "cost"\nversion = "0.1.0"\nedition = "2024"\n[workspace]\n'
        printf '[dependencies]\nkpi-runtime = { path = "%s/kpi-runtime" }\n' "$here"
        [ "$door" = macro ] || printf '[build-dependencies]\nkpi-registry = { path = "%s/kpi-registry", features = ["codegen"] }\n' "$here"
    } > "$dir/Cargo.toml"
    [ "$kpis" -eq 0 ] || registry "$kpis" > "$dir/kpi_registry.yaml"
    if [ "$door" = build.rs ]; then
        if [ "$kpis" -eq 0 ]; then echo 'fn main() {}'; else
            echo 'fn main() { kpi_registry::build_script::compile("kpi_registry.yaml"); }'
        fi > "$dir/build.rs"
    fi
    {
        if [ "$kpis" -gt 0 ]; then
            if [ "$door" = macro ]; then echo 'kpi_runtime::kpis!("../kpi_registry.yaml");'; else
                echo 'include!(concat!(env!("OUT_DIR"), "/kpis.rs"));'
            fi
        fi
        echo 'fn main() {'
        for ((i = 1; i < kpis; i += 100)); do printf '    KPIS.kpi_%05d.inc();\n' "$i"; done
        echo '    println!("done");'
        echo '}'
    } > "$dir/src/main.rs"
}

# CPU seconds of a command, children included.
cpu() {
    local TIMEFORMAT='%U %S' times
    times=$( { time "$@" > "$work/log" 2>&1; } 2>&1 ) || { cat "$work/log" >&2; exit 1; }
    awk '{ printf "%.2f", $1 + $2 }' <<< "$times"
}

minus() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a - b }'; }

printf '| KPIs | door | profile | first build | after a YAML edit | after a Rust edit | nothing changed | binary, KiB |\n'
printf '|---|---|---|---|---|---|---|---|\n'
for profile in dev release; do
    for door in macro build.rs; do
        dir=$work/cost
        flags=(build --manifest-path "$dir/Cargo.toml" --profile "$profile")
        binary=$CARGO_TARGET_DIR/$([ $profile = dev ] && echo debug || echo release)/cost
        for kpis in 0 "${sizes[@]}"; do
            rm -rf "$dir"
            crate "$dir" "$door" "$kpis"
            if [ "$kpis" -eq 0 ]; then cargo "${flags[@]}" > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }; fi
            cargo clean --manifest-path "$dir/Cargo.toml" --profile "$profile" -p cost > /dev/null 2>&1
            cold=$(cpu cargo "${flags[@]}")
            size=$(du -k "$binary" | cut -f1)
            sleep 1
            yaml=0
            if [ "$kpis" -gt 0 ]; then
                sed -i '0,/measures\./s//measures now./' "$dir/kpi_registry.yaml"
                yaml=$(cpu cargo "${flags[@]}")
                sleep 1
            fi
            sed -i 's/"done/"well done/' "$dir/src/main.rs"
            rust=$(cpu cargo "${flags[@]}")
            fresh=$(cpu cargo "${flags[@]}")
            if [ "$kpis" -eq 0 ]; then
                cold0=$cold rust0=$rust size0=$size
                printf '| 0 | %s | %s | %s | | %s | %s | %s |\n' "$door" "$profile" "$cold" "$rust" "$fresh" "$size"
            else
                printf '| %s | %s | %s | +%s | +%s | +%s | %s | +%s |\n' "$kpis" "$door" "$profile" \
                    "$(minus "$cold" "$cold0")" "$(minus "$yaml" "$rust0")" "$(minus "$rust" "$rust0")" "$fresh" \
                    "$((size - size0))"
            fi
        done
    done
done
