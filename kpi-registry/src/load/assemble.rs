//! Documents → [`Registry`].

use super::document::{Document, Form, kpi_name};
use super::files::Files;
use super::hash::hash;
use super::version1;
use crate::diagnostic::{Diagnostic, Diagnostics, codes};
use crate::entity::{
    Agent, Cx, Defaults, Funnel, Kpi, KpiId, Label, LabelId, OwnAlert, OwnDashboard, OwnLabels, OwnSlo,
    PrometheusSettings, Receiver, SloProfile, Surroundings, Targets, check_name, decode_external, named,
};
use crate::registry::Registry;
use crate::resolve::Names;
use crate::source::{Span, Spanned};
use crate::syntax::{Fields, Kind, Node};

/// A registry, and which of its KPIs are not what was meant.
pub(super) struct Assembled {
    pub(super) registry: Registry,
    /// The entries of KPIs with errors of their own. They ascend, because files are numbered as they are read.
    broken: Vec<Span>,
}

impl Assembled {
    /// Whether a finding of a rule may only follow from an entry that has been complained about already.
    pub(super) fn is_broken(&self, finding: &Diagnostic) -> bool {
        finding.at.is_some_and(|at| self.is_in_broken(at))
            || finding.also.iter().any(|(at, _)| self.is_in_broken(*at))
    }

    fn is_in_broken(&self, at: Span) -> bool {
        let next = self.broken.partition_point(|span| (span.file, span.start) <= (at.file, at.start));
        next > 0 && self.broken[next - 1].file == at.file && at.start < self.broken[next - 1].end
    }
}

/// Decodes every document. `None` when there is no KPI, which is reported.
pub(super) fn assemble(files: &Files, names: &Names, out: &mut Diagnostics) -> Option<Assembled> {
    let mut cx = Cx { out, names };
    let tops: Vec<Top<'_>> = files.documents.iter().map(|document| Top::new(document, &mut cx)).collect();
    let at = files.documents.first().map(Document::head)?;
    let settings = Settings::decode(&tops, at, &mut cx);
    let mut agents = decode_agents(&tops, &mut cx);
    let mut labels = decode_labels(&tops, &mut cx);
    let around = Surroundings {
        platform: &settings.platform.value,
        defaults: &settings.defaults,
        profiles: &settings.profiles,
        agents: &agents,
    };
    let (kpis, broken) = decode_kpis(&tops, &around, &mut labels, &mut cx);
    for top in &tops {
        version1::bind(top, &kpis, &mut agents, &mut cx);
    }
    if kpis.is_empty() {
        if !names.incomplete && files.documents.iter().all(Document::can_hold_keys) {
            cx.out.push(
                Diagnostic::error(codes::NO_KPIS, at, "this registry has no KPI")
                    .help("write the first one under `kpis:`"),
            );
        }
        return None;
    }
    let rest = Rest::decode(&tops, &settings, &kpis, &labels, &mut cx);
    let Settings { platform, defaults, prometheus, targets, profiles } = settings;
    let Rest { catalogs, external_metrics, alerts, slos, receivers, funnels, dashboards } = rest;
    let registry = Registry {
        platform,
        source: files.shown.clone(),
        hash: hash(&files.sources),
        environments: names.environments.names().to_vec(),
        defaults,
        prometheus,
        labels,
        slo_profiles: profiles,
        agents,
        kpis,
        catalogs,
        external_metrics,
        alerts,
        slos,
        receivers,
        funnels,
        dashboards,
        targets,
    };
    Some(Assembled { registry, broken })
}

/// The top level of one file: the values of its keys.
pub(super) struct Top<'n> {
    pub(super) document: &'n Document,
    keys: Vec<(&'static str, &'n Node)>,
}

/// The keys of version 2.
const KEYS: &[&str] = &[
    "version",
    "platform",
    "include",
    "environments",
    "defaults",
    "prometheus",
    "labels",
    "slo_profiles",
    "agents",
    "kpis",
    "external_metrics",
    "alerts",
    "slos",
    "receivers",
    "funnels",
    "dashboards",
    "targets",
];

impl<'n> Top<'n> {
    fn new(document: &'n Document, cx: &mut Cx<'_>) -> Self {
        let mut keys = Vec::new();
        if matches!(document.node.kind, Kind::Null) {
            return Self { document, keys };
        }
        match document.form {
            Form::Current => {
                if let Some(mut fields) = Fields::of(&document.node, "a registry", cx.out) {
                    for key in KEYS {
                        if let Some(node) = fields.optional(key) {
                            keys.push((*key, node));
                        }
                    }
                    fields.free("x-");
                    fields.finish(cx.out);
                }
            }
            Form::Registry1 | Form::Binding1 => version1::top(document, &mut keys, cx),
        }
        Self { document, keys }
    }

    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&'n Node> {
        self.keys.iter().find(|(known, _)| *known == key).map(|(_, node)| *node)
    }
}

/// What holds for the whole registry.
struct Settings {
    platform: Spanned<String>,
    defaults: Defaults,
    prometheus: PrometheusSettings,
    targets: Targets,
    profiles: Vec<SloProfile>,
}

impl Settings {
    fn decode(tops: &[Top<'_>], at: Span, cx: &mut Cx<'_>) -> Self {
        let mut profiles = Vec::new();
        for top in tops {
            for (name, node) in named(top.get("slo_profiles"), "SLO profiles", cx.out) {
                if cx.names.profiles.defined_at(&name.value, name.span).is_some() {
                    check_name(&name, "an SLO profile", cx.out);
                    profiles.push(SloProfile::decode(name, node, cx));
                }
            }
        }
        let defaults = only(tops, "defaults", cx).map(|node| Defaults::decode(node, cx));
        let prometheus = only(tops, "prometheus", cx).map(|node| PrometheusSettings::decode(node, cx));
        let targets = only(tops, "targets", cx).map(|node| Targets::decode(node, cx));
        Self {
            platform: platform(tops, at, cx),
            defaults: defaults.unwrap_or_else(|| Defaults::new(at)),
            prometheus: prometheus.unwrap_or_else(|| PrometheusSettings::new(at)),
            targets: targets.unwrap_or_default(),
            profiles,
        }
    }
}

/// The value of a key that only one file may have.
fn only<'n>(tops: &[Top<'n>], key: &str, cx: &mut Cx<'_>) -> Option<&'n Node> {
    let mut values = tops.iter().filter_map(|top| top.get(key));
    let first = values.next()?;
    for again in values {
        cx.out.push(
            Diagnostic::error(codes::SAID_TWICE, again.span, format!("a second file sets `{key}`"))
                .label("not used")
                .also(first.span, "first here")
                .help("keep it in one file"),
        );
    }
    Some(first)
}

/// `platform:`, which one file has, or several in agreement.
fn platform(tops: &[Top<'_>], at: Span, cx: &mut Cx<'_>) -> Spanned<String> {
    let mut first: Option<Spanned<String>> = None;
    for node in tops.iter().filter_map(|top| top.get("platform")) {
        let Some(platform) = node.filled_text(cx.out) else { continue };
        match &first {
            None => {
                check_name(&platform, "a platform", cx.out);
                first = Some(platform);
            }
            Some(first) if first.value != platform.value => cx.out.push(
                Diagnostic::error(codes::SAID_TWICE, platform.span, "another file names another platform")
                    .label("not used")
                    .also(first.span, "first here")
                    .help("keep `platform:` in one file"),
            ),
            Some(_) => {}
        }
    }
    first.or_else(|| version1::platform(tops)).unwrap_or_else(|| {
        let current = tops.iter().find(|top| top.document.form == Form::Current);
        if let Some(top) =
            current.filter(|top| top.document.node.get("platform").is_none() && !cx.names.incomplete)
        {
            cx.out.push(
                Diagnostic::error(
                    codes::MISSING_KEY,
                    top.document.head(),
                    "a registry needs the key `platform`",
                )
                .help("add `platform: <name>`; it becomes the prefix of every metric name"),
            );
        }
        Spanned::new("platform".to_owned(), at)
    })
}

fn decode_agents(tops: &[Top<'_>], cx: &mut Cx<'_>) -> Vec<Agent> {
    let mut agents = Vec::new();
    for name in cx.names.agents.names() {
        check_name(name, "an agent", cx.out);
        agents.push(Agent::new(name.clone()));
    }
    for top in tops {
        for (name, node) in named(top.get("agents"), "agents", cx.out) {
            if let Some(id) = cx.names.agents.defined_at(&name.value, name.span) {
                agents[id].decode(node, cx);
            }
        }
    }
    agents
}

fn decode_labels(tops: &[Top<'_>], cx: &mut Cx<'_>) -> Vec<Label> {
    let mut labels = Vec::with_capacity(cx.names.labels.names().len());
    for top in tops {
        for (name, node) in named(top.get("labels"), "labels", cx.out) {
            if cx.names.labels.defined_at(&name.value, name.span).is_some() {
                labels.push(Label::decode(name, node, None, cx));
            }
        }
    }
    labels
}

/// Every KPI, at the index of its id, and the entries that have errors.
fn decode_kpis(
    tops: &[Top<'_>],
    around: &Surroundings<'_>,
    labels: &mut Vec<Label>,
    cx: &mut Cx<'_>,
) -> (Vec<Kpi>, Vec<Span>) {
    let mut kpis = Vec::with_capacity(cx.names.kpis.names().len());
    let mut broken = Vec::new();
    for top in tops {
        let Some(list) = top.get("kpis") else { continue };
        let rules = version1::Rules::decode(top, cx);
        for item in list.items("KPIs", cx.out) {
            let defined = kpi_name(item).and_then(|name| cx.names.kpis.defined_at(&name.value, name.span));
            let (errors, labels_before) = (cx.out.errors(), labels.len());
            let id = KpiId::new(kpis.len());
            let kpi = match top.document.form {
                Form::Current => Kpi::decode(item, id, around, labels, cx),
                Form::Registry1 | Form::Binding1 => version1::kpi(item, top, &rules, around, cx),
            };
            match kpi {
                Some(kpi) if defined == Some(id.index()) => {
                    if cx.out.errors() > errors {
                        broken.push(kpi.span);
                    }
                    kpis.push(kpi);
                }
                // A namesake of an earlier one, or without a name: complained about, and nobody can refer to it.
                _ => labels.truncate(labels_before),
            }
        }
    }
    (kpis, broken)
}

/// Lists whose entries nobody refers to.
struct Rest {
    catalogs: Vec<Spanned<crate::entity::Catalog>>,
    external_metrics: Vec<crate::entity::ExternalMetric>,
    alerts: Vec<OwnAlert>,
    slos: Vec<OwnSlo>,
    receivers: Vec<Receiver>,
    funnels: Vec<Funnel>,
    dashboards: Vec<OwnDashboard>,
}

impl Rest {
    fn decode(
        tops: &[Top<'_>],
        settings: &Settings,
        kpis: &[Kpi],
        labels: &[Label],
        cx: &mut Cx<'_>,
    ) -> Self {
        let (mut catalogs, mut external_metrics, mut receivers) = (Vec::new(), Vec::new(), Vec::new());
        for top in tops {
            decode_external(top.get("external_metrics"), &mut catalogs, &mut external_metrics, cx);
            for (name, node) in named(top.get("receivers"), "receivers", cx.out) {
                if let Some(receiver) = Receiver::decode(name, node, cx) {
                    receivers.push(receiver);
                }
            }
        }
        let labels_of = |kpi: KpiId| match kpis.get(kpi.index()) {
            Some(kpi) => OwnLabels::of(&kpi.labels, |id: LabelId| labels[id.index()].name.value.clone()),
            None => OwnLabels::default(),
        };
        let default = settings.defaults.slo_profile;
        let rest = Self {
            alerts: each(tops, "alerts", cx, OwnAlert::decode),
            slos: each(tops, "slos", cx, |node, cx| {
                OwnSlo::decode(node, &settings.profiles, default, labels_of, cx)
            }),
            funnels: each(tops, "funnels", cx, Funnel::decode),
            dashboards: each(tops, "dashboards", cx, OwnDashboard::decode),
            catalogs,
            external_metrics,
            receivers,
        };
        unique(rest.alerts.iter().map(|alert| &alert.name), "alert", cx.out);
        unique(rest.slos.iter().map(|slo| &slo.name), "SLO", cx.out);
        unique(rest.funnels.iter().map(|funnel| &funnel.name), "funnel", cx.out);
        unique(rest.dashboards.iter().map(|dashboard| &dashboard.name), "dashboard", cx.out);
        unique(rest.receivers.iter().map(|receiver| &receiver.name), "receiver", cx.out);
        unique(rest.external_metrics.iter().map(|metric| &metric.name), "external metric", cx.out);
        rest
    }
}

/// The entries of a list, over all files.
fn each<T>(
    tops: &[Top<'_>],
    key: &'static str,
    cx: &mut Cx<'_>,
    mut decode: impl FnMut(&Node, &mut Cx<'_>) -> Option<T>,
) -> Vec<T> {
    let mut all = Vec::new();
    for node in tops.iter().filter_map(|top| top.get(key)) {
        for item in node.items(key, cx.out) {
            if let Some(entry) = decode(item, cx) {
                all.push(entry);
            }
        }
    }
    all
}

fn unique<'a>(names: impl Iterator<Item = &'a Spanned<String>>, what: &str, out: &mut Diagnostics) {
    let mut table = crate::resolve::Table::default();
    for name in names {
        table.define(name.clone(), what, out);
    }
}
