//! What stands around the panels: variables, events and links.

use kpi_registry::promql::{Matcher, Selector, Variable as Name};
use kpi_registry::registry::Registry;

use super::{provisioning, query};
use crate::wire::grafana::variable::{Choice, LabelValues, Variable, VariableQuery};
use crate::wire::grafana::{Annotation, DashboardLink, DataSourceRef};

use super::panel::datasource;

/// The data source, the jobs of the agents, and the instances of the chosen jobs.
pub(super) fn variables(registry: &Registry, agents: &[&str]) -> Vec<Variable> {
    let jobs = LabelValues {
        selector: Selector::new("up").matching(Matcher::any_of("agent", agents)),
        label: "job",
    };
    let of_job = Selector::new("up").matching(Matcher::variable("job", Name::new("job")));
    let instances = LabelValues { selector: of_job, label: "instance" };
    let source = Choice { text: "Prometheus".into(), value: provisioning::datasource_uid(registry) };
    vec![
        Variable::DataSource {
            name: "datasource".into(),
            label: "Data source".into(),
            query: "prometheus".into(),
            refresh: 1,
            current: source,
        },
        of_labels("job", "Job", &jobs),
        of_labels("instance", "Instance", &instances),
    ]
}

fn of_labels(name: &str, label: &str, values: &LabelValues<Selector>) -> Variable {
    let query = values.to_string();
    Variable::Query {
        name: name.into(),
        label: label.into(),
        datasource: datasource(),
        definition: query.clone(),
        query: VariableQuery {
            qry_type: 1,
            query,
            ref_id: "PrometheusVariableQueryEditor-VariableQuery".into(),
        },
        refresh: 2,
        sort: 1,
        multi: true,
        include_all: true,
        all_value: ".+".into(),
        current: Choice { text: vec!["All".into()], value: vec!["$__all".into()] },
    }
}

/// Grafana's own events, alerts that fire, and starts of processes.
pub(super) fn annotations(agents: &[&str]) -> Vec<Annotation> {
    vec![
        Annotation {
            built_in: Some(1),
            datasource: DataSourceRef { kind: "grafana".into(), uid: "-- Grafana --".into() },
            hide: true,
            icon_color: "rgba(0, 211, 255, 1)".into(),
            kind: Some("dashboard".into()),
            ..event("Annotations & Alerts")
        },
        Annotation {
            icon_color: "red".into(),
            expr: Some(query::firing(agents).to_string()),
            title_format: Some("{{alertname}}".into()),
            text_format: Some("{{kpi}} {{severity}}".into()),
            tag_keys: Some("severity,kpi,agent".into()),
            ..event("Alerts")
        },
        Annotation {
            icon_color: "blue".into(),
            expr: Some(query::process_starts().to_string()),
            title_format: Some("Start of {{instance}}".into()),
            use_value_for_time: Some(true),
            ..event("Starts")
        },
    ]
}

fn event(name: &str) -> Annotation {
    Annotation {
        built_in: None,
        datasource: datasource(),
        enable: true,
        hide: false,
        icon_color: String::new(),
        name: name.into(),
        kind: None,
        expr: None,
        step: None,
        title_format: None,
        text_format: None,
        tag_keys: None,
        use_value_for_time: None,
    }
}

/// A menu of the platform's other dashboards, which take variables and time over.
pub(super) fn link_to_others(registry: &Registry) -> DashboardLink {
    DashboardLink {
        kind: "dashboards".into(),
        title: registry.platform.value.clone(),
        tooltip: "Other dashboards of this platform".into(),
        icon: "external link".into(),
        tags: vec!["generated".into(), registry.platform.value.clone()],
        as_dropdown: true,
        include_vars: true,
        keep_time: true,
        target_blank: false,
    }
}
