//! The first version of the registry, read into the same model.
//!
//! What it says and the model can't carry is a finding, never dropped in silence.

use super::assemble::Top;
use super::document::{Document, Form};
use crate::diagnostic::{Diagnostic, Severity as Seriousness, codes};
use crate::entity::{
    Agent, AgentKpi, Cx, Init, Kind as MetricKind, Kpi, Level, NormalRange, PanelHints, Severity, Stability,
    Surroundings, Threshold, Thresholds, Tier, Trace, bad_metric_name, check_name, decode_unit,
    default_metric, named, not_strict,
};
use crate::source::Spanned;
use crate::suggest::nearest;
use crate::syntax::{Fields, Kind, Node, shortened};
use crate::value::{BuiltinUnit, Condition, Unit, is_metric_name, is_snake_name};

/// Keys of a KPI that only version 2 has.
const NEW_KPI_KEYS: &[&str] = &[
    "type",
    "agents",
    "labels",
    "buckets",
    "thresholds",
    "aggregations",
    "slo",
    "dashboard",
    "trace",
    "depends_on",
    "init",
    "no_data",
    "tier",
    "stability",
    "since",
    "renamed_from",
    "deprecated",
    "owner",
    "runbook",
    "action",
    "tags",
    "cost_center",
    "expr",
];

/// Reads the top level of a file of version 1.
pub(super) fn top<'n>(document: &'n Document, keys: &mut Vec<(&'static str, &'n Node)>, cx: &mut Cx<'_>) {
    let (what, known): (_, &[&'static str]) = match document.form {
        Form::Binding1 => ("an agent's bindings", &["agent", "kpis_used", "kpis", "collaboration"]),
        _ => ("a registry", &["kpis", "export_config", "validation_rules"]),
    };
    let Some(mut fields) = Fields::of(&document.node, what, cx.out) else { return };
    let version = fields.entry("version").map(|entry| entry.value.span);
    for key in known {
        if let Some(node) = fields.optional(key) {
            keys.push((key, node));
        }
    }
    for key in ["last_updated", "schema_version"] {
        fields.entry(key);
    }
    fields.free("x-");
    let read: Vec<&'static str> = known.iter().copied().chain(["version", "last_updated"]).collect();
    left_out(&mut fields, what, &read, &[], cx);
    cx.out.push(
        Diagnostic::warning(
            codes::VERSION_1,
            version.unwrap_or_else(|| document.head()),
            "this file is written in version 1 of the registry",
        )
        .help("`kpi migrate` rewrites it as version 2 and keeps its comments"),
    );
    if document.form == Form::Binding1 {
        match document.node.get("agent") {
            None => cx.out.push(
                Diagnostic::error(
                    codes::MISSING_KEY,
                    document.head(),
                    "an agent's bindings need the key `agent`",
                )
                .help("add `agent: <name>`"),
            ),
            Some(node) if node.scalar().is_none() => {
                node.text(cx.out);
            }
            Some(_) => {}
        }
    }
    if let Some((_, node)) = keys.iter().find(|(key, _)| *key == "export_config") {
        export_config(node, cx);
    }
}

/// Says which keys are not read.
fn left_out(fields: &mut Fields<'_>, what: &str, known: &[&'static str], newer: &[&str], cx: &mut Cx<'_>) {
    for entry in fields.rest() {
        let key = shortened(&entry.key);
        let finding = if newer.contains(&entry.key.as_str()) {
            Diagnostic::error(
                codes::V1_NEWER_KEY,
                entry.at,
                format!("`{key}` belongs to version 2 of the registry"),
            )
            .help("write `version: 2` at the top of the file, or let `kpi migrate` do it")
        } else {
            let finding = Diagnostic::warning(
                codes::V1_LEFT_OUT,
                entry.at,
                format!("{what} of version 1 has no key `{key}`"),
            )
            .label("left out");
            match nearest(&entry.key, known.iter().copied()) {
                Some(meant) => finding.help(format!("did you mean `{meant}`?")).replace(entry.at, meant),
                None => finding.help("say it in version 2, or remove it"),
            }
        };
        cx.out.push(finding);
    }
}

/// `export_config:`: its prefix is the platform; its labels have no bounds, so they are left out.
fn export_config(node: &Node, cx: &mut Cx<'_>) {
    let Some(mut fields) = Fields::of(node, "`export_config`", cx.out) else { return };
    let prometheus = fields.optional("prometheus");
    left_out(&mut fields, "`export_config`", &["prometheus"], &[], cx);
    let Some(mut fields) = prometheus.and_then(|node| Fields::of(node, "`export_config.prometheus`", cx.out))
    else {
        return;
    };
    fields.entry("prefix");
    if let Some(node) = fields.optional("enabled")
        && node.boolean(cx.out) == Some(false)
    {
        cx.out.push(
            Diagnostic::warning(
                codes::V1_LEFT_OUT,
                node.span,
                "`enabled: false` is not read: KPIs are always exported",
            )
            .help("remove the KPIs that nobody should see"),
        );
    }
    let labels = fields.optional("labels");
    left_out(&mut fields, "`export_config.prometheus`", &["prefix", "enabled", "labels"], &[], cx);
    for label in cx.texts(labels, "label names") {
        let name = shortened(&label.value);
        let endless =
            ["id", "uuid", "timestamp", "time", "email", "ip", "session", "trace", "span", "url", "path"];
        let is_endless = name.split('_').any(|word| endless.contains(&word));
        let finding = Diagnostic::warning(
            codes::V1_UNBOUNDED_LABEL,
            label.span,
            format!("the export label `{name}` has no bound on its values"),
        )
        .label("left out");
        cx.out.push(if is_endless {
            finding.help("a value of its own for every user or moment makes series without end; keep it in logs or traces")
        } else {
            finding.help(format!(
                "in version 2, declare it: `labels: {{{name}: {{values: [...]}}}}`, or `{{open: true, limit: 20}}`"
            ))
        });
    }
}

/// The platform that files of version 1 imply: the export prefix, or the first word of the first metric.
pub(super) fn platform(tops: &[Top<'_>]) -> Option<Spanned<String>> {
    let prefix = |top: &Top<'_>| {
        let node = top.get("export_config")?.get("prometheus")?.get("prefix")?;
        Some(Spanned::new(node.scalar()?.trim_end_matches('_').to_owned(), node.span))
    };
    let metric = |top: &Top<'_>| {
        let Kind::List(items) = &top.get("kpis")?.kind else { return None };
        let node = items.iter().find_map(|item| item.get("prometheus_metric"))?;
        Some(Spanned::new(node.scalar()?.split('_').next()?.to_owned(), node.span))
    };
    let old = || tops.iter().filter(|top| top.document.form != Form::Current);
    old().find_map(prefix).or_else(|| old().find_map(metric)).filter(|platform| is_snake_name(platform))
}

/// `validation_rules:`, which hold for the KPIs of the same file.
#[derive(Default)]
pub(super) struct Rules {
    rules: Vec<Rule>,
}

struct Rule {
    field: Spanned<String>,
    test: Test,
}

enum Test {
    Required,
    /// What stands before a name.
    Prefix(String),
    OneOf(Vec<Spanned<String>>),
}

impl Rules {
    pub(super) fn decode(top: &Top<'_>, cx: &mut Cx<'_>) -> Self {
        let mut all = Self::default();
        let Some(node) = top.get("validation_rules") else { return all };
        for item in node.items("rules", cx.out) {
            let Some(mut fields) = Fields::of(item, "a validation rule", cx.out) else { continue };
            let field = cx.text(fields.required("field"));
            let required = fields.optional("required").and_then(|node| node.boolean(cx.out)).unwrap_or(false);
            let (pattern, allowed) = (cx.text(fields.optional("pattern")), fields.optional("allowed_values"));
            let allowed = allowed.map(|node| cx.texts(Some(node), "values"));
            left_out(
                &mut fields,
                "a validation rule",
                &["field", "required", "pattern", "allowed_values"],
                &[],
                cx,
            );
            fields.finish(cx.out);
            let Some(field) = field else { continue };
            let tests = [
                required.then_some(Test::Required),
                pattern.and_then(|pattern| prefix(&pattern, cx)).map(Test::Prefix),
                allowed.map(Test::OneOf),
            ];
            all.rules.extend(tests.into_iter().flatten().map(|test| Rule { field: field.clone(), test }));
        }
        all
    }

    fn judge(&self, item: &Node, cx: &mut Cx<'_>) {
        for Rule { field, test } in &self.rules {
            let value = item.get(&field.value);
            let fault = match (test, value.and_then(Node::scalar)) {
                (Test::Required, None) => Some("it is missing".to_owned()),
                (Test::Prefix(prefix), Some(text)) => {
                    (!text.strip_prefix(prefix.as_str()).is_some_and(is_snake_name))
                        .then(|| format!("`{}` is not `{prefix}` and a name", shortened(text)))
                }
                (Test::OneOf(allowed), Some(text)) => (!allowed.iter().any(|allowed| allowed.value == text))
                    .then(|| format!("`{}` is none of the allowed values", shortened(text))),
                _ => None,
            };
            if let Some(fault) = fault {
                let at = value.unwrap_or(item).span;
                cx.out.push(
                    Diagnostic::error(
                        codes::V1_RULE,
                        at,
                        format!("`{}` breaks a validation rule: {fault}", field.value),
                    )
                    .also(field.span, "the rule")
                    .help("mend the KPI, or the rule"),
                );
            }
        }
    }
}

/// The text that a pattern `^text[a-z][a-z0-9_]*$` wants before a name. Other patterns are not read.
fn prefix(pattern: &Spanned<String>, cx: &mut Cx<'_>) -> Option<String> {
    let inner = pattern.strip_prefix('^').and_then(|rest| rest.strip_suffix("[a-z][a-z0-9_]*$"));
    let plain = |text: &&str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let prefix = inner.filter(plain);
    if prefix.is_none() {
        cx.out.push(
            Diagnostic::new(
                Seriousness::Note,
                codes::V1_LEFT_OUT,
                pattern.span,
                format!("the pattern `{}` is not checked", shortened(&pattern.value)),
            )
            .help("names and metric names are always checked to be valid; version 2 has no patterns of one's own"),
        );
    }
    prefix.map(str::to_owned)
}

/// One entry of `kpis:`.
pub(super) fn kpi(
    item: &Node,
    top: &Top<'_>,
    rules: &Rules,
    around: &Surroundings<'_>,
    cx: &mut Cx<'_>,
) -> Option<Kpi> {
    if item.get("key").is_some() && item.get("name").is_none() {
        // A binding among the inline definitions; `bind` reads it.
        return None;
    }
    let mut fields = Fields::of(item, "a KPI", cx.out)?;
    let f = &mut fields;
    let empty = Spanned::new(String::new(), f.head());
    let name = cx.text(f.required("name")).unwrap_or_else(|| empty.clone());
    if !name.value.is_empty() {
        check_name(&name, "a KPI", cx.out);
    }
    let description = cx.text(f.required("description")).unwrap_or_else(|| empty.clone());
    let unit = f.required("unit").and_then(|node| decode_unit(node, cx));
    let unit = unit.unwrap_or(Spanned::new(Unit::Builtin(BuiltinUnit::Count), empty.span));
    let metric = cx.text(f.required("prometheus_metric")).unwrap_or_else(|| {
        let kind = crate::entity::KindName::Gauge;
        Spanned::new(default_metric(around.platform, &name.value, &unit.value, kind), name.span)
    });
    if !is_metric_name(&metric.value) {
        cx.out.push(bad_metric_name(&metric));
    }
    let category = cx.words(f.optional("category"));
    let normal_range = f.optional("normal_range").and_then(|node| NormalRange::decode(node, cx));
    let thresholds = f.optional("risk_thresholds").map(|node| risk_thresholds(node, cx)).unwrap_or_default();
    let known =
        ["name", "description", "unit", "prometheus_metric", "category", "normal_range", "risk_thresholds"];
    left_out(f, "a KPI", &known, NEW_KPI_KEYS, cx);
    fields.finish(cx.out);
    rules.judge(item, cx);
    let agent = top.document.agent_name().and_then(|name| {
        Some(Spanned::new(crate::entity::AgentId::new(cx.names.agents.get(&name.value)?), name.span))
    });
    Some(Kpi {
        kind: Spanned::new(MetricKind::Gauge, name.span),
        runbook: None,
        description,
        unit,
        metric,
        agents: agent.into_iter().collect(),
        labels: Vec::new(),
        thresholds,
        normal_range,
        aggregations: Vec::new(),
        slo: None,
        dashboard: PanelHints::default(),
        trace: Trace::default(),
        depends_on: Vec::new(),
        init: Init::Lazy,
        no_data: None,
        tier: Tier::Standard,
        stability: Stability::Stable,
        since: None,
        renamed_from: None,
        deprecated: None,
        owner: None,
        action: None,
        category,
        tags: Vec::new(),
        cost_center: None,
        span: item.span,
        name,
    })
}

/// `risk_thresholds: {critical | warning | elevated: {condition, action}}`. `elevated` is a warning.
fn risk_thresholds(node: &Node, cx: &mut Cx<'_>) -> Thresholds {
    let mut all = Thresholds { span: Some(node.span), ..Thresholds::default() };
    let Some(mut fields) = Fields::of(node, "`risk_thresholds`", cx.out) else { return all };
    let levels =
        [("critical", Severity::Critical), ("warning", Severity::Warning), ("elevated", Severity::Warning)];
    for (key, severity) in levels {
        let Some(node) = fields.optional(key) else { continue };
        let Some(mut inner) = Fields::of(node, "a risk threshold", cx.out) else { continue };
        let condition = inner.required("condition").and_then(|node| threshold(node, severity, key, cx));
        let action = cx.words(inner.optional("action"));
        left_out(&mut inner, "a risk threshold", &["condition", "action"], &[], cx);
        inner.finish(cx.out);
        if let Some((level, threshold)) = condition {
            take(&mut all, level, Threshold { action, ..threshold }, key, cx);
        }
    }
    left_out(&mut fields, "`risk_thresholds`", &["critical", "warning", "elevated"], &[], cx);
    all
}

/// Sets a level, unless another condition has taken it.
fn take(all: &mut Thresholds, level: Level, threshold: Threshold, key: &str, cx: &mut Cx<'_>) {
    if let Some(first) = all.get(level) {
        cx.out.push(
            Diagnostic::warning(
                codes::V1_LEVEL_TAKEN,
                threshold.value.span,
                format!("`{key}` falls on `{}`, which another condition has taken", level.as_str()),
            )
            .label("left out")
            .also(first.value.span, "this one holds")
            .help("version 2 has one warning and one critical threshold on each side"),
        );
    } else {
        *all.get_mut(level) = Some(threshold);
    }
}

/// The threshold that a condition stands for; a finding when it is more than a comparison with a number.
fn threshold(node: &Node, severity: Severity, key: &str, cx: &mut Cx<'_>) -> Option<(Level, Threshold)> {
    let text = node.filled_text(cx.out)?;
    match text.value.parse::<Condition>() {
        Ok(condition) if condition.over.is_none() => {
            if condition.inclusive {
                cx.out.push(not_strict(node, &condition));
            }
            let level = Level::of(severity, condition.below);
            Some((level, Threshold::new(level, Spanned::new(condition.value, node.span))))
        }
        _ => {
            cx.out.push(unrepresentable(node, key, &text.value));
            None
        }
    }
}

fn unrepresentable(node: &Node, key: &str, text: &str) -> Diagnostic {
    let finding = Diagnostic::warning(
        codes::V1_CONDITION,
        node.span,
        format!("no threshold can carry `{key}: {}`", shortened(text)),
    )
    .label("left out");
    match text.parse::<Condition>() {
        Ok(Condition { over: Some(_), value, .. }) => finding.help(format!(
            "write it under `alerts:` in version 2, with an `expr` that looks back that far and compares with {value}"
        )),
        Ok(_) => finding.help("write it under `alerts:` in version 2, with an `expr` of its own"),
        Err(_) => finding.help("only comparisons with a number, such as `\"< 20\"`, become thresholds; the program itself must ask anything else"),
    }
}

/// Reads what an agent's bindings say into its view of KPIs.
pub(super) fn bind(top: &Top<'_>, kpis: &[Kpi], agents: &mut [Agent], cx: &mut Cx<'_>) {
    if top.document.form != Form::Binding1 {
        return;
    }
    let mut nobody = Agent::new(Spanned::new(String::new(), top.document.head()));
    let known = top.document.agent_name().and_then(|name| cx.names.agents.get(&name.value));
    let agent = known.and_then(|id| agents.get_mut(id)).unwrap_or(&mut nobody);
    if agent.span == agent.name.span {
        agent.span = top.document.node.span;
    }
    let inline = top.get("kpis").map(|node| (node, true));
    for (list, is_inline) in top.get("kpis_used").map(|node| (node, false)).into_iter().chain(inline) {
        let items = if let Kind::List(items) = &list.kind {
            items.as_slice()
        } else if is_inline {
            &[]
        } else {
            list.items("KPIs", cx.out)
        };
        for item in items.iter().filter(|item| !is_inline || item.get("key").is_some()) {
            if let Some(view) = binding(item, kpis, cx) {
                let again = agent.kpis.iter().find(|other| other.kpi.value == view.kpi.value);
                match again {
                    Some(first) => cx.out.push(crate::resolve::repeated(view.kpi.span, first.kpi.span, item)),
                    None => agent.kpis.push(view),
                }
            }
        }
    }
    if let Some(node) = top.get("collaboration") {
        agent.collaboration.decode(node, cx);
    }
}

/// `{key, role, alerting}`; a text stands for the key alone.
fn binding(item: &Node, kpis: &[Kpi], cx: &mut Cx<'_>) -> Option<AgentKpi> {
    if item.scalar().is_some() {
        let kpi = cx.names.kpi(item, cx.out)?;
        return Some(AgentKpi { kpi, role: None, thresholds: Thresholds::default(), actions: Vec::new() });
    }
    let mut fields = Fields::of(item, "a binding", cx.out)?;
    let kpi = fields.required("key").and_then(|node| cx.names.kpi(node, cx.out));
    let role = cx.words(fields.optional("role"));
    let mut thresholds = Thresholds::default();
    let mut actions = Vec::new();
    if let Some(node) = fields.optional("alerting") {
        thresholds.span = Some(node.span);
        for (key, value) in named(Some(node), "conditions", cx.out) {
            let severity = match key.value.as_str() {
                "risk_if" => Severity::Critical,
                "caution_if" => Severity::Warning,
                "actions" => {
                    actions =
                        value.items("actions", cx.out).iter().filter_map(|item| action(item, cx)).collect();
                    continue;
                }
                other => {
                    let text = value.scalar().map_or_else(|| value.describe(), str::to_owned);
                    cx.out.push(unrepresentable(value, other, &text));
                    continue;
                }
            };
            if let Some((level, threshold)) = threshold(value, severity, &key.value, cx) {
                take(&mut thresholds, level, threshold, &key.value, cx);
            }
        }
    }
    left_out(&mut fields, "a binding", &["key", "role", "alerting"], &[], cx);
    fields.finish(cx.out);
    let kpi = kpi?;
    if let Some(definition) = kpis.get(kpi.value.index()) {
        disagreement(definition, &thresholds, cx);
    }
    Some(AgentKpi { kpi, role, thresholds, actions })
}

/// `{name}`, or the name alone.
fn action(node: &Node, cx: &mut Cx<'_>) -> Option<String> {
    if node.scalar().is_some() {
        return cx.words(Some(node));
    }
    let mut fields = Fields::of(node, "an action", cx.out)?;
    let name = cx.words(fields.required("name"));
    left_out(&mut fields, "an action", &["name"], &[], cx);
    fields.finish(cx.out);
    name
}

/// Compares the lines a binding draws with those of the registry on the same side.
fn disagreement(kpi: &Kpi, own: &Thresholds, cx: &mut Cx<'_>) {
    for (level, threshold) in own.iter() {
        let same_side = kpi.thresholds.iter().filter(|(other, _)| other.is_low() == level.is_low());
        let registry: Vec<(Level, &Threshold)> = same_side.collect();
        let agrees = |(other, theirs): &(Level, &Threshold)| {
            *other == level && theirs.value.value == threshold.value.value
        };
        if registry.is_empty() || registry.iter().any(agrees) {
            continue;
        }
        let side = if level.is_low() { "below" } else { "above" };
        let theirs: Vec<String> = registry
            .iter()
            .map(|(other, theirs)| {
                format!("{} {side} {}", other.default_severity().as_str(), theirs.value.value)
            })
            .collect();
        let mut finding = Diagnostic::warning(
            codes::V1_DISAGREES,
            threshold.value.span,
            format!(
                "`{}` is {} {side} {} here, but {} in the registry",
                kpi.name,
                level.default_severity().as_str(),
                threshold.value.value,
                theirs.join(" and ")
            ),
        )
        .help("draw the same line in both; in version 2, a line of the agent's own stands under `agents:` and says that it is meant");
        for (_, theirs) in registry {
            finding = finding.also(theirs.value.span, "the registry's line");
        }
        cx.out.push(finding);
    }
}
