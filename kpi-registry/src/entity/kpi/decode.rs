//! One entry of `kpis:` → [`Kpi`].

use super::super::decode::{Cx, check_name};
use super::super::external::bad_metric_name;
use super::super::label::{Label, LabelValues, OwnLabels};
use super::super::{
    Agent, Aggregation, Defaults, KpiId, LabelId, NormalRange, PanelHints, Slo, SloProfile, Thresholds, Trace,
};
use super::{Deprecation, Init, Kind, KindName, Kpi, Stability, Tier, buckets};
use crate::diagnostic::{Diagnostic, codes};
use crate::resolve::each_once;
use crate::source::Spanned;
use crate::syntax::{Fields, Kind as NodeKind, Node, shortened};
use crate::value::{BuiltinUnit, CustomUnit, PromDuration, Unit, is_metric_name};

/// What KPIs take their defaults from.
pub(crate) struct Surroundings<'a> {
    pub(crate) platform: &'a str,
    pub(crate) defaults: &'a Defaults,
    pub(crate) profiles: &'a [SloProfile],
    pub(crate) agents: &'a [Agent],
}

/// How long a zero-initialised KPI may be absent when the registry does not say.
const NO_DATA: PromDuration = PromDuration::from_minutes(10);

impl Kpi {
    /// One entry of `kpis:`. Labels written inside it are added to `labels`. What is unusable has been reported and
    /// stands in as a harmless value, so that the rest can still be judged.
    pub(crate) fn decode(
        node: &Node,
        id: KpiId,
        around: &Surroundings<'_>,
        labels: &mut Vec<Label>,
        cx: &mut Cx<'_>,
    ) -> Option<Self> {
        let mut fields = Fields::of(node, "a KPI", cx.out)?;
        let f = &mut fields;
        let head = f.head();
        let name = cx.text(f.required("name")).unwrap_or(Spanned::new(String::new(), head));
        if !name.value.is_empty() {
            check_name(&name, "a KPI", cx.out);
        }
        let description = cx.text(f.required("description")).unwrap_or(Spanned::new(String::new(), head));
        let kind_name = cx.word(f.optional("type"), "type", KindName::ALL, KindName::as_str);
        let kind = decode_kind(f, kind_name.unwrap_or(Spanned::new(KindName::Gauge, name.span)), cx);
        let unit =
            decode_unit_of(f, &kind, cx).unwrap_or(Spanned::new(Unit::Builtin(BuiltinUnit::Count), head));
        let metric = decode_metric(f, &name, &unit.value, kind.value.name(), around.platform, cx);
        let agents = f
            .optional("agents")
            .map(|list| each_once(list, "agents", cx.out, |item, out| cx.names.agent(item, out)))
            .unwrap_or_default();
        let own =
            f.optional("labels").map(|node| OwnLabels::decode(node, id, labels, cx)).unwrap_or_default();
        let thresholds =
            f.optional("thresholds").map(|node| Thresholds::decode(node, cx)).unwrap_or_default();
        let normal_range = f.optional("normal_range").and_then(|node| NormalRange::decode(node, cx));
        let aggregations = decode_aggregations(f, &own, cx);
        let of_agent = agents.iter().find_map(|agent| around.agents.get(agent.value.index())?.slo_profile);
        let inherited = [of_agent, around.defaults.slo_profile];
        let slo = f.optional("slo").and_then(|node| Slo::decode(node, &own, &inherited, around.profiles, cx));
        let tier = cx.word(f.optional("tier"), "tier", Tier::ALL, Tier::as_str);
        let tier = tier.map_or(Tier::Standard, |tier| tier.value);
        let init = decode_init(f, kind.value.name(), &own, labels, cx);
        let runbook = cx
            .words(f.optional("runbook"))
            .or_else(|| Some(format!("{}/{}", around.defaults.runbook_base.as_ref()?, name.value)));
        let kpi = Self {
            description,
            unit,
            metric,
            agents,
            thresholds,
            normal_range,
            aggregations,
            slo,
            dashboard: f.optional("dashboard").map_or_else(
                || PanelHints { hide: tier == Tier::Debug, ..PanelHints::default() },
                |node| PanelHints::decode(node, cx),
            ),
            trace: f.optional("trace").map(|node| Trace::decode(node, cx)).unwrap_or_default(),
            depends_on: f
                .optional("depends_on")
                .map(|list| each_once(list, "KPIs", cx.out, |item, out| cx.names.kpi(item, out)))
                .unwrap_or_default(),
            init,
            no_data: decode_no_data(f, init, tier, cx),
            tier,
            stability: cx
                .word(f.optional("stability"), "stability", Stability::ALL, Stability::as_str)
                .map_or(Stability::Stable, |stability| stability.value),
            since: f.optional("since").and_then(|node| node.version(cx.out)).map(|since| since.value),
            renamed_from: cx.text(f.optional("renamed_from")),
            deprecated: f.optional("deprecated").and_then(|node| Deprecation::decode(node, cx)),
            owner: cx.words(f.optional("owner")),
            runbook,
            action: cx.words(f.optional("action")),
            category: cx.words(f.optional("category")),
            tags: cx.list(f.optional("tags"), "tags"),
            cost_center: cx.words(f.optional("cost_center")),
            span: node.span,
            name,
            kind,
            labels: own.ids,
        };
        fields.finish(cx.out);
        Some(kpi)
    }
}

/// The kind, with what it carries.
fn decode_kind(f: &mut Fields<'_>, name: Spanned<KindName>, cx: &mut Cx<'_>) -> Spanned<Kind> {
    let buckets_node =
        if name.value == KindName::Histogram { f.required("buckets") } else { f.optional("buckets") };
    let expr_node = if name.value == KindName::Derived { f.required("expr") } else { f.optional("expr") };
    for (key, node, fits) in [
        ("buckets", buckets_node, name.value == KindName::Histogram),
        ("expr", expr_node, name.value == KindName::Derived),
    ] {
        if let Some(node) = node.filter(|_| !fits) {
            let of = if key == "buckets" { "`type: histogram`" } else { "`type: derived`" };
            cx.out.push(
                Diagnostic::error(
                    codes::KEY_NOT_OF_KIND,
                    node.span,
                    format!("`{key}` means nothing for a {}", name.value.as_str()),
                )
                .also(name.span, format!("this is a {}", name.value.as_str()))
                .help(format!("remove it, or write {of}")),
            );
        }
    }
    let kind = match name.value {
        KindName::Gauge => Kind::Gauge,
        KindName::Counter => Kind::Counter,
        KindName::Histogram => Kind::Histogram(buckets::decode(buckets_node, name.span, cx)),
        KindName::NativeHistogram => Kind::NativeHistogram,
        KindName::State => Kind::State,
        KindName::Info => Kind::Info,
        KindName::Derived => {
            Kind::Derived(cx.text(expr_node).unwrap_or(Spanned::new(String::new(), name.span)))
        }
    };
    Spanned::new(kind, name.span)
}

/// `unit:`, which states and infos may leave out: their value is always 0 or 1.
fn decode_unit_of(f: &mut Fields<'_>, kind: &Kind, cx: &mut Cx<'_>) -> Option<Spanned<Unit>> {
    let node = match kind {
        Kind::State | Kind::Info => f.optional("unit"),
        _ => f.required("unit"),
    };
    decode_unit(node?, cx)
}

/// A unit by name or alias, or `{ucum, grafana, suffix}`.
pub(crate) fn decode_unit(node: &Node, cx: &mut Cx<'_>) -> Option<Spanned<Unit>> {
    if let NodeKind::Map(_) = node.kind {
        let mut fields = Fields::of(node, "a unit", cx.out)?;
        let ucum = cx.words(fields.required("ucum"));
        let grafana = cx.words(fields.optional("grafana")).unwrap_or_else(|| "none".into());
        let suffix = cx.text(fields.optional("suffix"));
        fields.finish(cx.out);
        if let Some(suffix) = &suffix {
            check_name(suffix, "a metric suffix", cx.out);
        }
        let suffix = suffix.map(|suffix| suffix.value).unwrap_or_default();
        return Some(Spanned::new(Unit::Custom(CustomUnit { ucum: ucum?, grafana, suffix }), node.span));
    }
    let text = node.filled_text(cx.out)?;
    if let Some(unit) = BuiltinUnit::parse(&text.value) {
        return Some(Spanned::new(Unit::Builtin(unit), node.span));
    }
    let spellings =
        BuiltinUnit::ALL.iter().flat_map(|unit| unit.aliases().iter().copied().chain([unit.name()]));
    let meant =
        crate::suggest::nearest(&text.value, spellings).and_then(BuiltinUnit::parse).map(BuiltinUnit::name);
    let shown = shortened(&text.value);
    let finding = Diagnostic::error(
        codes::UNKNOWN_UNIT,
        node.span,
        match meant {
            Some(meant) => format!("unknown unit `{shown}`, did you mean `{meant}`?"),
            None => format!("unknown unit `{shown}`"),
        },
    )
    .label("not a known unit");
    let names: Vec<&str> = BuiltinUnit::ALL.iter().map(|unit| unit.name()).collect();
    let finding = finding.help(format!("known units: {}", names.join(", ")));
    cx.out.push(match meant {
        Some(meant) => finding.replace(node.span, meant),
        None => {
            finding.help("or describe your own: `{ucum: \"mmol/L\", grafana: none, suffix: mmol_per_liter}`")
        }
    });
    None
}

fn decode_metric(
    f: &mut Fields<'_>,
    name: &Spanned<String>,
    unit: &Unit,
    kind: KindName,
    platform: &str,
    cx: &mut Cx<'_>,
) -> Spanned<String> {
    let Some(metric) = cx.text(f.optional("prometheus_metric")) else {
        return Spanned::new(default_metric(platform, &name.value, unit, kind), name.span);
    };
    if !is_metric_name(&metric.value) {
        cx.out.push(bad_metric_name(&metric));
    }
    metric
}

/// `<platform>_<name>[_<unit suffix>][_total|_info]`; an ending that the name already has is not repeated.
pub(crate) fn default_metric(platform: &str, name: &str, unit: &Unit, kind: KindName) -> String {
    let mut metric = format!("{platform}_{name}");
    let kind_suffix = match kind {
        KindName::Counter => "total",
        KindName::Info => "info",
        _ => "",
    };
    for suffix in [unit.suffix(), kind_suffix] {
        let has = metric.strip_suffix(suffix).is_some_and(|start| start.ends_with('_'));
        if !suffix.is_empty() && !has {
            metric.push('_');
            metric.push_str(suffix);
        }
    }
    metric
}

fn decode_aggregations(f: &mut Fields<'_>, own: &OwnLabels, cx: &mut Cx<'_>) -> Vec<Aggregation> {
    let Some(node) = f.optional("aggregations") else { return Vec::new() };
    let items = node.items("aggregations", cx.out);
    let mut all: Vec<Aggregation> = Vec::with_capacity(items.len());
    for item in items {
        let Some(aggregation) = Aggregation::decode(item, own, cx) else { continue };
        let same = |other: &&Aggregation| {
            other.op.value == aggregation.op.value
                && (&other.by, other.window, other.up_to)
                    == (&aggregation.by, aggregation.window, aggregation.up_to)
        };
        if let Some(first) = all.iter().find(same) {
            cx.out.push(crate::resolve::repeated(aggregation.span, first.span, item));
        } else {
            all.push(aggregation);
        }
    }
    all
}

/// Counters and histograms whose labels are all closed start at zero; everything else waits for the first write.
fn decode_init(
    f: &mut Fields<'_>,
    kind: KindName,
    own: &OwnLabels,
    labels: &[Label],
    cx: &mut Cx<'_>,
) -> Init {
    let is_closed = |label: &Spanned<LabelId>| {
        labels.get(label.value.index()).is_some_and(|label| matches!(label.values, LabelValues::Closed(_)))
    };
    let totals = matches!(kind, KindName::Counter | KindName::Histogram | KindName::NativeHistogram);
    let all_closed = own.ids.iter().all(is_closed);
    let default = if totals && all_closed { Init::Zero } else { Init::Lazy };
    cx.word(f.optional("init"), "start", Init::ALL, Init::as_str).map_or(default, |init| init.value)
}

/// A duration, or `off`.
fn decode_no_data(f: &mut Fields<'_>, init: Init, tier: Tier, cx: &mut Cx<'_>) -> Option<PromDuration> {
    match f.optional("no_data") {
        None => (init == Init::Zero && tier == Tier::Standard).then_some(NO_DATA),
        Some(node) if matches!(node.scalar(), Some("off" | "false")) => None,
        Some(node) => node.duration(cx.out).map(|duration| duration.value),
    }
}

impl Deprecation {
    /// `{since, use, remove_in}`.
    fn decode(node: &Node, cx: &mut Cx<'_>) -> Option<Self> {
        let mut fields = Fields::of(node, "`deprecated`", cx.out)?;
        let deprecation = Self {
            since: fields.optional("since").and_then(|node| node.version(cx.out)).map(|since| since.value),
            use_instead: cx.text(fields.optional("use")),
            remove_in: fields.optional("remove_in").and_then(|node| node.version(cx.out)),
            span: node.span,
        };
        fields.finish(cx.out);
        Some(deprecation)
    }
}
