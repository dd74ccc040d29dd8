//! Where alerts go.

use super::decode::Cx;
use crate::diagnostic::{Diagnostic, codes};
use crate::source::{Span, Spanned};
use crate::syntax::{Fields, Node};

/// One entry of `receivers:`. Secrets are only ever named as files.
#[derive(Debug)]
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
#[derive(Debug)]
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

impl Receiver {
    /// `{pagerduty | slack | opsgenie | webhook | email: {...}, owners}`.
    pub(crate) fn decode(name: Spanned<String>, node: &Node, cx: &mut Cx<'_>) -> Option<Self> {
        let mut fields = Fields::of(node, "a receiver", cx.out)?;
        let owners = cx.texts(fields.optional("owners"), "owners");
        let mut kinds = Vec::new();
        for (key, decode) in INTEGRATIONS {
            if let Some(node) = fields.optional(key) {
                kinds.push((node.span, decode(node, cx)));
            }
        }
        let fault = match kinds.as_slice() {
            [] => Some((name.span, format!("the receiver `{}` has no integration", name.value))),
            [_] => None,
            [_, (second, _), ..] => {
                Some((*second, format!("the receiver `{}` has a second integration", name.value)))
            }
        };
        if let Some((at, message)) = fault {
            cx.out.push(
                Diagnostic::error(codes::RECEIVER_KIND, at, message)
                    .help("a receiver has one of: pagerduty, slack, opsgenie, webhook, email"),
            );
        }
        fields.finish(cx.out);
        let kind = kinds.into_iter().next()?.1?;
        Some(Self { name, kind, owners, span: node.span })
    }
}

type Decode = fn(&Node, &mut Cx<'_>) -> Option<ReceiverKind>;

const INTEGRATIONS: &[(&str, Decode)] = &[
    ("pagerduty", |node, cx| {
        let mut fields = Fields::of(node, "`pagerduty`", cx.out)?;
        let routing_key_file =
            secret_file(&mut fields, "routing_key_file", &["routing_key", "service_key"], cx);
        fields.finish(cx.out);
        Some(ReceiverKind::PagerDuty { routing_key_file: routing_key_file? })
    }),
    ("slack", |node, cx| {
        let mut fields = Fields::of(node, "`slack`", cx.out)?;
        let api_url_file = secret_file(&mut fields, "api_url_file", &["api_url", "webhook_url"], cx);
        let channel = cx.words(fields.optional("channel"));
        fields.finish(cx.out);
        Some(ReceiverKind::Slack { api_url_file: api_url_file?, channel })
    }),
    ("opsgenie", |node, cx| {
        let mut fields = Fields::of(node, "`opsgenie`", cx.out)?;
        let api_key_file = secret_file(&mut fields, "api_key_file", &["api_key"], cx);
        fields.finish(cx.out);
        Some(ReceiverKind::Opsgenie { api_key_file: api_key_file? })
    }),
    ("webhook", |node, cx| {
        let mut fields = Fields::of(node, "`webhook`", cx.out)?;
        let url = cx.text(fields.required("url"));
        fields.finish(cx.out);
        let url = cx.address(url?, "a webhook's address");
        Some(ReceiverKind::Webhook { url })
    }),
    ("email", |node, cx| {
        let mut fields = Fields::of(node, "`email`", cx.out)?;
        let to = cx.text(fields.required("to"));
        let (from, smarthost) = (cx.words(fields.optional("from")), cx.words(fields.optional("smarthost")));
        fields.finish(cx.out);
        Some(ReceiverKind::Email { to: to?, from, smarthost })
    }),
];

/// The name of a file that holds a secret.
fn secret_file(
    fields: &mut Fields<'_>,
    key: &'static str,
    inline: &[&'static str],
    cx: &mut Cx<'_>,
) -> Option<Spanned<String>> {
    if inline_secret(fields, key, inline, cx) {
        return cx.text(fields.optional(key));
    }
    cx.text(fields.required(key))
}

/// Refuses a secret that stands under one of the `inline` keys; whether there was one.
pub(super) fn inline_secret(
    fields: &mut Fields<'_>,
    key: &str,
    inline: &[&'static str],
    cx: &mut Cx<'_>,
) -> bool {
    let written = inline.iter().find(|key| fields.has(key));
    let Some(entry) = written.and_then(|key| fields.entry(key)) else { return false };
    cx.out.push(
        Diagnostic::error(codes::INLINE_SECRET, entry.at, format!("`{}` is a secret", entry.key))
            .help(format!("write `{key}:` with the path of a file on the server's machine")),
    );
    true
}
