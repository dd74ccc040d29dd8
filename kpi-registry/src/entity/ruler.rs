//! Who evaluates the rules beside one Prometheus, and what it wants of them.

use super::decode::{Cx, named};
use crate::diagnostic::{Diagnostic, Diagnostics, codes};
use crate::source::{Span, Spanned};
use crate::syntax::{Fields, Kind, Node, shortened};
use crate::value::{ByText, Version};

/// What the Kubernetes objects that hold rules have in common.
#[derive(Debug, Default)]
pub struct RuleObjects {
    /// Their namespace; that of whoever applies them when not said.
    pub namespace: Option<String>,
    /// Their labels, which the operator's `ruleSelector` looks for.
    pub labels: ByText<Spanned<String>>,
}

/// `mimir:`
#[derive(Debug, Default)]
pub struct Mimir {
    /// `tenant`: whose rules they are; Mimir's own `anonymous` when not said.
    pub tenant: Option<String>,
    /// `namespace`: what the rules stand in; the platform when not said.
    pub namespace: Option<String>,
}

/// What Thanos Ruler does with an answer that some of its sources are missing from.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum PartialResponse {
    /// `abort`: the rule fails.
    #[default]
    Abort,
    /// `warn`: the rule takes what there is.
    Warn,
}

impl PartialResponse {
    /// Both, in the order of the reference.
    pub const ALL: &'static [Self] = &[Self::Abort, Self::Warn];

    /// As written in a registry, and in a rule group.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Abort => "abort",
            Self::Warn => "warn",
        }
    }
}

/// `victoriametrics:`
#[derive(Debug)]
pub struct VictoriaMetrics {
    /// `version`: of vmalert; 1.79 when not said.
    pub version: Spanned<Version>,
    /// `namespace` and `labels`: of the objects for its operator.
    pub objects: RuleObjects,
}

impl VictoriaMetrics {
    /// What is assumed when the registry doesn't say.
    pub const DEFAULT: Version = Version { major: 1, minor: 79, patch: 0 };

    /// Whether vmalert knows `keep_firing_for`, which came with 1.92.
    pub fn keeps_firing(&self) -> bool {
        (self.version.major, self.version.minor) >= (1, 92)
    }
}

impl RuleObjects {
    /// `{namespace, labels}`; `prometheus_operator:` alone means the same as without any.
    pub(crate) fn decode(node: &Node, cx: &mut Cx<'_>) -> Self {
        let mut objects = Self::default();
        if let Some(mut fields) = fields(node, "`targets.prometheus_operator`", cx) {
            objects.fill(&mut fields, cx);
            fields.finish(cx.out);
        }
        objects
    }

    fn fill(&mut self, fields: &mut Fields<'_>, cx: &mut Cx<'_>) {
        self.namespace = name(fields.optional("namespace"), is_dns_label, NAMESPACE, cx);
        for (key, value) in named(fields.optional("labels"), "labels", cx.out) {
            if !is_label_key(&key) {
                cx.out.push(refused(&key, LABEL_KEY));
            } else if let Some(value) = value.text(cx.out) {
                if is_label_value(&value) {
                    self.labels.insert(key.value, value);
                } else {
                    cx.out.push(refused(&value, LABEL_VALUE));
                }
            }
        }
    }
}

impl Mimir {
    /// `{tenant, namespace}`.
    pub(crate) fn decode(node: &Node, cx: &mut Cx<'_>) -> Self {
        let mut mimir = Self::default();
        if let Some(mut fields) = fields(node, "`targets.mimir`", cx) {
            mimir.tenant = tenant(fields.optional("tenant"), cx);
            mimir.namespace = cx.words(fields.optional("namespace"));
            fields.finish(cx.out);
        }
        mimir
    }
}

impl PartialResponse {
    /// `{partial_response}`.
    pub(crate) fn decode(node: &Node, cx: &mut Cx<'_>) -> Self {
        let mut response = Self::default();
        if let Some(mut fields) = fields(node, "`targets.thanos`", cx) {
            let said = fields.optional("partial_response");
            if let Some(said) = cx.word(said, "partial_response", Self::ALL, Self::as_str) {
                response = said.value;
            }
            fields.finish(cx.out);
        }
        response
    }
}

impl VictoriaMetrics {
    /// `{version, namespace, labels}`; `at` stands for the place when nothing is said.
    pub(crate) fn decode(at: Span, node: &Node, cx: &mut Cx<'_>) -> Self {
        let mut victoria = Self { version: Spanned::new(Self::DEFAULT, at), objects: RuleObjects::default() };
        if let Some(mut fields) = fields(node, "`targets.victoriametrics`", cx) {
            if let Some(version) = fields.optional("version").and_then(|node| node.version(cx.out)) {
                victoria.version = version;
            }
            victoria.objects.fill(&mut fields, cx);
            fields.finish(cx.out);
        }
        victoria
    }
}

/// The keys of a target, which may be named without any.
fn fields<'n>(node: &'n Node, what: &'static str, cx: &mut Cx<'_>) -> Option<Fields<'n>> {
    if matches!(node.kind, Kind::Null) {
        return None;
    }
    Fields::of(node, what, cx.out)
}

/// The name of a tenant of Mimir.
pub(super) fn tenant(node: Option<&Node>, cx: &mut Cx<'_>) -> Option<String> {
    name(node, is_tenant, TENANT, cx)
}

fn name(node: Option<&Node>, is_one: fn(&str) -> bool, what: What, cx: &mut Cx<'_>) -> Option<String> {
    let text = cx.text(node)?;
    check_text(&text, is_one, what, cx.out).then_some(text.value)
}

fn check_text(text: &Spanned<String>, is_one: fn(&str) -> bool, what: What, out: &mut Diagnostics) -> bool {
    let fine = is_one(text);
    if !fine {
        out.push(refused(text, what));
    }
    fine
}

/// What a text can't be, and what such texts are like.
type What = (&'static str, &'static str);

const NAMESPACE: What =
    ("a namespace of Kubernetes", "write up to 63 of `a`-`z`, `0`-`9` and `-`, with neither end a `-`");
const LABEL_KEY: What = (
    "the name of a label of Kubernetes",
    "write up to 63 letters, digits, `-`, `_` and `.`, after a domain and `/` if there is one",
);
const LABEL_VALUE: What = (
    "the value of a label of Kubernetes",
    "write up to 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends",
);
const TENANT: What =
    ("a tenant of Mimir", "write up to 150 letters, digits and `!-_.*'()`, but not `.` or `..`");

fn refused(text: &Spanned<String>, (what, help): What) -> Diagnostic {
    let message = format!("`{}` can't be {what}", shortened(text));
    Diagnostic::error(codes::REFUSED_NAME, text.span, message).help(help)
}

fn is_dns_label(text: &str) -> bool {
    is_label_value(text)
        && !text.is_empty()
        && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

/// `name`, or `domain/name`.
fn is_label_key(text: &str) -> bool {
    let (domain, name) = text.split_once('/').unwrap_or(("x", text));
    let is_domain = domain.len() <= 253 && domain.split('.').all(is_dns_label);
    is_domain && !name.is_empty() && is_label_value(name)
}

fn is_label_value(text: &str) -> bool {
    let ends = [text.bytes().next(), text.bytes().last()];
    text.len() <= 63
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        && ends.iter().flatten().all(u8::is_ascii_alphanumeric)
}

fn is_tenant(text: &str) -> bool {
    text.len() <= 150
        && !matches!(text, "." | "..")
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!-_.*'()".contains(&byte))
}
