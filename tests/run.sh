#!/usr/bin/env bash
# Runs everything that CI runs, after installing what it needs. Goes on after a failure, and names every one at the end.
#
# usage: bash tests/run.sh        needs: cargo, and what tests/install.sh needs
set -uo pipefail
cd "$(dirname "$0")/.."

failed=()
passed=0

step() { # TITLE COMMAND...
  local title=$1 started=$SECONDS
  shift
  printf '\n== %s\n' "$title"
  if "$@"; then
    passed=$((passed + 1))
    printf -- '-- %s: passed in %d s\n' "$title" $((SECONDS - started))
  else
    failed+=("$title")
    printf -- '-- %s: FAILED after %d s\n' "$title" $((SECONDS - started))
  fi
}

clippy() { # ARGUMENTS...
  cargo clippy --quiet "$@" -- -D warnings
}

tiers() { # CFG ARGUMENTS...
  local cfg=$1
  shift
  RUSTFLAGS="--cfg $cfg" cargo test --quiet -p kpi-tier-tests --test recorded --target-dir "target/$cfg" "$@"
}

# It comes with nightly toolchains alone.
miri() {
  if ! cargo +nightly miri --version >/dev/null 2>&1; then
    echo "NOT RUN, there is no Miri here: rustup toolchain install nightly --component miri"
    return
  fi
  # Of what it says when all is well, most is about files in /proc.
  MIRIFLAGS="-Zmiri-disable-isolation -Zmiri-many-seeds=0..4" \
    cargo +nightly miri test --quiet -p kpi-tier-tests --test recorded --test races --target-dir target/miri 2>target/miri.log ||
    { cat target/miri.log; return 1; }
}

documentation() {
  RUSTDOCFLAGS="-D warnings" cargo doc --quiet --workspace --all-features --no-deps
}

tests() {
  if command -v cargo-nextest >/dev/null; then
    cargo nextest run --workspace --all-features --no-fail-fast
  else
    cargo test --workspace --all-features --no-fail-fast --lib --bins --tests
  fi
}

generated() {
  cargo run --quiet -p generators --bin kpi -- generate --check \
    --registry examples/auren/kpi_registry.yaml --out examples/auren/generated
}

step "what the tests start" bash tests/install.sh
step "formatting" cargo fmt --all --check
step "clippy, everything" clippy --workspace --all-targets --all-features

# Features that another crate switches on hide a missing `cfg`, so crates are also looked at alone.
step "clippy, kpi-registry alone" clippy -p kpi-registry
step "clippy, kpi-registry with codegen" clippy -p kpi-registry --features codegen
step "clippy, generators alone" clippy -p generators
step "clippy, kpi-runtime alone" clippy -p kpi-runtime
for feature in attributes axum metrics opentelemetry otlp prometheus push testing tls tower zstd; do
  step "clippy, kpi-runtime with $feature" clippy -p kpi-runtime --features "$feature"
done
# Another crate of a program may switch this on, which changes the interface that is bridged to.
step "the bridge to prometheus with its protobuf" \
  cargo test --quiet -p kpi-runtime --features prometheus/protobuf --test prometheus

# What the runtime's `cfg`s and a release build leave out. The tests of debug builds are among the others.
step "the debug tier left out" cargo test --quiet -p kpi-tier-tests --test recorded --release
step "the debug tier asked for" tiers kpi_debug --release
step "every KPI left out" tiers kpi_off

step "documentation" documentation
step "tests" tests
step "Miri" miri
step "documentation tests" cargo test --quiet --workspace --all-features --doc
step "generated files of the example" generated
# The advisories need a database from the network, which a build machine may not reach: `cargo deny check advisories`.
step "licences, bans and sources" cargo deny check bans licenses sources

printf '\n== %d passed, %d failed, %d s\n' "$passed" ${#failed[@]} "$SECONDS"
for title in "${failed[@]}"; do
  printf 'failed: %s\n' "$title"
done
[ ${#failed[@]} -eq 0 ]
