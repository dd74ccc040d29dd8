//! SLOs: what is promised of an indicator.

use kpi_registry::diagnostic::{Diagnostic, codes};
use kpi_registry::source::{Span, Spanned};
use kpi_registry::syntax::{Fields, Node, shortened};
use kpi_registry::value::PromDuration;

use super::Cx;
use super::indicator::Indicator;
use super::object::{Metadata, Object, Objects};
use super::objective::{Objective, decode_objectives};

/// An SLO with everything that it says.
#[derive(Debug)]
pub(super) struct Slo<'n> {
    pub(super) metadata: &'n Metadata<'n>,
    pub(super) description: Option<Spanned<String>>,
    pub(super) service: Spanned<String>,
    pub(super) indicator: Indicator,
    pub(super) period: Spanned<PromDuration>,
    pub(super) objectives: Vec<Objective>,
    pub(super) alert_policies: &'n [Node],
}

impl<'n> Slo<'n> {
    /// Reads an SLO; `None` when something is missing or wrong, all of which is reported.
    pub(super) fn decode(object: &'n Object<'n>, objects: &Objects<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        let mut fields = Fields::of(object.spec, "an SLO", cx.out)?;
        let description = fields.optional("description").and_then(|node| node.filled_text(cx.out));
        let service = fields.required("service").and_then(|node| node.filled_text(cx.out));
        let indicator = Indicator::of_slo(&mut fields, objects, cx);
        let of_threshold = indicator.as_ref().map(|it| matches!(it, Indicator::Threshold(_)));
        let period = match fields.optional("timeWindow") {
            Some(node) => decode_window(node, cx),
            None => refuse_window(fields.head(), "this SLO holds over no time", cx),
        };
        if let Some(method) = fields.required("budgetingMethod") {
            check_budgeting(method, cx);
        }
        let objectives = match fields.required("objectives") {
            Some(node) => decode_objectives(node, of_threshold, cx),
            None => None,
        };
        let policies = fields.optional("alertPolicies").map(|node| node.items("alert policies", cx.out));
        fields.finish(cx.out);
        Some(Self {
            metadata: &object.metadata,
            description,
            service: service?,
            indicator: indicator?,
            period: period?,
            objectives: objectives?,
            alert_policies: policies.unwrap_or_default(),
        })
    }
}

fn refuse_window<T>(at: Span, message: impl Into<String>, cx: &mut Cx<'_>) -> Option<T> {
    let finding = Diagnostic::error(codes::OPENSLO_WINDOW, at, message);
    cx.out.push(finding.help("write `timeWindow: [{duration: 30d, isRolling: true}]`"));
    None
}

/// A list of one: `{duration, isRolling, calendar}`.
fn decode_window(node: &Node, cx: &mut Cx<'_>) -> Option<Spanned<PromDuration>> {
    let items = node.items("time windows", cx.out);
    let window = match items {
        [one] => one,
        [] => return refuse_window(node.span, "this SLO holds over no time", cx),
        [_, second, ..] => return refuse_window(second.span, "an SLO has one time window", cx),
    };
    let mut fields = Fields::of(window, "a time window", cx.out)?;
    let duration = fields.required("duration");
    let rolling = fields.optional("isRolling");
    let calendar = fields.entry("calendar");
    let head = fields.head();
    fields.finish(cx.out);
    let is_rolling = rolling.map(|node| node.boolean(cx.out));
    if let Some(calendar) = calendar {
        return refuse_window(calendar.at, "windows of a calendar are no periods of an SLO: it rolls", cx);
    }
    match is_rolling {
        Some(Some(true)) => shorthand(duration?, cx),
        Some(None) => None,
        Some(Some(false)) => refuse_window(
            rolling.map_or(head, |node| node.span),
            "the period of an SLO is one that rolls, and this window does not",
            cx,
        ),
        None => refuse_window(head, "this time window does not say that it rolls", cx),
    }
}

/// The shortest period of an SLO.
const SHORTEST: PromDuration = PromDuration::from_minutes(60);

fn shorthand(node: &Node, cx: &mut Cx<'_>) -> Option<Spanned<PromDuration>> {
    let text = node.filled_text(cx.out)?;
    let days =
        match text.strip_suffix(['M', 'Q', 'Y']).map(|number| (number.parse(), text.value.as_bytes().last()))
        {
            Some((Ok(1_u32), Some(b'M'))) => Some("30d"),
            Some((Ok(1), Some(b'Q'))) => Some("90d"),
            Some((Ok(1), _)) => Some("365d"),
            Some(_) => Some("28d"),
            None => None,
        };
    if let Some(days) = days {
        let message = format!("`{}` is not always equally long", shortened(&text));
        let finding = Diagnostic::error(codes::OPENSLO_WINDOW, text.span, message);
        cx.out.push(finding.help(format!("write it in days, such as `{days}`")));
        return None;
    }
    let Some(duration) = duration(&text) else {
        let message = format!("`{}` is no duration", shortened(&text));
        let finding = Diagnostic::error(codes::OPENSLO_WINDOW, text.span, message);
        cx.out.push(finding.help("write a whole number and one of `m`, `h`, `d`, `w`: `30d`"));
        return None;
    };
    if duration < SHORTEST {
        let message = format!("a period of {duration} is hardly a promise");
        let finding = Diagnostic::error(codes::OPENSLO_WINDOW, text.span, message);
        cx.out.push(finding.help(format!("write one of at least {SHORTEST}; 30d is usual")));
        return None;
    }
    Some(text.map(|_| duration))
}

/// A whole number of one unit, those aside that differ in length.
pub(super) fn duration(text: &str) -> Option<PromDuration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let minutes: u64 = match unit {
        "m" => 1,
        "h" => 60,
        "d" => 24 * 60,
        "w" => 7 * 24 * 60,
        _ => return None,
    };
    let number = number.bytes().all(|byte| byte.is_ascii_digit()).then(|| number.parse::<u64>().ok())??;
    // A hundred years are enough for everybody.
    let minutes = number.checked_mul(minutes).filter(|minutes| *minutes <= 100 * 366 * 24 * 60)?;
    Some(PromDuration::from_minutes(minutes))
}

fn check_budgeting(node: &Node, cx: &mut Cx<'_>) {
    let Some(method) = node.filled_text(cx.out) else { return };
    let help = match method.as_str() {
        "Occurrences" => return,
        "Timeslices" | "RatioTimeslices" => {
            "write `Occurrences` if every event may weigh the same; for a share of time, make a derived KPI of what each \
             slice asks and promise its range"
        }
        _ => "write `budgetingMethod: Occurrences`",
    };
    let message =
        format!("an SLO of a registry weighs every event alike, and not by `{}`", shortened(&method));
    cx.out.push(Diagnostic::error(codes::OPENSLO_BUDGETING, method.span, message).help(help));
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_have_one_unit() {
        let shown = |text| duration(text).map(|duration| duration.to_string());
        assert_eq!(shown("4w"), Some("4w".into()));
        assert_eq!(shown("36h"), Some("1d12h".into()));
        for refused in
            ["", "d", "1h30m", "1.5h", "-1d", "30 d", "1M", "99999999999999999999d", "999999999w", "µ"]
        {
            assert_eq!(duration(refused), None, "{refused}");
        }
    }
}
