//! SLOs for whatever else reads OpenSLO.

use std::collections::BTreeSet;

use kpi_registry::entity::AgentId;
use kpi_registry::promql::Expr;
use kpi_registry::registry::Registry;
use kpi_registry::value::{Decimal, PromDuration};

use super::prometheus::promises;
use crate::artifact::{Artifact, File, FileKind};
use crate::ids::{dns_label, with_hash};
use crate::wire::openslo::{
    API_VERSION, Indicator, IndicatorSpec, Labels, Metadata, Metric, MetricSource, Object, Objective, Query,
    RatioMetric, ServiceSpec, SloSpec, TimeWindow,
};

crate::documented! {
    /// SLOs as objects of OpenSLO v1, for other tools that read that: what is counted as queries of Prometheus, objective
    /// and period; a file for each service and each SLO. An SLO that holds for every agent is one for each of them.
    /// Burn-rate alerts are not among them: a condition of OpenSLO has one window, they have two.
    pub struct OpenSlo;
}

/// One SLO of one service.
pub(super) struct Promise<'a> {
    /// The KPI, or the SLO over several.
    pub(super) name: &'a str,
    /// The value of the label `slo_id` of its rules.
    pub(super) id: String,
    /// In a sentence.
    pub(super) description: &'a str,
    /// The agent that promises it; `None` if several do together.
    pub(super) agent: Option<AgentId>,
    /// Whether it has namesakes, of other agents.
    pub(super) is_one_of_several: bool,
    /// The team that owns it.
    pub(super) team: Option<&'a str>,
    /// The share of good events.
    pub(super) objective: Decimal,
    /// Over what time.
    pub(super) period: PromDuration,
    /// Whether the expressions give numbers that only grow.
    pub(super) is_counter: bool,
    /// Bad events.
    pub(super) bad: Expr,
    /// All events.
    pub(super) total: Expr,
}

impl Artifact for OpenSlo {
    fn id(&self) -> &'static str {
        "openslo-objects"
    }

    fn group(&self) -> &'static str {
        "openslo"
    }

    fn about(&self) -> &'static str {
        Self::ABOUT
    }

    fn files(&self, registry: &Registry) -> Vec<File> {
        let promises = promises(registry);
        let mut agents: Vec<Option<AgentId>> = promises.iter().map(|promise| promise.agent).collect();
        agents.sort_unstable();
        agents.dedup();
        let services = agents.into_iter().map(|agent| {
            let service = service(registry, agent);
            file(&format!("services/{}", service.metadata.name), &service)
        });
        let mut names = BTreeSet::new();
        let slos = promises.iter().map(|promise| {
            let slo = slo(registry, promise, &mut names);
            file(&format!("slos/{}", slo.metadata.name), &slo)
        });
        services.chain(slos).collect()
    }
}

fn file(path: &str, object: &impl serde::Serialize) -> File {
    File::yaml(format!("openslo/{path}.yaml"), FileKind::OpenSlo, object)
}

fn object<S>(kind: &str, metadata: Metadata, spec: S) -> Object<S> {
    Object { api_version: API_VERSION.to_owned(), kind: kind.to_owned(), metadata, spec }
}

fn service(registry: &Registry, agent: Option<AgentId>) -> Object<ServiceSpec> {
    let (name, description) = match agent.map(|agent| registry.agent(agent)) {
        Some(agent) => (&agent.name, agent.description.clone()),
        None => (&registry.platform, None),
    };
    let metadata = Metadata { name: dns_label(name), display_name: Some(name.value.clone()), labels: None };
    object("Service", metadata, ServiceSpec { description })
}

fn slo(registry: &Registry, promise: &Promise<'_>, names: &mut BTreeSet<String>) -> Object<SloSpec> {
    let service = promise.agent.map_or(&registry.platform, |agent| &registry.agent(agent).name);
    let name =
        if promise.is_one_of_several { format!("{service}-{}", promise.name) } else { promise.name.into() };
    let mut name = dns_label(&name);
    if !names.insert(name.clone()) {
        // As `a_b`, and the `b` of one agent of several, `a`.
        name = with_hash(&name, &format!("{service}/{}", promise.id));
        names.insert(name.clone());
    }
    let metadata =
        |labels| Metadata { name: name.clone(), display_name: Some(promise.name.to_owned()), labels };
    let metric = |query: &Expr| Metric {
        metric_source: MetricSource {
            kind: "Prometheus".to_owned(),
            spec: Query { query: query.to_string() },
        },
    };
    let ratio_metric =
        RatioMetric { counter: promise.is_counter, bad: metric(&promise.bad), total: metric(&promise.total) };
    let labels = Labels {
        platform: registry.platform.value.clone(),
        team: promise.team.map(str::to_owned),
        slo_id: promise.id.clone(),
    };
    let spec = SloSpec {
        description: promise.description.to_owned(),
        service: dns_label(service),
        indicator: Indicator { metadata: metadata(None), spec: IndicatorSpec { ratio_metric } },
        time_window: vec![TimeWindow { duration: duration(promise.period), is_rolling: true }],
        budgeting_method: "Occurrences".to_owned(),
        objectives: vec![Objective { target: promise.objective.to_f64() }],
        alert_policies: Vec::new(),
    };
    object("SLO", metadata(Some(labels)), spec)
}

/// A duration of one unit, as OpenSLO has them; it has no unit below the minute.
fn duration(duration: PromDuration) -> String {
    let minutes = duration.as_millis().div_ceil(60_000);
    match (minutes % (24 * 60), minutes % 60) {
        (0, _) => format!("{}d", minutes / (24 * 60)),
        (_, 0) => format!("{}h", minutes / 60),
        _ => format!("{minutes}m"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_one_unit() {
        let minutes =
            [30 * 24 * 60, 36 * 60, 90].map(|minutes| duration(PromDuration::from_minutes(minutes)));
        assert_eq!(minutes, ["30d", "36h", "90m"]);
    }
}
