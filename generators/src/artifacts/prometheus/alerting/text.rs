//! What alerts say.

use kpi_registry::entity::{AgentId, KpiId, Measure};
use kpi_registry::registry::Registry;
use kpi_registry::value::{BuiltinUnit, Decimal, PromDuration, Unit};

use super::Context;
use crate::ids::{dashboard_uid, is_plain_uid};
use crate::wire::template::{Template, ValueFormat};

/// How a value of some measure is written: the format of the number, and what follows it.
pub(super) struct Writing {
    format: ValueFormat,
    suffix: String,
}

impl Writing {
    /// For values around a threshold, in a unit, as a recipe measures them.
    pub(in crate::artifacts::prometheus) fn new(
        unit: &Unit,
        measure: Measure,
        window: PromDuration,
        threshold: Decimal,
    ) -> Self {
        // Below a thousand a prefix would be one like `m`, and `10m/s` is read as something else.
        let large = threshold.to_f64().abs() >= 1000.0;
        let number = if large { ValueFormat::Thousands } else { ValueFormat::Plain };
        let (format, symbol) = of_unit(unit, number);
        let counted = if matches!(format, ValueFormat::Binary) { format } else { number };
        let noun = if symbol.is_empty() { "" } else { " " };
        match measure {
            Measure::Unit if matches!(format, ValueFormat::Duration | ValueFormat::Percentage) => {
                Self { format, suffix: String::new() }
            }
            Measure::Unit if symbol == "%" => Self { format, suffix: symbol },
            Measure::Unit => Self { format, suffix: noun.to_owned() + &symbol },
            Measure::UnitPerSecond => Self { format: counted, suffix: format!("{noun}{symbol}/s") },
            Measure::UnitPerWindow => Self { format: counted, suffix: format!("{noun}{symbol} in {window}") },
            Measure::ObservationsPerSecond => Self { format: counted, suffix: " observations/s".into() },
            Measure::ObservationsPerWindow => {
                Self { format: counted, suffix: format!(" observations in {window}") }
            }
            Measure::Series => Self { format: counted, suffix: " series".into() },
            Measure::Share => Self { format: ValueFormat::Percentage, suffix: String::new() },
        }
    }

    /// Adds the alert's value.
    pub(in crate::artifacts::prometheus) fn value<'a>(&self, template: Template<'a>) -> Template<'a> {
        template.value(self.format).then(self.suffix.clone())
    }

    /// A number that is known, exactly.
    pub(in crate::artifacts::prometheus) fn exact(&self, number: Decimal) -> String {
        match self.format {
            ValueFormat::Percentage => match number.checked_mul(Decimal::from(100)) {
                Some(percent) => format!("{percent}%"),
                None => number.to_string(),
            },
            ValueFormat::Duration => format!("{number} s"),
            _ => format!("{number}{}", self.suffix),
        }
    }
}

/// The format of a unit, and its symbol.
fn of_unit(unit: &Unit, number: ValueFormat) -> (ValueFormat, String) {
    use BuiltinUnit as U;
    let format = match unit {
        Unit::Builtin(U::Seconds) => ValueFormat::Duration,
        Unit::Builtin(U::Ratio) => ValueFormat::Percentage,
        Unit::Builtin(U::Bytes) => ValueFormat::Binary,
        Unit::Builtin(U::Usd | U::Eur) => ValueFormat::Cents,
        Unit::Builtin(U::Count | U::Tokens | U::Requests | U::Messages | U::Watts | U::Joules | U::Hertz) => {
            number
        }
        Unit::Builtin(_) | Unit::Custom(_) => ValueFormat::Plain,
    };
    // The UCUM code of a plain number.
    let symbol = if unit.symbol() == "1" { "" } else { unit.symbol() };
    (format, symbol.to_owned())
}

/// `name` of the agent that the alert is about.
pub(in crate::artifacts::prometheus) fn of_agent<'a>(
    text: String,
    registry: &Registry,
    agents: &[AgentId],
) -> Template<'a> {
    match agents {
        [] => Template::text(text),
        [only] => Template::text(format!("{text} of {}", registry.agent(*only).name)),
        _ => Template::text(text + " of ").label_or("agent", "an agent"),
    }
}

/// `, route analyze, instance neuros:8000` for the labels the expression keeps.
pub(in crate::artifacts::prometheus) fn places(template: Template<'_>, labels: Vec<String>) -> Template<'_> {
    labels.into_iter().fold(template, |template, label| template.then(format!(", {label} ")).label(label))
}

/// The address of the panel that shows a KPI: on the dashboard it names, or else on that of the alert's agent.
pub(in crate::artifacts::prometheus) fn panel_link<'a>(
    context: &Context<'a>,
    kpi: KpiId,
    agents: &[AgentId],
) -> Option<Template<'a>> {
    let registry = context.registry;
    let grafana = registry.targets.grafana_url.as_deref()?.trim_end_matches('/');
    let hints = &registry.kpi(kpi).dashboard;
    let start = Template::text(format!("{grafana}/d/"));
    let uid = |name: &str| dashboard_uid(&registry.platform, name);
    let name = |agent: &AgentId| -> &'a str { &registry.agent(*agent).name.value };
    let dashboard = match (&hints.dashboard, agents) {
        (Some(named), _) => start.then(uid(named)),
        (None, []) => return None,
        (None, [only]) => start.then(uid(name(only))),
        // Uids of agents are plain unless a name is very long.
        (None, several) if several.iter().all(|agent| is_plain_uid(&plain_uid(registry, name(agent)))) => {
            start.then(plain_uid(registry, "")).label("agent")
        }
        (None, several) => {
            let cases = several.iter().map(|agent| (name(agent), uid(name(agent))));
            start.choice("agent", cases.collect())
        }
    };
    if hints.hide {
        return Some(dashboard);
    }
    Some(dashboard.then(format!("?viewPanel={}", context.panels.main(kpi))))
}

fn plain_uid(registry: &Registry, name: &str) -> String {
    format!("{}-{name}", registry.platform)
}

/// A sentence without its full stop.
pub(in crate::artifacts::prometheus) fn unstopped(text: &str) -> &str {
    text.trim_end().trim_end_matches('.')
}
