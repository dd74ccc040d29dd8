//! The first row: is there a problem at all?

use kpi_registry::entity::Position;
use kpi_registry::registry::Registry;
use serde_json::Number;

use super::canvas::Key;
use super::layout::Size;
use super::look;
use super::panel::{Draft, Mode, targets};
use super::query::{self, Query};
use crate::wire::grafana::field::{
    Color, ColorMode, Defaults, FieldConfig, Step, Thresholds, ThresholdsMode,
};
use crate::wire::grafana::panel::Format;

/// The panels about the targets themselves, whatever their KPIs.
pub(super) fn drafts(registry: &Registry, agents: &[&str]) -> Vec<Draft> {
    let budget = registry.agents.iter().filter(|agent| agents.contains(&agent.name.as_str()));
    let budget =
        budget.filter_map(|agent| agent.series_budget).min().unwrap_or(registry.defaults.series_budget);
    vec![
        number(
            "up",
            "Instances up",
            "Targets of the chosen jobs that Prometheus can scrape. At 0 nothing below is current: look at the \
             target's own log and at Prometheus' page of targets.",
            &query::targets_up(),
            vec![step("red", None), step("green", Some(1))],
        ),
        Draft {
            not_narrowed: Some("alerts have the labels of their expressions, not of a target"),
            ..number(
                "alerts",
                "Alerts firing",
                "Alerts on these agents that fire now. The red marks on the graphs say which, and since when.",
                &query::alerts_firing(agents),
                vec![step("green", None), step("red", Some(1))],
            )
        },
        number(
            "series",
            "Series per instance",
            "Series that the newest scrape of each instance stored, beside the budget of the registry. Above it, look \
             for a label with too many values.",
            &query::series_scraped(),
            vec![step("green", None), step("orange", Some(budget))],
        ),
    ]
}

fn number(key: &str, title: &str, description: &str, query: &Query, steps: Vec<Step>) -> Draft {
    Draft {
        key: Key::Text(["@", key].concat()),
        position: Position::default(),
        size: Size { width: 8, height: 4 },
        visualization: look::stat(true),
        title: title.into(),
        description: description.into(),
        targets: targets([query], Mode::Range(Format::TimeSeries, false)),
        field_config: FieldConfig {
            defaults: Defaults {
                unit: "short".into(),
                decimals: Some(0),
                min: Some(Number::from(0)),
                max: None,
                no_value: "No data".into(),
                color: Color { mode: ColorMode::Thresholds, fixed_color: None },
                mappings: Vec::new(),
                thresholds: Thresholds { mode: ThresholdsMode::Absolute, steps },
                custom: None,
            },
            overrides: Vec::new(),
        },
        not_narrowed: None,
    }
}

fn step(color: &str, value: Option<u64>) -> Step {
    Step { color: color.into(), value: value.map(Number::from) }
}
