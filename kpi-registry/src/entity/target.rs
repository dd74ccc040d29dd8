//! What to emit, and for which versions.

use super::Catalog;
use super::agent::scrape_targets;
use super::decode::{Cx, named, unknown_word};
use super::remote_write::RemoteWrite;
use super::ruler::{Mimir, PartialResponse, RuleObjects, VictoriaMetrics};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::{Span, Spanned};
use crate::syntax::{Fields, Node, shortened};
use crate::value::{ByText, is_metric_name};

/// How Prometheus finds an agent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Discovery {
    /// `static`: the targets stand in the configuration.
    Static,
    /// `file_sd`: the targets stand in a file beside it, which is generated too.
    File,
    /// `http_sd`: Prometheus asks an address.
    Http,
    /// `docker_sd`: Prometheus asks the Docker engine.
    Docker,
}

impl Discovery {
    /// Every way, in the order of the reference.
    pub const ALL: &'static [Self] = &[Self::Static, Self::File, Self::Http, Self::Docker];

    /// As written in a registry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Static => "static",
            Self::File => "file_sd",
            Self::Http => "http_sd",
            Self::Docker => "docker_sd",
        }
    }
}

/// What happens to labels of scraped series that neither the registry nor the runtime knows.
#[derive(Clone, Copy, Debug, Default)]
pub enum UnknownLabels {
    /// `drop`: they are removed. Metrics of other libraries on an agent's endpoint belong under `external_metrics`
    /// then, or their series could no longer be told apart.
    #[default]
    Drop,
    /// `keep`: they are stored.
    Keep,
}

impl UnknownLabels {
    /// Both, in the order of the reference.
    pub const ALL: &'static [Self] = &[Self::Drop, Self::Keep];

    /// As written in a registry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::Keep => "keep",
        }
    }
}

/// What the records of SLOs are called.
#[derive(Clone, Copy, Debug, Default)]
pub enum SloRecords {
    /// `own`: `slo:bad:ratio5m` and so on, with the label `slo_id`.
    #[default]
    Own,
    /// `sloth`: those of Sloth, with its labels, for dashboards that are made for it.
    Sloth,
}

impl SloRecords {
    /// Both, in the order of the reference.
    pub const ALL: &'static [Self] = &[Self::Own, Self::Sloth];

    /// As written in a registry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Sloth => "sloth",
        }
    }
}

/// `targets:`.
#[derive(Debug)]
pub struct Targets {
    /// `prometheus: {discovery}`: how agents are found that say nothing themselves; static by default.
    pub discovery: Discovery,
    /// `prometheus: {http_sd_url}`: the address for `http_sd`; the agent's name is appended as `?agent=`.
    pub http_sd_url: Option<Spanned<String>>,
    /// `prometheus: {docker_host}`: `unix:///var/run/docker.sock` by default.
    pub docker_host: String,
    /// `prometheus: {alertmanagers}`: `host:port` list; `alertmanager:9093` by default.
    pub alertmanagers: Vec<Spanned<String>>,
    /// `prometheus: {environment}`: which environment's targets the scrape configuration uses.
    pub environment: Option<Spanned<String>>,
    /// `prometheus: {unknown_labels}`: `drop` by default.
    pub unknown_labels: UnknownLabels,
    /// `prometheus: {slo_records}`: `own` by default.
    pub slo_records: SloRecords,
    /// `prometheus: {exporters}`: where the exporters of catalogs are scraped, as `host:port` lists.
    pub exporters: Vec<(Spanned<Catalog>, Vec<Spanned<String>>)>,
    /// `prometheus: {remote_write}`: where samples are sent.
    pub remote_write: Vec<RemoteWrite>,
    /// `prometheus: {shards}`: how many servers share the targets; one when not said.
    pub shards: Option<Spanned<u64>>,
    /// `prometheus: {replica}`: what tells apart servers that do the same.
    pub replica: Option<Spanned<String>>,
    /// `prometheus: {replica_label}`: the external label that has it; `replica` by default.
    pub replica_label: String,
    /// `prometheus: {rules}`: whether the server evaluates the rules, when said.
    pub rules: Option<Spanned<bool>>,
    /// `prometheus_operator`: objects of the Prometheus Operator.
    pub prometheus_operator: Option<RuleObjects>,
    /// `mimir`: a rule namespace of Mimir.
    pub mimir: Option<Mimir>,
    /// `thanos: {partial_response}`: rule files of Thanos Ruler.
    pub thanos: Option<PartialResponse>,
    /// `victoriametrics`: rule files of vmalert, and objects of its operator.
    pub victoriametrics: Option<VictoriaMetrics>,
    /// `grafana: {prometheus_url}`: the datasource's address; `http://prometheus:9090` by default.
    pub grafana_prometheus_url: String,
    /// `grafana: {url}`: the start of panel links in alerts; none when not said.
    pub grafana_url: Option<String>,
    /// Other targets, whose artifacts are not made here.
    pub others: ByText<Span>,
}

impl Default for Targets {
    fn default() -> Self {
        Self {
            discovery: Discovery::Static,
            http_sd_url: None,
            docker_host: "unix:///var/run/docker.sock".into(),
            alertmanagers: Vec::new(),
            environment: None,
            unknown_labels: UnknownLabels::Drop,
            slo_records: SloRecords::Own,
            exporters: Vec::new(),
            remote_write: Vec::new(),
            shards: None,
            replica: None,
            replica_label: "replica".into(),
            rules: None,
            prometheus_operator: None,
            mimir: None,
            thanos: None,
            victoriametrics: None,
            grafana_prometheus_url: "http://prometheus:9090".into(),
            grafana_url: None,
            others: ByText::default(),
        }
    }
}

impl Targets {
    /// Whether the Prometheus that scrapes also evaluates the rules: a shard doesn't, for it sees only its own targets.
    pub fn evaluates_rules(&self) -> bool {
        self.shards.is_none() && self.rules.is_none_or(|rules| rules.value)
    }

    /// `{prometheus: {...}, grafana: {...}}`, those that evaluate rules, and any other target by name.
    pub(crate) fn decode(node: &Node, cx: &mut Cx<'_>) -> Self {
        let mut targets = Self::default();
        for (name, value) in named(Some(node), "targets", cx.out) {
            match name.value.as_str() {
                "prometheus" => targets.decode_prometheus(value, cx),
                "grafana" => targets.decode_grafana(value, cx),
                "prometheus_operator" => targets.prometheus_operator = Some(RuleObjects::decode(value, cx)),
                "mimir" => targets.mimir = Some(Mimir::decode(value, cx)),
                "thanos" => targets.thanos = Some(PartialResponse::decode(value, cx)),
                "victoriametrics" => {
                    targets.victoriametrics = Some(VictoriaMetrics::decode(name.span, value, cx));
                }
                _ => {
                    targets.others.insert(name.value, name.span);
                }
            }
        }
        targets
    }

    fn decode_prometheus(&mut self, node: &Node, cx: &mut Cx<'_>) {
        let Some(mut fields) = Fields::of(node, "`targets.prometheus`", cx.out) else { return };
        if let Some(discovery) = Discovery::decode(fields.optional("discovery"), cx) {
            self.discovery = discovery;
        }
        self.http_sd_url = cx.text(fields.optional("http_sd_url"));
        if let Some(host) = cx.words(fields.optional("docker_host")) {
            self.docker_host = host;
        }
        self.alertmanagers = cx.texts(fields.optional("alertmanagers"), "`host:port` addresses");
        self.environment = cx
            .text(fields.optional("environment"))
            .filter(|environment| cx.names.environment(environment, cx.out));
        if let Some(unknown) = cx.word(
            fields.optional("unknown_labels"),
            "unknown_labels",
            UnknownLabels::ALL,
            UnknownLabels::as_str,
        ) {
            self.unknown_labels = unknown.value;
        }
        let records = fields.optional("slo_records");
        if let Some(records) = cx.word(records, "slo_records", SloRecords::ALL, SloRecords::as_str) {
            self.slo_records = records.value;
        }
        for (name, list) in named(fields.optional("exporters"), "exporters with their targets", cx.out) {
            let scraped = Catalog::ALL.iter().filter(|catalog| catalog.is_scraped());
            let Some(catalog) = scraped.clone().find(|catalog| catalog.as_str() == name.value) else {
                let words: Vec<&str> = scraped.map(|catalog| catalog.as_str()).collect();
                cx.out.push(unknown_word(&name, "exporter", &words));
                continue;
            };
            self.exporters.push((Spanned::new(*catalog, name.span), scrape_targets(list, cx)));
        }
        self.remote_write = RemoteWrite::decode_all(fields.optional("remote_write"), cx);
        self.shards = fields.optional("shards").and_then(|node| node.whole(2, MOST_SHARDS, cx.out));
        self.replica = cx.text(fields.optional("replica"));
        if let Some(label) = cx.text(fields.optional("replica_label"))
            && is_external_label(&label, cx)
        {
            self.replica_label = label.value;
        }
        if let Some(node) = fields.optional("rules") {
            self.rules = node.boolean(cx.out).map(|rules| Spanned::new(rules, node.span));
        }
        fields.finish(cx.out);
    }

    fn decode_grafana(&mut self, node: &Node, cx: &mut Cx<'_>) {
        let Some(mut fields) = Fields::of(node, "`targets.grafana`", cx.out) else { return };
        if let Some(url) = cx.words(fields.optional("prometheus_url")) {
            self.grafana_prometheus_url = url;
        }
        self.grafana_url = cx.words(fields.optional("url")).map(|url| url.trim_end_matches('/').to_owned());
        fields.finish(cx.out);
    }
}

/// A file is generated for each.
const MOST_SHARDS: u64 = 1000;

/// Also `__replica__`, by which Mimir knows replicas.
fn is_external_label(label: &Spanned<String>, cx: &mut Cx<'_>) -> bool {
    let fine = is_metric_name(label) && !label.contains(':');
    if !fine {
        let message = format!("`{}` can't be the name of a label", shortened(label));
        cx.out.push(
            Diagnostic::error(codes::BAD_NAME, label.span, message)
                .help("write letters, digits and `_`, beginning with a letter or `_`"),
        );
    }
    fine
}

impl Discovery {
    pub(crate) fn decode(node: Option<&Node>, cx: &mut Cx<'_>) -> Option<Self> {
        Some(cx.word(node, "discovery", Self::ALL, Self::as_str)?.value)
    }
}
