#!/usr/bin/env bash
# Installs what the tests start: Prometheus (with promtool), Alertmanager (with amtool), the Pushgateway, node_exporter and
# VictoriaMetrics (with vmalert) as Debian packages, cargo-deny, and, in a Python of their own beside what cargo builds, Prometheus' Python
# client, whose parsers judge what we write.
# Does nothing when they are there. Needs apt-get and, where the caller is not root, sudo.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=()
command -v prometheus >/dev/null && command -v promtool >/dev/null || packages+=(prometheus)
command -v prometheus-alertmanager >/dev/null && command -v amtool >/dev/null || packages+=(prometheus-alertmanager)
python3 -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3 python3-venv)
command -v prometheus-pushgateway >/dev/null || packages+=(prometheus-pushgateway)
command -v prometheus-node-exporter >/dev/null || packages+=(prometheus-node-exporter)
command -v victoria-metrics >/dev/null && command -v vmalert >/dev/null || packages+=(victoria-metrics)
command -v cargo-deny >/dev/null || cargo install --quiet --locked cargo-deny --version 0.20.2

debian() {
  if ! command -v apt-get >/dev/null; then
    cat >&2 <<TEXT
The tests need ${packages[*]}, and there is no apt-get to install them with.
Install Prometheus 2.42, Alertmanager 0.25, Pushgateway 1.5, node_exporter 1.5 and VictoriaMetrics 1.79 or newer, and
Python 3 with venv, and put these on the PATH: prometheus, promtool, amtool, vmalert, python3, Alertmanager under the name
prometheus-alertmanager, the Pushgateway as prometheus-pushgateway, node_exporter as prometheus-node-exporter, and
VictoriaMetrics as victoria-metrics.
TEXT
    exit 1
  fi

  as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "Installing ${packages[*]} needs root: run this as root, or install sudo." >&2; exit 1; }
    as_root=(sudo)
  fi

  # The packages would start their servers. The tests start their own, so keep dpkg from it while they are installed.
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    trap '"${as_root[@]}" rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod 755 "$policy"
  fi

  echo "installing ${packages[*]}"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq update
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq install -y \
    --no-install-recommends "${packages[@]}"
}

[ ${#packages[@]} -eq 0 ] || debian

# The version is pinned: a judge that changes its mind is none.
version=0.26.0
target=$(cargo metadata --quiet --no-deps --format-version 1 | python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')
python=$target/test-python
installed='import importlib.metadata as m; print(m.version("prometheus-client"))'
if [ "$("$python/bin/python" -c "$installed" 2>/dev/null)" != "$version" ]; then
  echo "installing prometheus-client $version"
  python3 -m venv --clear "$python"
  "$python/bin/python" -m pip install --quiet --disable-pip-version-check "prometheus-client==$version"
fi
