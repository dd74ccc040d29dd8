//! Labels, and how many series they make.

use super::prelude::*;
use crate::entity::{Label, LabelValues, Tier};

/// Handles take at most so many labels.
const MOST_LABELS: usize = 8;
/// An open label that keeps more values apart is hardly bounded.
const LARGE_LIMIT: u32 = 1000;
/// The runtime cuts longer values.
const LONGEST_VALUE: usize = 128;

check! {
    /// No KPI has this label. It costs nothing and does nothing; perhaps a KPI was to have it.
    ///
    /// ```yaml
    /// labels: {route: {values: [analyze, health]}}
    /// kpis:
    ///   - {name: requests, type: counter, labels: [route]}   # right: it is used
    /// ```
    UnusedLabel = "KPI0340", "label that no KPI has", unused_label
}

fn unused_label(registry: &Registry, out: &mut Diagnostics) {
    let mut used = vec![false; registry.labels.len()];
    for label in registry.kpis.iter().flat_map(|kpi| &kpi.labels) {
        used[label.value.index()] = true;
    }
    for (label, _) in registry.labels.iter().zip(used).filter(|(label, used)| !used && label.owner.is_none())
    {
        out.push(
            Diagnostic::note(
                UnusedLabel::CODE,
                label.name.span,
                format!("no KPI has the label `{}`", label.name),
            )
            .label("unused")
            .help("name it under a KPI's `labels`, or remove it"),
        );
    }
}

check! {
    /// Alerts set labels of their own: `severity`, `kpi`, `team` and a few for burn rates. A label of this name on a KPI is
    /// overwritten in its alerts, so they can't tell its series apart.
    ///
    /// ```yaml
    /// labels: {team: {values: [red, blue]}}    # wrong: alerts carry the owner as `team`
    /// labels: {squad: {values: [red, blue]}}   # right
    /// ```
    AlertsOwnLabel = "KPI0341", "label name that alerts set themselves", alerts_own_label
}

/// The labels that alerts carry beside the KPI's.
pub(super) const ALERT_LABELS: &[&str] =
    &["alertname", "severity", "kpi", "team", "slo_id", "burn_tier", "long", "short"];

fn alerts_own_label(registry: &Registry, out: &mut Diagnostics) {
    for label in registry.labels.iter().filter(|label| ALERT_LABELS.contains(&label.name.as_str())) {
        out.push(
            Diagnostic::warning(
                AlertsOwnLabel::CODE,
                label.name.span,
                format!("alerts overwrite the label `{}`", label.name),
            )
            .label("set by every alert")
            .help("choose another name"),
        );
    }
}

check! {
    /// An open label keeps `limit` values apart in one process and counts the rest under `_other`. With
    /// thousands it is hardly a bound, since the limits of several labels multiply.
    ///
    /// ```yaml
    /// model: {open: true, limit: 5000}   # wrong
    /// model: {open: true, limit: 20}     # right
    /// ```
    LabelLimit = "KPI0342", "limit that does not bound", label_limit
}

fn label_limit(registry: &Registry, out: &mut Diagnostics) {
    for label in &registry.labels {
        let LabelValues::Open { limit } = &label.values else { continue };
        if limit.value > LARGE_LIMIT {
            out.push(
                Diagnostic::warning(
                    LabelLimit::CODE,
                    limit.span,
                    format!(
                        "`{}` may make {} series of every KPI that has it, in every process",
                        label.name, limit
                    ),
                )
                .label("hardly a bound")
                .help(format!("keep it at {LARGE_LIMIT} or less, or put the detail into logs and traces")),
            );
        }
    }
}

check! {
    /// Users, sessions, requests, traces and moments have no end. A metric with such a label makes series until memory runs
    /// out, or ends up under `_other`. They belong into logs, traces and exemplars.
    ///
    /// ```yaml
    /// labels: {user_id: {open: true, limit: 500}}         # wrong
    /// labels: {plan: {values: [free, pro, enterprise]}}   # right: what users have in common
    /// ```
    UnboundedName = "KPI0343", "label of something without end", unbounded_name
}

const ENDLESS: &[&str] = &[
    "client_ip",
    "correlation_id",
    "date",
    "email",
    "event_id",
    "ip",
    "ip_address",
    "message",
    "message_id",
    "order_id",
    "password",
    "path",
    "phone",
    "query",
    "request_id",
    "session",
    "session_id",
    "span_id",
    "sql",
    "time",
    "timestamp",
    "token",
    "trace_id",
    "transaction_id",
    "ts",
    "uid",
    "url",
    "user",
    "user_agent",
    "user_id",
    "user_name",
    "username",
    "uuid",
];

fn unbounded_name(registry: &Registry, out: &mut Diagnostics) {
    let endless = |label: &&Label| {
        matches!(label.values, LabelValues::Open { .. }) && ENDLESS.contains(&label.name.as_str())
            || ["_id", "_uuid", "_timestamp"].iter().any(|end| label.name.ends_with(end))
            || ["user", "email", "timestamp", "uuid"].contains(&label.name.as_str())
    };
    for label in registry.labels.iter().filter(endless) {
        out.push(
            Diagnostic::warning(
                UnboundedName::CODE,
                label.name.span,
                format!("`{}` sounds like something without end", label.name),
            )
            .label("each new value is a new series")
            .help("label with what such things have in common; put the single one into logs, traces or exemplars"),
        );
    }
}

check! {
    /// The KPIs of an agent may make more series in one process than its budget allows: for every KPI the product of its
    /// labels' values, times buckets for histograms. Each series costs memory in the process and in Prometheus. KPIs of the debug
    /// tier are not counted, as production doesn't have them.
    ///
    /// ```yaml
    /// defaults: {series_budget: 10000}
    /// labels:
    ///   model: {open: true, limit: 500}   # times 30 routes makes 15,030 series: wrong
    ///   model: {open: true, limit: 20}    # 630: right
    /// ```
    SeriesBudget = "KPI0344", "more series than the budget", series_budget
}

fn series_budget(registry: &Registry, out: &mut Diagnostics) {
    let series: Vec<u64> = registry
        .kpis()
        .map(|(id, kpi)| {
            let each = match &kpi.kind.value {
                Kind::Histogram(buckets) => buckets.bounds.len() as u64 + 3,
                Kind::NativeHistogram => 3,
                Kind::Derived(_) => return 0,
                // Production doesn't have it.
                _ if kpi.tier == Tier::Debug => return 0,
                Kind::Gauge | Kind::Counter | Kind::State | Kind::Info => 1,
            };
            registry.cardinality(id).saturating_mul(each)
        })
        .collect();
    let common: u64 =
        total(registry.kpis().filter(|(_, kpi)| kpi.agents.is_empty()).map(|(id, _)| series[id.index()]));
    let mut sums = vec![common; registry.agents.len()];
    for (id, kpi) in registry.kpis() {
        for agent in &kpi.agents {
            let sum = &mut sums[agent.value.index()];
            *sum = sum.saturating_add(series[id.index()]);
        }
    }
    for ((id, agent), sum) in registry.agents().zip(sums) {
        let budget = agent.series_budget.unwrap_or(registry.defaults.series_budget);
        if sum <= budget {
            continue;
        }
        let mut worst: Vec<(u64, &Kpi)> = Vec::new();
        for (id, kpi) in registry.kpis_of(id).filter(|(id, _)| series[id.index()] > 0) {
            let at = worst.partition_point(|(count, _)| *count >= series[id.index()]);
            worst.insert(at, (series[id.index()], kpi));
            worst.truncate(3);
        }
        let finding = Diagnostic::warning(
            SeriesBudget::CODE,
            agent.name.span,
            format!("`{}` may expose {sum} series per process; its budget is {budget}", agent.name),
        )
        .label(format!("{} too many", sum - budget));
        let finding = worst.iter().fold(finding, |finding, (count, kpi)| {
            finding.also(kpi.name.span, format!("`{}` may make {count}", kpi.name))
        });
        out.push(finding.help("drop labels or lower limits of the worst, or raise `series_budget`"));
    }
}

fn total(counts: impl Iterator<Item = u64>) -> u64 {
    counts.fold(0, u64::saturating_add)
}

check! {
    /// A handle takes at most eight labels. Nobody can read a panel with more, and their combinations multiply.
    ///
    /// ```yaml
    /// labels: [a, b, c, d, e, f, g, h, i]   # wrong
    /// labels: [a, b, c]                     # right
    /// ```
    TooManyLabels = "KPI0345", "more than eight labels", too_many_labels
}

fn too_many_labels(registry: &Registry, out: &mut Diagnostics) {
    for kpi in &registry.kpis {
        if let Some(ninth) = kpi.labels.get(MOST_LABELS) {
            out.push(
                Diagnostic::error(
                    TooManyLabels::CODE,
                    ninth.span,
                    format!("`{}` has {} labels; {MOST_LABELS} are possible", kpi.name, kpi.labels.len()),
                )
                .label("one too many")
                .help("split the KPI, or put the detail into an info series"),
            );
        }
    }
}

check! {
    /// A state is one of a few: it needs a label named `state` whose closed values are those states. Each state becomes a
    /// series, 1 while it holds and 0 otherwise.
    ///
    /// ```yaml
    /// {name: breaker, type: state, unit: count}                                                   # wrong
    /// {name: breaker, type: state, unit: count, labels: [{name: state, values: [open, closed]}]}  # right
    /// ```
    StateLabel = "KPI0346", "state without its states", state_label
}

fn state_label(registry: &Registry, out: &mut Diagnostics) {
    for kpi in registry.kpis.iter().filter(|kpi| kpi.kind.value == Kind::State) {
        let label = kpi.labels.iter().find(|label| registry.label(label.value).name.value == "state");
        match label {
            None => out.push(
                Diagnostic::error(
                    StateLabel::CODE,
                    kpi.kind.span,
                    format!("the state `{}` has no label `state`", kpi.name),
                )
                .label("which states are there?")
                .help("add a label `state` with the states as its `values`"),
            ),
            Some(label) if registry.label(label.value).values.closed().is_none() => out.push(
                Diagnostic::error(
                    StateLabel::CODE,
                    label.span,
                    format!("the states of `{}` are not known: its label `state` is open", kpi.name),
                )
                .label("must be closed")
                .also(registry.label(label.value).name.span, "defined here")
                .help("list the states under `values`"),
            ),
            Some(_) => {}
        }
    }
}

check! {
    /// An info series is always 1; its labels are what it says. Without labels it says nothing.
    ///
    /// ```yaml
    /// {name: build, type: info, unit: count}                                                    # wrong
    /// {name: build, type: info, unit: count, labels: [{name: revision, open: true, limit: 1}]}  # right
    /// ```
    InfoLabels = "KPI0347", "info series without labels", info_labels
}

fn info_labels(registry: &Registry, out: &mut Diagnostics) {
    for kpi in registry.kpis.iter().filter(|kpi| kpi.kind.value == Kind::Info && kpi.labels.is_empty()) {
        out.push(
            Diagnostic::warning(
                InfoLabels::CODE,
                kpi.kind.span,
                format!("the info series `{}` has no labels and says nothing", kpi.name),
            )
            .label("always 1")
            .help("add the facts as labels, or choose another type"),
        );
    }
}

check! {
    /// `_other` is where open labels count their rest, so no closed label has it as a value, and values of more than 128
    /// bytes are cut at run time, after which two of them may be the same.
    ///
    /// ```yaml
    /// route: {values: [analyze, _other]}   # wrong
    /// route: {values: [analyze, other]}    # right
    /// ```
    LabelValue = "KPI0349", "unusable label value", label_value
}

fn label_value(registry: &Registry, out: &mut Diagnostics) {
    for label in &registry.labels {
        let Some(values) = label.values.closed() else { continue };
        for value in values {
            if value.value == "_other" {
                let message =
                    format!("`{}` has the value `_other`, which open labels use for their rest", label.name);
                out.push(value_finding(value, message).help("choose another word: `other`"));
            } else if value.len() > LONGEST_VALUE {
                let message = format!("`{}` has a value of {} bytes", label.name, value.len());
                out.push(
                    value_finding(value, message).help(format!("keep values below {LONGEST_VALUE} bytes")),
                );
            }
        }
    }
}

fn value_finding(value: &Spanned<String>, message: String) -> Diagnostic {
    Diagnostic::error(LabelValue::CODE, value.span, message).label("this value")
}
