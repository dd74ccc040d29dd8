//! SLOs as text of a registry.

use kpi_registry::registry::Registry;

use super::goal::Goal;
use super::object::one_line;
use super::place::Entry;
use crate::document::{self, Item, Map, Value};

/// All entries: those under `slos:`, then those inside of KPIs.
pub(super) fn document(entries: &[Entry<'_>], registry: &Registry) -> String {
    let mut map = Map::new();
    let mut version = Item::text("2");
    version.comment(["Imported by `kpi import openslo`.".to_owned()]);
    map.push(("version".into(), version));
    let own = entries.iter().filter(|entry| entry.kpi.is_none()).map(|entry| own(entry, registry));
    let inside = entries.iter().filter_map(|entry| of_kpi(entry, registry));
    let heads = [
        ("slos", own.collect::<Vec<_>>(), None),
        (
            "kpis",
            inside.collect(),
            Some("Put each `slo` into its KPI: the rest of the KPI is not repeated here."),
        ),
    ];
    for (key, items, comment) in heads {
        if items.is_empty() {
            continue;
        }
        let mut list = Item { before: vec![String::new()], ..Item::of(Value::List(items)) };
        list.comment(comment.map(str::to_owned));
        map.push((key.into(), list));
    }
    document::document(&map, &[])
}

/// An entry of `slos:`.
fn own(entry: &Entry<'_>, registry: &Registry) -> Item {
    let promise = &entry.promise;
    let mut map = vec![("name".to_owned(), Item::text(&promise.name.value))];
    map.extend(promise.description.iter().map(|text| ("description".to_owned(), Item::text(one_line(text)))));
    let kpis = promise.measure.kpis.iter().map(|kpi| Item::text(&registry.kpi(*kpi).name.value));
    map.push(("kpis".into(), Item::of(Value::List(kpis.collect()))));
    map.extend(promise.owner.iter().map(|owner| ("owner".to_owned(), Item::text(owner))));
    map.extend(terms(entry));
    let mut item = Item::of(Value::Map(map));
    item.comment(promise.lines.clone());
    item
}

/// An entry of `kpis:` with nothing but its SLO.
fn of_kpi(entry: &Entry<'_>, registry: &Registry) -> Option<Item> {
    let promise = &entry.promise;
    let kpi = registry.kpi(entry.kpi?);
    let slo = Item::of(Value::Map(terms(entry)));
    let map = vec![("name".to_owned(), Item::text(&kpi.name.value)), ("slo".to_owned(), slo)];
    let mut item = Item::of(Value::Map(map));
    let said = [("description", &promise.description), ("owner", &promise.owner)];
    let said =
        said.into_iter().filter_map(|(key, text)| Some(format!("{key}: {}", one_line(text.as_deref()?))));
    item.comment(promise.lines.iter().cloned().chain(said));
    Some(item)
}

/// Objective, period and goal.
fn terms(entry: &Entry<'_>) -> Map {
    let promise = &entry.promise;
    let mut map = Map::new();
    if let Some(profile) = entry.terms.profile {
        map.push(("profile".into(), Item::text(&profile.name.value)));
    } else {
        map.push(("objective".into(), Item::text(promise.objective.to_string())));
        map.push(("window".into(), Item::text(promise.period.to_string())));
    }
    if !promise.measure.by.is_empty() {
        map.push(("by".into(), list(&promise.measure.by)));
    }
    let (key, goal) = match &promise.measure.goal {
        Goal::Bad(labels) => {
            let bad = labels.iter().map(|(label, values)| (label.clone(), list(values)));
            ("bad", Item::of(Value::Map(bad.collect())))
        }
        Goal::Latency(limit) => ("latency", Item::text(limit.to_string())),
        Goal::InRange { min, max } => {
            let ends = [("min", min), ("max", max)].into_iter();
            let ends = ends.filter_map(|(key, end)| Some((key.to_owned(), Item::text((*end)?.to_string()))));
            ("in_range", Item::of(Value::Map(ends.collect())))
        }
    };
    map.push((key.into(), goal));
    map
}

fn list(texts: &[String]) -> Item {
    Item::of(Value::List(texts.iter().map(Item::text).collect()))
}
