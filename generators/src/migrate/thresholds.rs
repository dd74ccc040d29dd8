//! Conditions of version 1 as thresholds.

use crate::document::{self, Item, Map, Value};
use kpi_registry::entity::Level;
use kpi_registry::value::Condition;

/// `risk_thresholds: {critical | warning | elevated: {condition, action}}`; and what no threshold can carry, as lines.
pub(super) fn of_registry(conditions: Map) -> (Map, Vec<String>) {
    let (mut levels, mut said) = (Map::new(), Vec::new());
    for (name, mut item) in conditions {
        let original = (name.clone(), item.clone());
        let mut threshold = Item::default();
        threshold.inherit(&mut item);
        let Value::Map(fields) = item.value else {
            said.extend(as_lines(original));
            continue;
        };
        let mut rest = Map::new();
        let mut level = None;
        for (key, mut field) in fields {
            match key.as_str() {
                "condition" => {
                    level = field.scalar().and_then(|text| level_of(text, name == "critical"));
                    if level.is_some() {
                        threshold.inherit(&mut field);
                    }
                }
                "action" => rest.push((key, field)),
                _ => threshold.comment(as_lines((key, field))),
            }
        }
        let Some((level, condition)) = level.filter(|(level, _)| !has(&levels, *level)) else {
            said.extend(as_lines(original));
            continue;
        };
        explain(&mut threshold, &condition, (name == "elevated").then_some("elevated"));
        let value = Item::text(condition.value.to_string());
        threshold.value = if rest.is_empty() {
            value.value
        } else {
            rest.insert(0, ("value".into(), value));
            Value::Map(rest)
        };
        levels.push((level.as_str().into(), threshold));
    }
    if !said.is_empty() {
        said.insert(0, "version 1 also said, which no threshold can carry:".into());
    }
    (levels, said)
}

/// The threshold of a binding's `risk_if` or `caution_if`; `None` when none can carry it.
pub(super) fn of_binding(key: &str, item: &Item, taken: &Map) -> Option<(String, Item)> {
    let is_critical = match key {
        "risk_if" => true,
        "caution_if" => false,
        _ => return None,
    };
    let (level, condition) = level_of(item.scalar()?, is_critical)?;
    if has(taken, level) {
        return None;
    }
    let mut threshold = Item::text(condition.value.to_string());
    threshold.inherit(&mut item.clone());
    explain(&mut threshold, &condition, None);
    Some((level.as_str().into(), threshold))
}

fn level_of(text: &str, is_critical: bool) -> Option<(Level, Condition)> {
    let condition: Condition = text.parse().ok()?;
    let level = match (is_critical, condition.below) {
        (true, true) => Level::CriticalLow,
        (true, false) => Level::CriticalHigh,
        (false, true) => Level::WarningLow,
        (false, false) => Level::WarningHigh,
    };
    condition.over.is_none().then_some((level, condition))
}

fn has(levels: &Map, level: Level) -> bool {
    levels.iter().any(|(name, _)| name == level.as_str())
}

/// What the registry says instead of an agent's own thresholds, where it says anything on the same side.
pub(super) fn disagreement(own: &Item, registry: &Item) -> Option<String> {
    let number = |item: &Item| item.scalar().or_else(|| item.get("value")?.scalar()).map(str::to_owned);
    let lines = |item: &Item| -> Vec<(Level, String)> {
        let found = Level::ALL.into_iter().map(|level| Some((level, number(item.get(level.as_str())?)?)));
        found.flatten().collect()
    };
    let own = lines(own);
    let same_side =
        |(level, _): &(Level, String)| own.iter().any(|(mine, _)| mine.is_low() == level.is_low());
    let theirs: Vec<(Level, String)> = lines(registry).into_iter().filter(same_side).collect();
    let differs = !theirs.is_empty() && own.iter().any(|mine| !theirs.contains(mine));
    let said: Vec<String> =
        theirs.iter().map(|(level, value)| format!("{} {value}", level.as_str())).collect();
    differs.then(|| format!("the registry draws other lines, for everybody: {}", said.join(", ")))
}

/// Says what a threshold of version 2 does not.
fn explain(threshold: &mut Item, condition: &Condition, name: Option<&str>) {
    if let Some(name) = name {
        threshold.comment([format!("`{name}` in version 1")]);
    }
    if condition.inclusive {
        let (sign, side) = if condition.below { ("<=", "below") } else { (">=", "above") };
        threshold.comment([format!("`{sign} {}` in version 1; this one fires {side} it", condition.value)]);
    }
}

/// An entry as it stood, to be shown in a comment.
pub(super) fn as_lines(entry: (String, Item)) -> Vec<String> {
    document::lines(&vec![entry]).into_iter().map(|line| format!("  {line}")).collect()
}
