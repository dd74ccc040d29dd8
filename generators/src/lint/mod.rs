//! What is right for any generated dashboard: the rules of Grafana's dashboard-linter, and the traps it doesn't know.
//!
//! Two of its 17 rules, about Loki, can't be broken by [`Dashboard`], which holds Prometheus queries only.

pub mod inhibition;
mod query;

use std::collections::BTreeSet;

use kpi_registry::promql::Dialect;
use kpi_registry::value::PrometheusVersion;

use crate::wire::grafana::Dashboard;
use crate::wire::grafana::panel::{Element, GridPos, Panel};
use crate::wire::grafana::variable::Variable;
use crate::wire::grafana::visualization::Visualization;

/// One thing that is not right.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// The rule, as dashboard-linter calls it where it has it.
    pub rule: &'static str,
    /// The title of the panel; empty for the dashboard as a whole.
    pub panel: String,
    /// What is wrong.
    pub problem: String,
}

/// Everything that is not right about a dashboard that asks a Prometheus of a version.
pub fn lint(dashboard: &Dashboard, version: PrometheusVersion) -> Vec<Violation> {
    let dialect = Dialect::panels(version);
    let mut found = Vec::new();
    let mut complain = |rule, panel: &str, problem: String| {
        found.push(Violation { rule, panel: panel.to_owned(), problem });
    };
    of_dashboard(dashboard, &mut complain);
    of_variables(dashboard, dialect, &mut complain);
    of_grid(dashboard, &mut complain);
    for panel in panels(dashboard) {
        of_panel(panel, &mut complain);
        for target in &panel.targets {
            query::of_query(&panel.title, &target.expr, dialect, &mut complain);
        }
    }
    found
}

/// Every panel, those of closed rows too.
pub fn panels(dashboard: &Dashboard) -> impl Iterator<Item = &Panel> {
    dashboard.panels.iter().flat_map(|element| match element {
        Element::Row(row) => row.panels.iter().collect::<Vec<_>>(),
        Element::Panel(panel) => vec![panel.as_ref()],
    })
}

fn of_dashboard(dashboard: &Dashboard, complain: &mut impl FnMut(&'static str, &str, String)) {
    if dashboard.editable {
        complain("uneditable-dashboard", "", "it can be edited".into());
    }
    let plain = dashboard.uid.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if !plain || dashboard.uid.is_empty() || dashboard.uid.len() > 40 {
        complain("uid", "", format!("`{}` is no uid", dashboard.uid));
    }
    if dashboard.title.is_empty() || dashboard.description.is_empty() {
        complain("title-description", "", "it has no title or description".into());
    }
    if dashboard.schema_version != 42 {
        complain("schema-version", "", "Grafana would migrate it".into());
    }
}

fn of_variables(
    dashboard: &Dashboard,
    dialect: Dialect,
    complain: &mut impl FnMut(&'static str, &str, String),
) {
    let list = &dashboard.templating.list;
    match list.first() {
        Some(Variable::DataSource { name, label, query, .. })
            if name == "datasource" && label == "Data source" && query == "prometheus" => {}
        _ => complain("template-datasource-rule", "", "the first variable is not `datasource`".into()),
    }
    for (rule, wanted, title) in
        [("template-job-rule", "job", "Job"), ("template-instance-rule", "instance", "Instance")]
    {
        let right = |variable: &Variable| match variable {
            Variable::Query { name, label, datasource, multi, all_value, .. } => {
                name == wanted
                    && label == title
                    && datasource.uid == "${datasource}"
                    && *multi
                    && all_value == ".+"
            }
            Variable::DataSource { .. } => false,
        };
        if !list.iter().any(right) {
            complain(rule, "", format!("there is no variable `{wanted}` as it should be"));
        }
    }
    for variable in list {
        if let Variable::Query { name, definition, query: asked, refresh, current, .. } = variable {
            let inner = definition.strip_prefix("label_values(").and_then(|rest| rest.strip_suffix(')'));
            let selector = inner.and_then(|inner| inner.rsplit_once(", ")).map(|(selector, _)| selector);
            if selector.is_none_or(|selector| !query::selects(selector, dialect))
                || *definition != asked.query
            {
                complain("template-label-promql-rule", "", format!("`{name}` has the query `{definition}`"));
            }
            if *refresh != 2 {
                complain("template-on-time-change-reload-rule", "", format!("`{name}` is read only once"));
            }
            if current.value.is_empty() || current.text.is_empty() {
                complain("template-current", "", format!("`{name}` has nothing chosen"));
            }
        }
    }
}

/// Ids and places. Panels of a closed row are judged among themselves.
fn of_grid(dashboard: &Dashboard, complain: &mut impl FnMut(&'static str, &str, String)) {
    let mut ids = BTreeSet::new();
    let mut open: Vec<(&str, GridPos)> = Vec::new();
    let mut check_id = |id: u32, title: &str, complain: &mut dyn FnMut(&'static str, &str, String)| {
        if id == 0 || !ids.insert(id) {
            complain("panel-id", title, format!("the id {id} is 0 or taken"));
        }
    };
    for element in &dashboard.panels {
        match element {
            Element::Row(row) => {
                check_id(row.id, &row.title, complain);
                open.push((&row.title, row.grid_pos));
                for panel in &row.panels {
                    check_id(panel.id, &panel.title, complain);
                }
                let closed: Vec<_> =
                    row.panels.iter().map(|panel| (panel.title.as_str(), panel.grid_pos)).collect();
                overlaps(&closed, complain);
            }
            Element::Panel(panel) => {
                check_id(panel.id, &panel.title, complain);
                open.push((&panel.title, panel.grid_pos));
            }
        }
    }
    overlaps(&open, complain);
}

fn overlaps(places: &[(&str, GridPos)], complain: &mut impl FnMut(&'static str, &str, String)) {
    let mut taken = BTreeSet::new();
    for (title, place) in places {
        if place.w == 0 || place.h == 0 || place.x + place.w > 24 {
            complain("panel-grid", title, "it leaves the grid".into());
        }
        let cells =
            (place.y..place.y + place.h).flat_map(|y| (place.x..place.x + place.w).map(move |x| (x, y)));
        if cells.filter(|cell| !taken.insert(*cell)).count() > 0 {
            complain("panel-grid", title, "it overlaps another".into());
        }
    }
}

/// Grafana units that people write and that don't exist.
const NO_UNITS: &[&str] = &["", "seconds", "milliseconds", "USD", "requests", "%"];

fn of_panel(panel: &Panel, complain: &mut impl FnMut(&'static str, &str, String)) {
    let title = panel.title.as_str();
    if panel.datasource.uid != "${datasource}"
        || panel.targets.iter().any(|target| target.datasource != panel.datasource)
    {
        complain("panel-datasource-rule", title, "it does not use `$datasource`".into());
    }
    if title.is_empty() || panel.description.is_empty() {
        complain("panel-title-description-rule", title, "it has no title or description".into());
    }
    let defaults = &panel.field_config.defaults;
    if NO_UNITS.contains(&defaults.unit.as_str()) {
        complain("panel-units-rule", title, format!("`{}` is no unit", defaults.unit));
    }
    if panel.targets.is_empty() {
        complain("panel-no-targets-rule", title, "it asks nothing".into());
    }
    for target in &panel.targets {
        let can_show =
            matches!(panel.visualization, Visualization::Timeseries(_) | Visualization::Heatmap(_));
        if target.exemplar && !(target.range && can_show) {
            complain("exemplars", title, "it can't show the exemplars it asks for".into());
        }
        if target.range == target.instant || target.legend_format.is_empty() {
            complain("target-shape", title, format!("`{}` has no shape or legend", target.ref_id));
        }
    }
    let values: Vec<Option<f64>> = defaults
        .thresholds
        .steps
        .iter()
        .map(|step| step.value.as_ref().and_then(serde_json::Number::as_f64))
        .collect();
    let ascends =
        values.windows(2).all(|pair| pair[1].is_some() && pair[0].is_none_or(|low| Some(low) < pair[1]));
    if values.first() != Some(&None) || !ascends {
        complain("thresholds", title, "the steps do not ascend from minus infinity".into());
    }
}
