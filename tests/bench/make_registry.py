#!/usr/bin/env python3
"""Writes a registry of N KPIs, in the mix a real platform has, to standard output.

usage: make_registry.py N [AGENTS [SLOS]]

Half are gauges with thresholds, a quarter counters with two closed labels, an eighth latency histograms with one,
an eighth plain gauges. The first SLOS counters, none by default, have an availability SLO. Deterministic.
"""
import sys


SLO = "    slo: {objective: 99.9, window: 30d, bad: {status: [server_error]}}\n"


def kpi(index, agents, slos):
    agent = f"agent{index % agents}"
    if index % 8 in (0, 1, 2, 3):
        return f"""\
  - name: vital_{index}
    description: Measured value number {index}
    unit: ms
    category: area_{index % 16}
    agents: [{agent}]
    thresholds: {{warning_high: 900, critical_high: 990}}
    normal_range: {{min: 30, max: 800, optimal: 50}}
    aggregations: [mean, max]
"""
    if index % 8 in (4, 5):
        return f"""\
  - name: requests_{index}
    description: Requests served, number {index}
    unit: requests
    type: counter
    category: area_{index % 16}
    agents: [{agent}]
    labels: [route, status]
    aggregations: [rate]
""" + (SLO if index // 8 * 2 + index % 2 < slos else "")
    if index % 8 == 6:
        return f"""\
  - name: latency_{index}
    description: Time to answer, number {index}
    unit: seconds
    type: histogram
    category: area_{index % 16}
    agents: [{agent}]
    labels: [route]
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    aggregations: [p50, p95]
"""
    return f"""\
  - name: level_{index}
    description: Level number {index}
    unit: count
    category: area_{index % 16}
    agents: [{agent}]
"""


def main():
    count = int(sys.argv[1])
    agents = int(sys.argv[2]) if len(sys.argv) > 2 else 4
    slos = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    out = sys.stdout
    out.write("version: 2\nplatform: bench\ndefaults: {owner: platform-team, series_budget: 10000000}\n")
    out.write("prometheus: {retention: 31d}\n" if slos else "")
    out.write("labels:\n  route: {description: HTTP route, values: [analyze, health, stream]}\n")
    out.write("  status: {description: Outcome class, values: [ok, client_error, server_error]}\n")
    out.write("agents:\n")
    for index in range(agents):
        out.write(f"  agent{index}: {{description: Agent {index}, port: {8000 + index}, targets: [\"agent{index}:{8000 + index}\"]}}\n")
    out.write("kpis:\n")
    out.writelines(kpi(index, agents, slos) for index in range(count))


main()
