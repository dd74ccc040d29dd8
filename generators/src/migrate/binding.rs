//! An agent's bindings of version 1.

use super::{Migration, left_out, registry, thresholds};
use crate::document::{Item, Map, Value};

/// Takes over one file of bindings.
pub(super) fn take(root: Item, into: &mut Migration) {
    let mut agent = Item { before: root.before, ..Item::default() };
    let Value::Map(map) = root.value else { return };
    let mut name = String::from("agent");
    let (mut views, mut collaboration) = (Map::new(), None);
    for (key, mut item) in map {
        match key.as_str() {
            "agent" => {
                let written = item.scalar().unwrap_or_default();
                name = agent_name(written);
                let said = (name != written.to_lowercase()).then(|| format!("`{written}` in version 1"));
                agent.comment(said);
                inherit_lines(&mut agent, &mut item);
            }
            "version" => inherit_lines(&mut agent, &mut item),
            "kpis_used" | "kpis" => {
                inherit_lines(&mut agent, &mut item);
                let Value::List(items) = item.value else { continue };
                for item in items {
                    if item.get("name").is_some() && item.get("key").is_none() {
                        into.kpis.push(registry::inline_kpi(item, &name));
                    } else {
                        view(item, &mut views, &mut agent);
                    }
                }
            }
            "collaboration" => collaboration = Some(with_lower_agents(item)),
            _ => agent.before.extend(left_out("version 2 has no such key", key, item)),
        }
    }
    into.bound.extend(views.iter().map(|(kpi, view)| {
        let role = view.get("role").and_then(Item::scalar).map(str::to_owned);
        (kpi.clone(), name.clone(), role)
    }));
    let mut fields = Map::new();
    if !views.is_empty() {
        fields.push(("kpis".into(), Item::of(Value::Map(views))));
    }
    fields.extend(collaboration.map(|item| ("collaboration".to_owned(), item)));
    merge(&mut into.agents, name, agent, fields);
}

/// Adds an agent, or what a further file says of one that is there.
fn merge(agents: &mut Map, name: String, mut agent: Item, fields: Map) {
    let Some((_, known)) = agents.iter_mut().find(|(other, _)| *other == name) else {
        agent.value = Value::Map(fields);
        agents.push((name, agent));
        return;
    };
    known.before.append(&mut agent.before);
    if let Value::Null = known.value {
        known.value = Value::Map(Map::new());
    }
    let Value::Map(map) = &mut known.value else { return };
    for (key, item) in fields {
        match map.iter_mut().find(|(other, _)| *other == key) {
            None => map.push((key, item)),
            Some((_, Item { value: Value::Map(there), .. })) => {
                let Value::Map(more) = item.value else { continue };
                for (key, item) in more {
                    if there.iter().any(|(other, _)| *other == key) {
                        known.before.extend(left_out("a second file says it too", key, item));
                    } else {
                        there.push((key, item));
                    }
                }
            }
            Some(_) => known.before.extend(left_out("a second file says it too", key, item)),
        }
    }
}

fn inherit_lines(agent: &mut Item, item: &mut Item) {
    agent.before.extend(std::mem::take(&mut item.before).into_iter().filter(|line| !line.is_empty()));
    agent.before.extend(item.after.take());
}

/// The name an agent has today: small letters, digits and `_`.
fn agent_name(text: &str) -> String {
    let lower = text.trim().to_lowercase();
    lower.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// One entry of `kpis_used`: `{key, role, alerting}`, or the key alone.
fn view(mut item: Item, views: &mut Map, agent: &mut Item) {
    let Some(kpi) = item.scalar().or_else(|| item.get("key").and_then(Item::scalar)).map(str::to_owned)
    else {
        agent.before.extend(left_out("it names no KPI", "kpis_used".into(), item));
        return;
    };
    if views.iter().any(|(other, _)| *other == kpi) {
        agent.before.extend(left_out("it stands there twice", kpi, item));
        return;
    }
    let mut view = Item::default();
    let fields = std::mem::take(&mut item.value);
    view.inherit(&mut item);
    let mut kept = Map::new();
    if let Value::Map(fields) = fields {
        for (key, mut field) in fields {
            match key.as_str() {
                "key" => view.inherit(&mut field),
                "role" => kept.push((key, field)),
                "alerting" => alerting(field, &mut view, &mut kept),
                _ => view.before.extend(left_out("version 2 has no such key", key, field)),
            }
        }
    }
    if !kept.is_empty() {
        view.value = Value::Map(kept);
    }
    views.push((kpi, view));
}

/// `{risk_if, caution_if, actions}` and conditions that only a program can judge.
fn alerting(mut item: Item, view: &mut Item, kept: &mut Map) {
    let Value::Map(fields) = std::mem::take(&mut item.value) else { return };
    let mut levels = Item::default();
    levels.inherit(&mut item);
    let mut map = Map::new();
    let mut actions = None;
    for (key, field) in fields {
        if key == "actions" {
            actions = Some(action_names(field));
        } else if let Some(threshold) = thresholds::of_binding(&key, &field, &map) {
            map.push(threshold);
        } else {
            view.before.extend(left_out(
                "no threshold can carry it; write an alert or ask in the program",
                key,
                field,
            ));
        }
    }
    if map.is_empty() {
        view.before.append(&mut levels.before);
        view.before.extend(levels.after);
    } else {
        levels.value = Value::Map(map);
        kept.push(("thresholds".into(), levels));
    }
    kept.extend(actions.map(|actions| ("actions".to_owned(), actions)));
}

/// `[{name: x}]` → `[x]`.
fn action_names(mut actions: Item) -> Item {
    let Value::List(items) = &mut actions.value else { return actions };
    for item in items {
        let Value::Map(fields) = std::mem::take(&mut item.value) else { continue };
        let mut name = Item::default();
        for (key, mut field) in fields {
            if key == "name" {
                name.value = std::mem::take(&mut field.value);
                name.inherit(&mut field);
            } else {
                name.before.extend(left_out("version 2 has no such key", key, field));
            }
        }
        name.inherit(item);
        *item = name;
    }
    actions
}

/// Agents are written in small letters today.
fn with_lower_agents(mut item: Item) -> Item {
    if let Value::Map(sides) = &mut item.value {
        for (_, side) in sides {
            let Value::List(partners) = &mut side.value else { continue };
            for partner in partners {
                match &mut partner.value {
                    Value::Map(fields) => {
                        for (_, field) in fields.iter_mut().filter(|(key, _)| key == "agent") {
                            lower(field);
                        }
                    }
                    _ => lower(partner),
                }
            }
        }
    }
    item
}

fn lower(item: &mut Item) {
    if let Some(text) = item.scalar().map(agent_name) {
        item.value = Value::Text { text, raw: None };
    }
}
