//! An agent: a service that emits KPIs.

use super::{Discovery, KpiId, Thresholds};
use crate::source::{Span, Spanned};
use crate::value::PromDuration;
use std::collections::BTreeMap;

/// One agent. Its name is the Prometheus job and the value of the label `agent`.
#[derive(Clone, Debug)]
pub struct Agent {
    /// Its name.
    pub name: Spanned<String>,
    /// What it does.
    pub description: Option<String>,
    /// The port of its endpoint.
    pub port: Option<Spanned<u16>>,
    /// The path of its endpoint, `/metrics` by default.
    pub path: String,
    /// `host:port` targets, in every environment.
    pub targets: Vec<Spanned<String>>,
    /// Targets of one environment, by its name.
    pub environment_targets: BTreeMap<String, Vec<Spanned<String>>>,
    /// How Prometheus finds it; what `targets:` of the registry says when left out.
    pub discovery: Option<Discovery>,
    /// Its scrape interval, when not the default.
    pub scrape_interval: Option<Spanned<PromDuration>>,
    /// The container it runs in.
    pub container: Option<Spanned<String>>,
    /// The team it belongs to.
    pub owner: Option<String>,
    /// SLO profile for its KPIs: index into the registry's list.
    pub slo_profile: Option<Spanned<usize>>,
    /// Series it may expose per process, when not the default.
    pub series_budget: Option<u64>,
    /// Its own view of KPIs, in the order written.
    pub kpis: Vec<AgentKpi>,
    /// Whom it works with.
    pub collaboration: Collaborations,
    /// The whole entry.
    pub span: Span,
}

/// An agent's own view of one KPI.
#[derive(Clone, Debug)]
pub struct AgentKpi {
    /// The KPI.
    pub kpi: Spanned<KpiId>,
    /// What it means to this agent.
    pub role: Option<String>,
    /// Thresholds that replace the KPI's, level by level.
    pub thresholds: Thresholds,
    /// What the agent does when it fires.
    pub actions: Vec<String>,
}

/// Whom an agent turns to.
#[derive(Clone, Debug, Default)]
pub struct Collaborations {
    /// On risk.
    pub on_risk: Vec<Collaboration>,
    /// On caution.
    pub on_caution: Vec<Collaboration>,
}

/// One agent to turn to, and why. It need not be in this registry.
#[derive(Clone, Debug)]
pub struct Collaboration {
    /// Its name.
    pub agent: Spanned<String>,
    /// Why.
    pub reason: Option<String>,
}
