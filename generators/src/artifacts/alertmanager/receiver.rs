//! The receivers of a registry as Alertmanager knows them.

use kpi_registry::entity::{Receiver, ReceiverKind};
use kpi_registry::registry::Registry;

use crate::wire::alertmanager as wire;

/// The receiver of critical alerts.
pub(super) const ONCALL: &str = "oncall";
/// The receiver of warnings.
pub(super) const CHAT: &str = "chat";
/// The receiver of alerts that nothing else takes.
pub(super) const DEFAULT: &str = "default";
/// The receiver that expects to hear from the watchdog all the time.
pub(super) const HEARTBEAT: &str = "heartbeat";

/// Every declared receiver, after the two that must exist: without an integration they swallow what they get.
pub(super) fn all(registry: &Registry) -> Vec<wire::Receiver> {
    let needed = [fallback(registry), HEARTBEAT];
    let missing = needed.into_iter().filter(|name| declared(registry, name).is_none());
    let empty = missing.map(|name| wire::Receiver { name: name.to_owned(), ..wire::Receiver::default() });
    empty.chain(registry.receivers.iter().map(convert)).collect()
}

/// The declared receiver of a name.
pub(super) fn declared<'a>(registry: &'a Registry, name: &str) -> Option<&'a Receiver> {
    registry.receivers.iter().find(|receiver| receiver.name.value == name)
}

/// Who gets what no route takes: as long as anybody is declared, no alert is lost.
pub(super) fn fallback(registry: &Registry) -> &str {
    let named = [DEFAULT, CHAT, ONCALL].into_iter().find(|name| declared(registry, name).is_some());
    let general = registry.receivers.iter().filter(|receiver| receiver.name.value != HEARTBEAT);
    named.or_else(|| general.map(|receiver| receiver.name.as_str()).next()).unwrap_or(DEFAULT)
}

fn convert(receiver: &Receiver) -> wire::Receiver {
    let mut out = wire::Receiver { name: receiver.name.value.clone(), ..wire::Receiver::default() };
    let send_resolved = true;
    match &receiver.kind {
        ReceiverKind::PagerDuty { routing_key_file } => out
            .pagerduty_configs
            .push(wire::PagerDuty { send_resolved, routing_key_file: routing_key_file.value.clone() }),
        ReceiverKind::Slack { api_url_file, channel } => out.slack_configs.push(wire::Slack {
            send_resolved,
            api_url_file: api_url_file.value.clone(),
            channel: channel.clone(),
            title: SLACK_TITLE.into(),
            text: SLACK_TEXT.into(),
        }),
        ReceiverKind::Opsgenie { api_key_file } => out
            .opsgenie_configs
            .push(wire::Opsgenie { send_resolved, api_key_file: api_key_file.value.clone() }),
        ReceiverKind::Webhook { url } => {
            out.webhook_configs.push(wire::Webhook { send_resolved, url: url.value.clone() });
        }
        ReceiverKind::Email { to, from, smarthost } => out.email_configs.push(wire::Email {
            send_resolved,
            to: to.value.clone(),
            from: from.as_ref().unwrap_or(&to.value).clone(),
            smarthost: smarthost.clone().unwrap_or_else(|| "localhost:25".into()),
        }),
    }
    out
}

const SLACK_TITLE: &str = "{{ .Status | toUpper }}: {{ .CommonLabels.alertname }} {{ .CommonLabels.agent }}";

const SLACK_TEXT: &str = "{{ range .Alerts }}{{ .Annotations.summary }}
{{ with .Annotations.action }}Do: {{ . }}
{{ end }}{{ with .Annotations.runbook_url }}<{{ . }}|Runbook> {{ end }}{{ with .Annotations.dashboard_url }}<{{ . }}|Dashboard>{{ end }}
{{ end }}";
