//! The registry files of version 1.

use super::{Migration, left_out, thresholds};
use crate::document::{Item, Map, Value};

/// Takes over the top level of a registry, of either version.
pub(super) fn take(root: Item, into: &mut Migration) {
    into.head.extend(root.before);
    let Value::Map(map) = root.value else { return };
    for (key, mut item) in map {
        match key.as_str() {
            "version" => {
                into.head.append(&mut item.before);
                into.head.extend(item.after.take());
            }
            "platform" => {
                into.head.append(&mut item.before);
                into.platform_comment = item.after.take();
            }
            "kpis" => {
                into.kpis_comments.append(&mut item.before);
                into.kpis_comments.extend(item.after.take());
                if let Value::List(kpis) = item.value {
                    into.kpis.extend(kpis.into_iter().map(kpi));
                }
            }
            "agents" => {
                into.agents_comments.append(&mut item.before);
                into.agents_comments.extend(item.after.take());
                if let Value::Map(agents) = item.value {
                    into.agents.extend(agents);
                }
            }
            "include" => into.rest.extend(left_out("the files it names stand here now", key, item)),
            "export_config" => {
                let labels = export_labels(&item);
                into.rest.extend(left_out(
                    "version 2 exports every KPI; the prefix is `platform`",
                    key,
                    item,
                ));
                into.rest.extend(labels);
            }
            "validation_rules" => {
                into.rest.extend(left_out("`kpi check` has these rules built in", key, item));
            }
            "last_updated" | "schema_version" => {
                into.head.extend(left_out("version 2 has no such key", key, item));
            }
            _ if into.is_current || key.starts_with("x-") => into.others.push((key, item)),
            _ => into.rest.extend(left_out("version 2 has no such key", key, item)),
        }
    }
}

/// What becomes of the export labels, none of which had a bound.
fn export_labels(config: &Item) -> Vec<String> {
    let labels = config.get("prometheus").and_then(|prometheus| prometheus.get("labels"));
    let Some(Value::List(items)) = labels.map(|labels| &labels.value) else { return Vec::new() };
    let names: Vec<&str> = items.iter().filter_map(Item::scalar).collect();
    if names.is_empty() {
        return Vec::new();
    }
    [
        "#".to_owned(),
        format!(
            "# No KPI has these labels any more, because nothing bounds their values: {}.",
            names.join(", ")
        ),
        "# Where the values are known, declare the label and name it under the KPIs that have it:".to_owned(),
        "#   labels: {<name>: {values: [...]}}".to_owned(),
        "# Users and moments have no end: they belong into logs and traces.".to_owned(),
    ]
    .into()
}

/// One entry of `kpis:`. What version 2 has no key for stands above it as a comment.
fn kpi(mut item: Item) -> Item {
    let Value::Map(map) = std::mem::take(&mut item.value) else { return item };
    let mut kept = Map::new();
    for (key, mut value) in map {
        match key.as_str() {
            "risk_thresholds" => {
                let mut levels = Item::default();
                let Value::Map(conditions) = std::mem::take(&mut value.value) else { continue };
                levels.inherit(&mut value);
                let (levels_map, said) = thresholds::of_registry(conditions);
                levels.comment(said);
                if levels_map.is_empty() {
                    item.before.append(&mut levels.before);
                } else {
                    levels.value = Value::Map(levels_map);
                    kept.push(("thresholds".into(), levels));
                }
            }
            _ if KEYS.contains(&key.as_str()) => kept.push((key, value)),
            _ => item.before.extend(left_out("version 2 has no such key", key, value)),
        }
    }
    item.value = Value::Map(kept);
    item
}

/// The keys of a KPI, of both versions.
const KEYS: &[&str] = &[
    "name",
    "description",
    "unit",
    "prometheus_metric",
    "type",
    "expr",
    "agents",
    "labels",
    "buckets",
    "thresholds",
    "normal_range",
    "aggregations",
    "slo",
    "dashboard",
    "trace",
    "depends_on",
    "init",
    "no_data",
    "tier",
    "stability",
    "since",
    "renamed_from",
    "deprecated",
    "owner",
    "runbook",
    "action",
    "category",
    "tags",
    "cost_center",
];

/// A KPI defined in an agent's file: the agent must emit it.
pub(super) fn inline_kpi(item: Item, agent: &str) -> Item {
    let mut item = kpi(item);
    if let Value::Map(map) = &mut item.value
        && !map.iter().any(|(key, _)| key == "agents")
    {
        map.push(("agents".into(), Item::of(Value::List(vec![Item::text(agent)]))));
    }
    item
}
