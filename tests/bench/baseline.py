#!/usr/bin/env python3
"""The straightforward way: load a registry with PyYAML, loop, dump rules and dashboards.

usage: baseline.py REGISTRY OUT [--libyaml] [--rules]

Makes the same recording rules, threshold alerts, rules of SLOs and panels (with --rules no panels) as `kpi generate` from the registries of make_registry.py,
without checks, tests of rules, escaping or a manifest: the least a team would write by hand. With --libyaml the C
parser and emitter of PyYAML are used.
"""
import json
import os
import sys

import yaml

FAST = "--libyaml" in sys.argv
LOADER = yaml.CSafeLoader if FAST else yaml.SafeLoader
DUMPER = yaml.CSafeDumper if FAST else yaml.SafeDumper


def metric(registry, kpi):
    suffix = {"ms": "_ms", "seconds": "_seconds", "requests": "_requests", "count": ""}[kpi["unit"]]
    total = "_total" if kpi.get("type") == "counter" else ""
    return f"{registry['platform']}_{kpi['name']}{suffix}{total}"


def recording_rules(registry, kpi):
    name, kind = metric(registry, kpi), kpi.get("type", "gauge")
    labels = ["agent", *kpi.get("labels", [])]
    by, level = ", ".join(labels), "_".join(labels)
    for op in kpi.get("aggregations", []):
        if kind == "gauge":
            fn = {"mean": "avg", "max": "max"}[op]
            yield {"record": f"{level}:{name}:{op}", "expr": f"{fn} by ({by}) ({name})"}
        elif kind == "counter":
            yield {"record": f"{level}:{name.removesuffix('_total')}:rate5m", "expr": f"sum by ({by}) (rate({name}[5m]))"}
        else:
            quantile = int(op[1:]) / 100
            expr = f"histogram_quantile({quantile}, sum by ({by}, le) (rate({name}_bucket[5m])))"
            yield {"record": f"{level}:{name}:{op}_5m", "expr": expr}


def alerts(registry, kpi, agent):
    name = metric(registry, kpi)
    for level, value in kpi.get("thresholds", {}).items():
        severity, side = level.split("_")
        fn, sign = ("max_over_time", "<") if side == "low" else ("min_over_time", ">")
        yield {
            "alert": "".join(word.title() for word in f"{agent}_{kpi['name']}_{level}".split("_")),
            "expr": f'{fn}({name}{{agent="{agent}"}}[30s]) {sign} {value}',
            "for": "5m" if severity == "critical" else "10m",
            "labels": {"severity": severity, "kpi": kpi["name"], "agent": agent, "team": registry["defaults"]["owner"]},
            "annotations": {
                "summary": f"{kpi['name']} is {side} on {agent}",
                "description": f"{kpi['description']}: {{{{ $value }}}} {kpi['unit']}",
            },
        }


def slo_rules(registry, kpi, agent):
    slo = kpi.get("slo")
    if not slo:
        return
    name, budget = metric(registry, kpi), (100 - slo["objective"]) / 100
    bad = "|".join(slo["bad"]["status"])
    ratio = f"{name.removesuffix('_total')}:error_ratio"
    labels = {"slo_id": f"{agent}-{kpi['name']}", "agent": agent}
    for window in ["5m", "30m", "1h", "2h", "6h", "1d", "3d", "30d"]:
        errors = f'sum(rate({name}{{agent="{agent}", status=~"{bad}"}}[{window}]))'
        total = f'sum(rate({name}{{agent="{agent}"}}[{window}]))'
        yield {"record": f"{ratio}_rate{window}", "expr": f"{errors} / {total}", "labels": labels}
    yield {"record": f"{ratio}:budget", "expr": f"vector({budget})", "labels": labels}
    for tier, factor, long, short in [
        ("page", 14.4, "1h", "5m"), ("page", 6, "6h", "30m"), ("ticket", 3, "1d", "2h"), ("ticket", 1, "3d", "6h"),
    ]:
        legs = [f'{ratio}_rate{window}{{slo_id="{labels["slo_id"]}"}} > {factor * budget}' for window in (long, short)]
        yield {
            "alert": "".join(word.title() for word in f"{agent}_{kpi['name']}_budget_burn".split("_")),
            "expr": " and ".join(legs),
            "labels": labels | {"severity": "critical" if tier == "page" else "warning", "burn_tier": tier, "long": long},
            "annotations": {"summary": f"{kpi['name']} burns its error budget {factor} times too fast"},
        }


def panel(registry, kpi, index):
    name, kind = metric(registry, kpi), kpi.get("type", "gauge")
    selector = name + '{job=~"$job", instance=~"$instance"}'
    if kind == "counter":
        selector = f"sum(rate({selector}[$__rate_interval]))"
    elif kind == "histogram":
        bucket = name + '_bucket{job=~"$job", instance=~"$instance"}'
        selector = f"histogram_quantile(0.95, sum by (le) (rate({bucket}[$__rate_interval])))"
    steps = [{"color": "green", "value": None}]
    steps += [{"color": "red", "value": value} for value in sorted(kpi.get("thresholds", {}).values())]
    return {
        "id": index + 1,
        "type": "timeseries",
        "title": kpi["name"],
        "description": kpi["description"],
        "gridPos": {"h": 8, "w": 12, "x": 12 * (index % 2), "y": 8 * (index // 2)},
        "datasource": {"type": "prometheus", "uid": "${datasource}"},
        "fieldConfig": {"defaults": {"unit": "short", "thresholds": {"mode": "absolute", "steps": steps}}, "overrides": []},
        "targets": [{"refId": "A", "expr": selector}],
    }


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def main():
    registry = yaml.load(open(sys.argv[1], encoding="utf-8"), Loader=LOADER)
    out = sys.argv[2]
    os.makedirs(out, exist_ok=True)
    groups = {}
    for agent in registry["agents"]:
        own = [kpi for kpi in registry["kpis"] if agent in kpi["agents"]]
        groups[agent + "-records"] = [rule for kpi in own for rule in recording_rules(registry, kpi)]
        groups[agent + "-alerts"] = [rule for kpi in own for rule in alerts(registry, kpi, agent)]
        groups[agent + "-slos"] = [rule for kpi in own for rule in slo_rules(registry, kpi, agent)]
        if "--rules" in sys.argv:
            continue
        dashboard = {"title": agent, "panels": [panel(registry, kpi, index) for index, kpi in enumerate(own)]}
        write(os.path.join(out, agent + ".json"), json.dumps(dashboard, indent=2))
    document = {"groups": [{"name": name, "rules": rules} for name, rules in groups.items()]}
    write(os.path.join(out, "rules.yml"), yaml.dump(document, Dumper=DUMPER, sort_keys=False))


main()
