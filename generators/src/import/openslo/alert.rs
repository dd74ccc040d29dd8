//! Alert policies, beside the burn-rate alerts that an SLO gets.

use kpi_registry::diagnostic::{Diagnostic, codes};
use kpi_registry::entity::{BurnSetting, BurnTier};
use kpi_registry::source::{Span, Spanned};
use kpi_registry::syntax::{Fields, Node, shortened};
use kpi_registry::value::{Decimal, PromDuration, Rational};

use super::Cx;
use super::object::{Kind, Metadata, Objects};
use super::slo::duration;

/// How fast the budget may burn, and how long.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    factor: Spanned<Decimal>,
    window: PromDuration,
    after: PromDuration,
}

/// The conditions of all policies of an SLO.
pub(super) fn conditions(policies: &[Node], objects: &Objects<'_>, cx: &mut Cx<'_>) -> Vec<Condition> {
    let mut all = Vec::new();
    for node in policies {
        let inline = (node.get("spec").is_some()).then(|| inline(node, "an alert policy", cx));
        let spec = match inline {
            Some(spec) => spec,
            None => reference(node, "alertPolicyRef", "an alert policy", cx)
                .and_then(|name| objects.refer(Kind::AlertPolicy, &name, cx.out))
                .map(|object| object.spec),
        };
        if let Some(spec) = spec {
            policy(spec, objects, &mut all, cx);
        }
    }
    all
}

/// A name, or a mapping with a key that has it.
fn reference(node: &Node, key: &'static str, what: &'static str, cx: &mut Cx<'_>) -> Option<Spanned<String>> {
    if node.scalar().is_some() {
        return node.filled_text(cx.out);
    }
    let mut fields = Fields::of(node, what, cx.out)?;
    let name = fields.required(key).and_then(|node| node.filled_text(cx.out));
    fields.finish(cx.out);
    name
}

/// The `spec` of an object that stands where it is used.
fn inline<'n>(node: &'n Node, what: &'static str, cx: &mut Cx<'_>) -> Option<&'n Node> {
    let mut fields = Fields::of(node, what, cx.out)?;
    let _ = (fields.optional("apiVersion"), fields.optional("kind"));
    if let Some(metadata) = fields.optional("metadata") {
        Metadata::decode(metadata, cx.out);
    }
    let spec = fields.required("spec");
    fields.finish(cx.out);
    spec
}

/// `{description, alertWhenBreaching, alertWhenResolved, alertWhenNoData, conditions, notificationTargets}`.
fn policy(spec: &Node, objects: &Objects<'_>, all: &mut Vec<Condition>, cx: &mut Cx<'_>) {
    let Some(mut fields) = Fields::of(spec, "an alert policy", cx.out) else { return };
    fields.optional("description");
    let breaching = fields.optional("alertWhenBreaching").and_then(|node| node.boolean(cx.out));
    // Alertmanager's receivers say whether they are told of the end, and `receivers:` who they are.
    let _ = (fields.optional("alertWhenResolved"), fields.optional("notificationTargets"));
    let no_data = fields.optional("alertWhenNoData");
    let conditions = fields.required("conditions").map(|node| node.items("alert conditions", cx.out));
    fields.finish(cx.out);
    if let Some(node) = no_data
        && node.boolean(cx.out) == Some(true)
    {
        let message = "a registry wants to know after how long without data somebody is told";
        let finding = Diagnostic::warning(codes::OPENSLO_ALERT, node.span, message);
        cx.out.push(finding.help("add `no_data: 10m` to the SLO, unless the KPI has one"));
    }
    for node in conditions.unwrap_or_default() {
        let spec = if node.get("spec").is_some() {
            inline(node, "an alert condition", cx)
        } else {
            reference(node, "conditionRef", "an alert condition", cx)
                .and_then(|name| objects.refer(Kind::AlertCondition, &name, cx.out))
                .map(|object| object.spec)
        };
        let condition = spec.and_then(|spec| Condition::decode(spec, cx));
        all.extend(condition.filter(|_| breaching != Some(false)));
    }
}

impl Condition {
    /// `{description, severity, condition: {kind, op, threshold, lookbackWindow, alertAfter}}`.
    fn decode(spec: &Node, cx: &mut Cx<'_>) -> Option<Self> {
        let mut fields = Fields::of(spec, "an alert condition", cx.out)?;
        let _ = (fields.optional("description"), fields.optional("severity"));
        let condition = fields.required("condition");
        fields.finish(cx.out);
        let mut fields = Fields::of(condition?, "`condition`", cx.out)?;
        let kind = fields.optional("kind").and_then(|node| node.filled_text(cx.out));
        let op = fields.optional("op").and_then(|node| node.filled_text(cx.out));
        let factor = fields.required("threshold").and_then(|node| node.number(cx.out));
        let window = fields.required("lookbackWindow").and_then(|node| span_of_time(node, cx));
        let after = fields.optional("alertAfter").map(|node| span_of_time(node, cx));
        fields.finish(cx.out);
        if let Some(kind) = kind.filter(|kind| !kind.eq_ignore_ascii_case("burnrate")) {
            return refuse(
                kind.span,
                &format!("SLOs alert on burn rates, and not on `{}`", shortened(&kind)),
                cx,
            );
        }
        if let Some(op) = op.filter(|op| !matches!(op.as_str(), "gt" | "gte")) {
            return refuse(op.span, "a budget that burns slowly is nothing to alert on", cx);
        }
        let after = after.map_or(Some(PromDuration::ZERO), |after| after);
        Some(Self { factor: factor?, window: window?, after: after? })
    }

    /// Says so when none of the tiers of an SLO is this one.
    pub(super) fn compare(&self, tiers: &[BurnTier], setting: &BurnSetting, cx: &mut Cx<'_>) {
        let burns = tiers.iter().filter_map(|tier| Some((tier, tier.burn(setting).ok()?)));
        let burns: Vec<_> = burns.collect();
        let factor = Rational::of(self.factor.value);
        let is_same = |(tier, burn): &(&BurnTier, _)| -> bool {
            let burn: &kpi_registry::entity::Burn = burn;
            Some(burn.factor) == factor && tier.long == self.window && tier.hold == self.after
        };
        if burns.iter().any(is_same) {
            return;
        }
        let made: Vec<String> = burns
            .iter()
            .map(|(tier, burn)| {
                format!("{} over {} and {}", burn.factor.rounded(4, false), tier.long, burn.short)
            })
            .collect();
        let made = if made.is_empty() {
            "there will be no alerts".into()
        } else {
            format!("alerts will be on burn rates of {}", made.join(", "))
        };
        let message = format!("no tier burns at {} over {}{}", self.factor, self.window, self.held());
        let finding = Diagnostic::warning(codes::OPENSLO_ALERT, self.factor.span, message).help(made);
        cx.out.push(match self.tier(setting) {
            Some(tier) => finding.help(format!("the nearest to it is `tiers: [{tier}]`")),
            None => finding,
        });
    }

    fn held(&self) -> String {
        if self.after.is_zero() { String::new() } else { format!(" for {}", self.after) }
    }

    /// The tier that is nearest to this condition, if one can be.
    fn tier(&self, setting: &BurnSetting) -> Option<String> {
        let windows = Rational::of_durations(setting.period, self.window)?;
        let share = Rational::of(self.factor.value)?.checked_div(windows)?;
        // A tier is a share of the budget, which may have no end as a decimal.
        let share = share.checked_mul(Rational::of(Decimal::from(100))?)?.rounded(4, true);
        let tier = BurnTier { share, long: self.window, hold: self.after, ..*BurnTier::DEFAULTS.first()? };
        tier.burn(setting).ok()?;
        let hold = if self.after.is_zero() { String::new() } else { format!(", for: {}", self.after) };
        Some(format!("{{share: {share}, long: {}{hold}}}", self.window))
    }
}

fn span_of_time(node: &Node, cx: &mut Cx<'_>) -> Option<PromDuration> {
    let text = node.filled_text(cx.out)?;
    let found = duration(&text);
    if found.is_none() {
        return refuse(
            text.span,
            &format!("`{}` is no duration of minutes, hours, days or weeks", shortened(&text)),
            cx,
        );
    }
    found
}

fn refuse<T>(at: Span, message: &str, cx: &mut Cx<'_>) -> Option<T> {
    let finding = Diagnostic::warning(codes::OPENSLO_ALERT, at, message).label("no alert is made of it");
    cx.out.push(
        finding.help("burn-rate alerts come from `tiers:` in the registry; `kpi explain slo` shows them"),
    );
    None
}
