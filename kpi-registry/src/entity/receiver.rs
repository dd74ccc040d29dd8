//! Where alerts go.

use crate::source::{Span, Spanned};

/// One entry of `receivers:`. Secrets are only ever named as files.
#[derive(Clone, Debug)]
pub struct Receiver {
    /// Its name. `oncall` gets critical alerts and `chat` gets warnings, where they exist.
    pub name: Spanned<String>,
    /// What it is.
    pub kind: ReceiverKind,
    /// The owners whose alerts go here instead; empty when it follows severity alone.
    pub owners: Vec<Spanned<String>>,
    /// The whole entry.
    pub span: Span,
}

/// The integration behind a receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReceiverKind {
    /// `pagerduty: {routing_key_file}`
    PagerDuty {
        /// File with the integration key.
        routing_key_file: Spanned<String>,
    },
    /// `slack: {api_url_file, channel}`
    Slack {
        /// File with the webhook address.
        api_url_file: Spanned<String>,
        /// The channel; the webhook's own when left out.
        channel: Option<String>,
    },
    /// `opsgenie: {api_key_file}`
    Opsgenie {
        /// File with the key.
        api_key_file: Spanned<String>,
    },
    /// `webhook: {url}`; the address must carry no secret.
    Webhook {
        /// The address.
        url: Spanned<String>,
    },
    /// `email: {to}`; the mail server is Alertmanager's own setting.
    Email {
        /// The address.
        to: Spanned<String>,
        /// The sender.
        from: Option<String>,
        /// `host:port` of the mail server.
        smarthost: Option<String>,
    },
}
