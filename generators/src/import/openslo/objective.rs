//! Objectives: how much is promised.

use kpi_registry::diagnostic::{Diagnostic, codes};
use kpi_registry::source::{Span, Spanned};
use kpi_registry::syntax::{Fields, Node, shortened};
use kpi_registry::value::Decimal;

use super::Cx;

/// How much is promised.
#[derive(Debug)]
pub(super) struct Objective {
    pub(super) display_name: Option<Spanned<String>>,
    /// In percent.
    pub(super) target: Spanned<Decimal>,
    /// What a value is compared with.
    pub(super) bound: Option<Bound>,
}

/// One end of a range.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound {
    /// Whether good values lie below it.
    pub(super) is_upper: bool,
    pub(super) value: Spanned<Decimal>,
}

/// The keys of composite SLOs, which another version may bring.
const COMPOSITE: [&str; 3] = ["indicator", "indicatorRef", "compositeWeight"];

/// The objectives of an SLO; a metric that is compared with a value has one. Whether there is such a metric is not known
/// where the indicator can't be read.
pub(super) fn decode_objectives(
    node: &Node,
    of_threshold: Option<bool>,
    cx: &mut Cx<'_>,
) -> Option<Vec<Objective>> {
    let items = node.items("objectives", cx.out);
    if items.is_empty() {
        let finding = Diagnostic::error(codes::OPENSLO_OBJECTIVES, node.span, "this SLO promises nothing");
        cx.out.push(finding.help("write `objectives: [{target: 0.999}]`"));
        return None;
    }
    if let (Some(true), [_, second, ..]) = (of_threshold, items) {
        let message = "an SLO with a threshold metric has one objective";
        let finding =
            Diagnostic::error(codes::OPENSLO_OBJECTIVES, second.span, message).label("a second one");
        cx.out.push(finding.help("make an SLO of each"));
        return None;
    }
    // All of them are read, whatever is wrong with one.
    let read: Vec<_> = items.iter().map(|item| Objective::decode(item, of_threshold, cx)).collect();
    read.into_iter().collect()
}

impl Objective {
    /// `{displayName, target, targetPercent, op, value}`.
    fn decode(node: &Node, of_threshold: Option<bool>, cx: &mut Cx<'_>) -> Option<Self> {
        let mut fields = Fields::of(node, "an objective", cx.out)?;
        let display_name = fields.optional("displayName").and_then(|node| node.filled_text(cx.out));
        let target = decode_target(&mut fields, cx);
        let (op, value) = (fields.optional("op"), fields.optional("value"));
        let slices = [fields.entry("timeSliceTarget"), fields.entry("timeSliceWindow")];
        let composite = COMPOSITE.map(|key| fields.entry(key));
        let head = fields.head();
        fields.finish(cx.out);
        for slice in slices.into_iter().flatten() {
            let finding = Diagnostic::error(
                codes::OPENSLO_BUDGETING,
                slice.at,
                "an SLO of a registry weighs every event alike, and has no slices of time",
            );
            cx.out.push(finding.help("remove it; `budgetingMethod: Occurrences` has no use for it"));
        }
        for part in composite.into_iter().flatten() {
            let message = "a composite SLO, whose objectives have indicators of their own";
            let finding = Diagnostic::error(codes::OPENSLO_OBJECTIVES, part.at, message);
            cx.out.push(finding.help("make an SLO of each objective, with this indicator"));
        }
        let bound = match (of_threshold, op, value) {
            (Some(true), Some(op), Some(value)) => Some(Bound::decode(op, value, cx)?),
            (Some(true), ..) => {
                let message = "a threshold metric is compared with a value, and this objective has none";
                let finding = Diagnostic::error(codes::OPENSLO_OBJECTIVES, head, message);
                cx.out.push(finding.help("add `op: lte` or `op: gte`, and `value`"));
                return None;
            }
            // An `op` without `value` says nothing of a ratio.
            (Some(false), _, None) | (None, ..) => None,
            (Some(false), _, Some(value)) => {
                let message = "a ratio is compared with its target, and with no other value";
                let finding = Diagnostic::error(codes::OPENSLO_OBJECTIVES, value.span, message);
                cx.out.push(finding.help("remove `value`, or write the indicator as a `thresholdMetric`"));
                return None;
            }
        };
        Some(Self { display_name, target: target?, bound })
    }
}

/// The most digits after the point of an objective in percent.
const DIGITS: u32 = 12;

/// The objective in percent, of `target` or `targetPercent`.
fn decode_target(fields: &mut Fields<'_>, cx: &mut Cx<'_>) -> Option<Spanned<Decimal>> {
    let hundred = Decimal::from(100);
    let (ratio, percent) = (fields.optional("target"), fields.optional("targetPercent"));
    let refuse = |at: Span, message: String, help: &str, cx: &mut Cx<'_>| {
        cx.out.push(Diagnostic::error(codes::OPENSLO_TARGET, at, message).help(help));
        None
    };
    let (number, of_percent) = match (ratio, percent) {
        (Some(node), None) => (node.number(cx.out)?, false),
        (None, Some(node)) => (node.number(cx.out)?, true),
        (Some(_), Some(second)) => {
            let message = "an objective has `target` or `targetPercent`, and not both".to_owned();
            return refuse(second.span, message, "keep one", cx);
        }
        (None, None) => {
            let message = "this objective has no target".to_owned();
            return refuse(fields.head(), message, "add `target: 0.999`, or `targetPercent: 99.9`", cx);
        }
    };
    let objective = if of_percent { Some(number.value) } else { number.checked_mul(hundred) };
    let (key, most) = if of_percent { ("targetPercent", 100) } else { ("target", 1) };
    if number.value <= Decimal::ZERO || number.value >= Decimal::from(most) {
        let message = format!("`{key}` lies between 0 and {most}, both excluded, and this is {number}");
        let help = match number.value {
            value if value <= Decimal::ZERO => "nothing is promised by 0; 99 % is a beginning",
            value if !of_percent && value > Decimal::ONE && value < hundred => "write it as `targetPercent`",
            _ => "all of it leaves no error budget; 99.9 % leaves one in a thousand",
        };
        return refuse(number.span, message, help, cx);
    }
    let Some(objective) = objective.filter(|objective| objective.scale() <= DIGITS) else {
        let message = format!("the target {number} has too many digits to be exact");
        return refuse(number.span, message, "write fewer", cx);
    };
    Some(number.map(|_| objective))
}

impl Bound {
    fn decode(op: &Node, value: &Node, cx: &mut Cx<'_>) -> Option<Self> {
        let (op, value) = (op.filled_text(cx.out), value.number(cx.out));
        let (op, value) = (op?, value?);
        let is_upper = match op.as_str() {
            "lte" | "lt" => true,
            "gte" | "gt" => false,
            other => {
                let message = format!("`op` is no `{}`", shortened(other));
                let finding = Diagnostic::error(codes::OPENSLO_THRESHOLD, op.span, message);
                cx.out.push(
                    finding.help("write `lte` where small values are good, `gte` where large ones are"),
                );
                return None;
            }
        };
        if matches!(op.as_str(), "lt" | "gt") {
            cx.out.push(included(op.span, value.value));
        }
        Some(Self { is_upper, value })
    }
}

/// The finding that a bound becomes a part of the range.
pub(super) fn included(at: Span, bound: Decimal) -> Diagnostic {
    let message = format!("exactly {bound} is bad here, and good in a registry");
    Diagnostic::warning(codes::OPENSLO_THRESHOLD, at, message)
        .label("the bound belongs to the range")
        .help("write `lte` or `gte`, `<=` or `>=`, if that makes no difference")
}
