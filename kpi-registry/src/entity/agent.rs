//! An agent: a service that emits KPIs.

use super::decode::{Cx, named};
use super::{Discovery, KpiId, Thresholds};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::{Span, Spanned};
use crate::syntax::{Fields, Kind, Node, shortened};
use crate::value::{ByText, PromDuration};

/// One agent. Its name is the Prometheus job and the value of the label `agent`.
#[derive(Debug)]
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
    pub environment_targets: ByText<Vec<Spanned<String>>>,
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
    /// Settings for artifacts that are not made here, such as `kubernetes`: name → place.
    pub others: ByText<Span>,
    /// The whole entry.
    pub span: Span,
}

/// An agent's own view of one KPI.
#[derive(Debug)]
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
#[derive(Debug, Default)]
pub struct Collaborations {
    /// On risk.
    pub on_risk: Vec<Collaboration>,
    /// On caution.
    pub on_caution: Vec<Collaboration>,
}

/// One agent to turn to, and why. It need not be in this registry.
#[derive(Debug)]
pub struct Collaboration {
    /// Its name.
    pub agent: Spanned<String>,
    /// Why.
    pub reason: Option<String>,
}

/// Keys whose artifacts are not made here yet; what they say is theirs alone.
const OTHERS: &[&str] = &["kubernetes", "autoscaling", "load_test", "chaos"];

impl Agent {
    /// An agent of which only the name is known.
    pub(crate) fn new(name: Spanned<String>) -> Self {
        let span = name.span;
        Self {
            name,
            description: None,
            port: None,
            path: "/metrics".into(),
            targets: Vec::new(),
            environment_targets: ByText::default(),
            discovery: None,
            scrape_interval: None,
            container: None,
            owner: None,
            slo_profile: None,
            series_budget: None,
            kpis: Vec::new(),
            collaboration: Collaborations::default(),
            others: ByText::default(),
            span,
        }
    }

    /// One entry of `agents:`.
    pub(crate) fn decode(&mut self, node: &Node, cx: &mut Cx<'_>) {
        self.span = self.name.span.to(node.span);
        if matches!(node.kind, Kind::Null) {
            return;
        }
        let Some(mut fields) = Fields::of(node, "an agent", cx.out) else { return };
        self.description = cx.words(fields.optional("description"));
        self.port = fields
            .optional("port")
            .and_then(|node| node.whole(1, 65_535, cx.out))
            .and_then(|port| u16::try_from(port.value).ok().map(|value| Spanned::new(value, port.span)));
        if let Some(path) = cx.text(fields.optional("path")) {
            if !path.starts_with('/') {
                cx.out.push(
                    Diagnostic::error(codes::BAD_TARGET, path.span, "a path begins with `/`")
                        .replace(path.span, format!("/{}", path.value)),
                );
            }
            self.path = path.value;
        }
        self.decode_targets(fields.optional("targets"), cx);
        self.discovery = Discovery::decode(fields.optional("discovery"), cx);
        self.scrape_interval = fields.optional("scrape_interval").and_then(|node| node.duration(cx.out));
        self.container = cx.text(fields.optional("container"));
        self.owner = cx.words(fields.optional("owner"));
        self.slo_profile = fields.optional("slo_profile").and_then(|node| cx.names.profile(node, cx.out));
        self.series_budget = fields
            .optional("series_budget")
            .and_then(|node| node.whole(1, u64::MAX, cx.out))
            .map(|budget| budget.value);
        for (name, view) in named(fields.optional("kpis"), "KPIs", cx.out) {
            let kpi = cx.names.kpi_named(&name, cx.out);
            if let Some(view) = kpi.and_then(|kpi| AgentKpi::decode(kpi, view, cx)) {
                self.kpis.push(view);
            }
        }
        if let Some(node) = fields.optional("collaboration") {
            self.collaboration.decode(node, cx);
        }
        for key in OTHERS {
            if let Some(entry) = fields.entry(key) {
                self.others.insert((*key).to_owned(), entry.at.to(entry.value.span));
            }
        }
        fields.finish(cx.out);
    }

    /// A list for every environment, or a mapping of lists by environment.
    fn decode_targets(&mut self, node: Option<&Node>, cx: &mut Cx<'_>) {
        let Some(node) = node else { return };
        let Kind::Map(_) = node.kind else {
            self.targets = scrape_targets(node, cx);
            return;
        };
        for (name, list) in named(Some(node), "targets", cx.out) {
            if cx.names.environment(&name, cx.out) {
                let list = scrape_targets(list, cx);
                self.environment_targets.insert(name.value, list);
            }
        }
    }
}

/// A list of `host:port` targets.
pub(super) fn scrape_targets(node: &Node, cx: &mut Cx<'_>) -> Vec<Spanned<String>> {
    let all = cx.texts(Some(node), "`host:port` targets");
    for target in &all {
        let host_and_port = target.rsplit_once(':');
        let is_port = |port: &str| port.parse::<u16>().is_ok_and(|port| port > 0);
        let is_host = |host: &str| !host.is_empty() && !host.contains(['/', ' ', '@']);
        if host_and_port.is_none_or(|(host, port)| !is_host(host) || !is_port(port)) {
            let finding = Diagnostic::error(
                codes::BAD_TARGET,
                target.span,
                format!("`{}` is not `host:port`", shortened(&target.value)),
            );
            let bare = target.split_once("://").map_or(target.value.as_str(), |(_, rest)| rest);
            let bare = bare.split('/').next().unwrap_or_default();
            let mends = bare.rsplit_once(':').is_some_and(|(host, port)| is_host(host) && is_port(port));
            cx.out.push(if mends {
                finding.replace(target.span, format!("\"{bare}\""))
            } else {
                finding.help("write the host and the port alone, such as `\"neuros:8000\"`")
            });
        }
    }
    all
}

impl AgentKpi {
    /// `{role, thresholds, actions}`.
    fn decode(kpi: Spanned<KpiId>, node: &Node, cx: &mut Cx<'_>) -> Option<Self> {
        let mut view = Self { kpi, role: None, thresholds: Thresholds::default(), actions: Vec::new() };
        if matches!(node.kind, Kind::Null) {
            return Some(view);
        }
        let mut fields = Fields::of(node, "an agent's view of a KPI", cx.out)?;
        view.role = cx.words(fields.optional("role"));
        if let Some(node) = fields.optional("thresholds") {
            view.thresholds = Thresholds::decode(node, cx);
        }
        view.actions = cx.list(fields.optional("actions"), "actions");
        fields.finish(cx.out);
        Some(view)
    }
}

impl Collaborations {
    /// `{on_risk, on_caution}`, each a list of `{agent, reason}` or of names.
    pub(crate) fn decode(&mut self, node: &Node, cx: &mut Cx<'_>) {
        let Some(mut fields) = Fields::of(node, "`collaboration`", cx.out) else { return };
        for (key, list) in [("on_risk", &mut self.on_risk), ("on_caution", &mut self.on_caution)] {
            if let Some(node) = fields.optional(key) {
                let items = node.items("agents", cx.out);
                list.extend(items.iter().filter_map(|item| Collaboration::decode(item, cx)));
            }
        }
        fields.finish(cx.out);
    }
}

impl Collaboration {
    fn decode(node: &Node, cx: &mut Cx<'_>) -> Option<Self> {
        if let Some(agent) = node.scalar().and_then(|_| node.filled_text(cx.out)) {
            return Some(Self { agent, reason: None });
        }
        let mut fields = Fields::of(node, "a collaboration", cx.out)?;
        let agent = cx.text(fields.required("agent"));
        let reason = cx.words(fields.optional("reason"));
        fields.finish(cx.out);
        Some(Self { agent: agent?, reason })
    }
}
