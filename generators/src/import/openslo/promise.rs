//! From SLOs of OpenSLO to what is promised of KPIs.

use std::collections::BTreeSet;

use kpi_registry::diagnostic::{Diagnostic, codes};
use kpi_registry::entity::AgentId;
use kpi_registry::registry::Registry;
use kpi_registry::source::Spanned;
use kpi_registry::syntax::shortened;
use kpi_registry::value::{Decimal, PromDuration, is_snake_name};

use super::Cx;
use super::alert::{self, Condition};
use super::goal::{Measure, Scope, measure};
use super::object::{Metadata, Objects, one_line};
use super::objective::Objective;
use super::slo::Slo;
use crate::ids::dns_label;

/// One objective of one SLO.
#[derive(Clone, Debug)]
pub(super) struct Promise {
    /// What it would be called under `slos:`.
    pub(super) name: Spanned<String>,
    /// In a sentence, where it is not that of the KPI.
    pub(super) description: Option<String>,
    /// The team of its alerts, where it is not that of the KPI.
    pub(super) owner: Option<String>,
    pub(super) measure: Measure,
    /// In percent.
    pub(super) objective: Decimal,
    pub(super) period: PromDuration,
    /// When somebody is to be told.
    pub(super) alerts: Vec<Condition>,
    /// What it says that a registry has no place for.
    pub(super) lines: Vec<String>,
}

/// Labels of an SLO that a registry says in other words.
const KNOWN_LABELS: &[&str] = &["platform", "slo_id", "team"];

/// One promise for each objective.
pub(super) fn promises(slo: &Slo<'_>, objects: &Objects<'_>, cx: &mut Cx<'_>) -> Vec<Promise> {
    let name = name(slo.metadata, cx);
    let alerts = alert::conditions(slo.alert_policies, objects, cx);
    let mut promises = Vec::new();
    for objective in &slo.objectives {
        // Each has the same queries; what is wrong with them is said once, as the same findings are one.
        let Some(measure) = measure(&slo.indicator, objective.bound, cx) else { continue };
        let Some(mut name) = name.clone() else { continue };
        if slo.objectives.len() > 1 {
            name.value = [name.as_str(), "_", &suffix(objective)].concat();
        }
        let agents = agents(cx.registry, &measure);
        let first = measure.kpis.first().map(|kpi| cx.registry.kpi(*kpi));
        let description = slo.description.as_ref().map(|text| text.value.clone());
        let known = first.map(|kpi| &kpi.description.value);
        let inherited = measure.kpis.first().and_then(|kpi| cx.registry.owner_of(*kpi, &agents));
        promises.push(Promise {
            lines: lines(slo.metadata, objective, &name),
            name,
            description: description.filter(|text| Some(text) != known),
            owner: owner(slo, cx.registry).filter(|owner| Some(owner.as_str()) != inherited),
            measure,
            objective: objective.target.value,
            period: slo.period.value,
            alerts: alerts.clone(),
        });
    }
    promises
}

/// The agents whose events are counted, in order of the registry.
fn agents(registry: &Registry, measure: &Measure) -> Vec<AgentId> {
    match measure.scope {
        Scope::Agent(agent) => vec![agent],
        Scope::All | Scope::Each => {
            let all: BTreeSet<AgentId> =
                measure.kpis.iter().flat_map(|kpi| registry.agents_of(*kpi)).collect();
            all.into_iter().collect()
        }
    }
}

/// A text as a name, as far as its letters go.
fn named(text: &str) -> String {
    let name: String =
        text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    name.trim_matches('_').to_owned()
}

/// The name that a registry would have: that of the object, or the one that it was exported under.
fn name(metadata: &Metadata<'_>, cx: &mut Cx<'_>) -> Option<Spanned<String>> {
    let of_object = named(&metadata.name);
    let display_name = metadata.display_name.as_ref().filter(|name| is_snake_name(name));
    let was_exported = |name: &str| {
        let id = metadata.label("slo_id");
        dns_label(name) == metadata.name.value
            || id.is_some_and(|id| id.value == format!("{}-{name}", cx.registry.platform))
    };
    match display_name {
        Some(name) if was_exported(name) || !is_snake_name(&of_object) => Some(name.clone()),
        _ if is_snake_name(&of_object) => Some(Spanned::new(of_object, metadata.name.span)),
        _ => {
            let message = format!("`{}` can be no name of a registry", shortened(&metadata.name));
            let finding = Diagnostic::error(codes::OPENSLO_NAME, metadata.name.span, message);
            cx.out.push(finding.help(
                "names begin with a lower-case letter; write a `displayName` that is lower-case letters, digits and `_`",
            ));
            None
        }
    }
}

/// What tells one objective of several from the others: `99_9`.
fn suffix(objective: &Objective) -> String {
    let text = objective.display_name.as_ref().map(|name| named(name)).filter(|name| !name.is_empty());
    text.unwrap_or_else(|| named(&objective.target.to_string()))
}

/// The team that the object names, or that of the agent that is its service, or the service itself.
fn owner(slo: &Slo<'_>, registry: &Registry) -> Option<String> {
    if let Some(team) = slo.metadata.label("team") {
        return Some(team.value.to_owned());
    }
    let service = slo.service.as_str();
    let is_service = |name: &str| name == service || dns_label(name) == service;
    if is_service(&registry.platform) {
        return None;
    }
    match registry.agents.iter().find(|agent| is_service(&agent.name)) {
        Some(agent) => agent.owner.clone(),
        None => Some(service.to_owned()),
    }
}

fn lines(metadata: &Metadata<'_>, objective: &Objective, name: &str) -> Vec<String> {
    let mut lines = vec![format!("from the SLO {}", one_line(&metadata.name))];
    let said = [&metadata.display_name, &objective.display_name];
    let said = said.into_iter().flatten().filter(|said| said.value != name);
    lines.extend(said.map(|said| format!("displayName: {}", one_line(said))));
    lines.extend(metadata.lines(KNOWN_LABELS));
    lines
}
