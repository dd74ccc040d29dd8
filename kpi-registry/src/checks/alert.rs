//! Alerts written by hand, and where alerts go.

use super::label::ALERT_LABELS;
use super::prelude::*;
use crate::entity::Severity;
use crate::value::is_label_name;

check! {
    /// Thresholds and alerts that are critical should reach somebody. Without a receiver Alertmanager only shows them.
    ///
    /// ```yaml
    /// receivers:
    ///   oncall: {pagerduty: {routing_key_file: /etc/secrets/pagerduty}}   # critical alerts go here
    ///   chat: {slack: {api_url_file: /etc/secrets/slack}}                 # warnings go here
    /// ```
    NoReceiver = "KPI0740", "critical alerts that reach nobody", no_receiver
}

fn no_receiver(registry: &Registry, out: &mut Diagnostics) {
    if !registry.receivers.is_empty() {
        return;
    }
    let critical = |severity: Severity| severity == Severity::Critical;
    let threshold = registry.kpis.iter().find_map(|kpi| {
        kpi.thresholds
            .iter()
            .find(|(_, threshold)| critical(threshold.severity))
            .map(|(_, one)| one.value.span)
    });
    let own = registry.alerts.iter().find(|alert| critical(alert.severity)).map(|alert| alert.name.span);
    if let Some(span) = threshold.or(own) {
        out.push(
            Diagnostic::note(NoReceiver::CODE, span, "there are critical alerts, and no receivers for them")
                .label("the first of them")
                .help("add `receivers: {oncall: {pagerduty: {routing_key_file: /path}}}`"),
        );
    }
}

check! {
    /// A receiver takes the alerts of an owner that nothing has, so it never gets any.
    ///
    /// ```yaml
    /// defaults: {owner: platform-team}
    /// receivers: {chat: {owners: [platform], slack: {api_url_file: /etc/secrets/slack}}}        # wrong
    /// receivers: {chat: {owners: [platform-team], slack: {api_url_file: /etc/secrets/slack}}}   # right
    /// ```
    ReceiverOwner = "KPI0741", "receiver for an owner of nothing", receiver_owner
}

fn receiver_owner(registry: &Registry, out: &mut Diagnostics) {
    if registry.receivers.iter().all(|receiver| receiver.owners.is_empty()) {
        return;
    }
    let owners = registry
        .kpis
        .iter()
        .map(|kpi| &kpi.owner)
        .chain(registry.agents.iter().map(|agent| &agent.owner))
        .chain(registry.alerts.iter().map(|alert| &alert.owner))
        .chain(std::iter::once(&registry.defaults.owner))
        .filter_map(Option::as_deref);
    let owners = Index::of(owners);
    for receiver in &registry.receivers {
        for owner in receiver.owners.iter().filter(|owner| !owners.contains(owner)) {
            let message = |end: &str| format!("`{}` is for `{owner}`, who owns nothing{end}", receiver.name);
            let finding = |text: String| {
                Diagnostic::warning(ReceiverOwner::CODE, owner.span, text)
                    .label("owner of no KPI, agent or alert")
            };
            out.push(match nearest(owner, owners.texts()) {
                Some(meant) => {
                    finding(message(&format!(", did you mean `{meant}`?"))).replace(owner.span, meant)
                }
                None => finding(message("")).help("name an owner of KPIs, or remove it"),
            });
        }
    }
}

check! {
    /// Alert names are CamelCase, as everywhere in the Prometheus world: people read them on pagers, and routes match them.
    ///
    /// ```yaml
    /// alerts: [{name: queue is long, expr: "auren_queue > 100"}]   # wrong
    /// alerts: [{name: QueueIsLong, expr: "auren_queue > 100"}]     # right
    /// ```
    AlertName = "KPI0742", "alert name that is not CamelCase", alert_name
}

fn alert_name(registry: &Registry, out: &mut Diagnostics) {
    for alert in &registry.alerts {
        let name = &alert.name;
        let camel = name.starts_with(|first: char| first.is_ascii_uppercase())
            && name.chars().all(|c| c.is_ascii_alphanumeric());
        if camel {
            continue;
        }
        let right = crate::value::camel_case(name);
        let finding = Diagnostic::warning(
            AlertName::CODE,
            name.span,
            format!("the alert `{name}` is not in CamelCase"),
        )
        .label("shown on pagers");
        out.push(if right.starts_with(|first: char| first.is_ascii_uppercase()) {
            finding.help(format!("call it `{right}`")).replace(name.span, right)
        } else {
            finding.help("begin with a capital letter, and use letters and digits alone")
        });
    }
}

check! {
    /// An alert without a wait fires at a single bad sample. That is right for things that must never happen, and noise for
    /// everything else.
    ///
    /// ```yaml
    /// {name: QueueIsLong, expr: "auren_queue > 100", for: 0s}   # a single sample pages
    /// {name: QueueIsLong, expr: "auren_queue > 100", for: 5m}   # right
    /// ```
    AlertHold = "KPI0743", "alert that does not wait", alert_hold
}

fn alert_hold(registry: &Registry, out: &mut Diagnostics) {
    for alert in registry.alerts.iter().filter(|alert| alert.hold.is_zero()) {
        out.push(
            Diagnostic::note(
                AlertHold::CODE,
                alert.name.span,
                format!("`{}` fires at a single sample", alert.name),
            )
            .label("`for` is nothing")
            .help("write `for: 5m` unless it must never happen"),
        );
    }
}

check! {
    /// Labels of an alert are label names of Prometheus, and not those that every alert gets anyway.
    ///
    /// ```yaml
    /// {name: QueueIsLong, expr: "auren_queue > 100", labels: {severity: critical}}   # wrong
    /// {name: QueueIsLong, expr: "auren_queue > 100", severity: critical}             # right
    /// ```
    AlertLabels = "KPI0744", "alert label that can't be set", alert_labels
}

fn alert_labels(registry: &Registry, out: &mut Diagnostics) {
    for alert in &registry.alerts {
        for name in alert.labels.keys() {
            let (message, help) = if !is_label_name(name) {
                let help = "use letters, digits and `_`, beginning with a letter";
                (format!("`{name}` of the alert `{}` is not a label name", alert.name), String::from(help))
            } else if ALERT_LABELS.contains(&name.as_str()) {
                let help: String = match name.as_str() {
                    "severity" => "write `severity:` beside `labels:`".into(),
                    "team" => "write `owner:` beside `labels:`".into(),
                    _ => "choose another name".into(),
                };
                (format!("the alert `{}` gets its label `{name}` anyway", alert.name), help)
            } else {
                continue;
            };
            out.push(
                Diagnostic::error(AlertLabels::CODE, alert.name.span, message)
                    .label("under this alert's `labels`")
                    .help(help),
            );
        }
    }
}

check! {
    /// A pager shows the summary. Without one, whoever is woken reads a name and an expression.
    ///
    /// ```yaml
    /// {name: QueueIsLong, expr: "auren_queue > 100"}                                             # fires as a bare name
    /// {name: QueueIsLong, expr: "auren_queue > 100", summary: More than 100 messages are waiting}  # right
    /// ```
    AlertSummary = "KPI0745", "alert without a summary", alert_summary
}

fn alert_summary(registry: &Registry, out: &mut Diagnostics) {
    for alert in registry.alerts.iter().filter(|alert| alert.summary.is_none()) {
        out.push(
            Diagnostic::note(AlertSummary::CODE, alert.name.span, format!("`{}` has no summary", alert.name))
                .label("the pager shows nothing but this name")
                .help("add `summary:`, one line"),
        );
    }
}

check! {
    /// The alert `Watchdog` always fires, to prove that alerts arrive, and whoever waits for it gets all alerts of that name.
    /// An alert that you write with this name pages nobody.
    ///
    /// ```yaml
    /// {name: Watchdog, expr: "auren_queue > 100"}      # wrong
    /// {name: QueueIsLong, expr: "auren_queue > 100"}   # right
    /// ```
    AlertTaken = "KPI0746", "name of the alert that always fires", alert_taken
}

fn alert_taken(registry: &Registry, out: &mut Diagnostics) {
    for alert in registry.alerts.iter().filter(|alert| *alert.name == "Watchdog") {
        let message = "`Watchdog` is the alert that always fires, and goes to the heartbeat receiver alone";
        out.push(
            Diagnostic::error(AlertTaken::CODE, alert.name.span, message)
                .label("would page nobody")
                .help("choose another name"),
        );
    }
}
