//! `buckets:` → [`Buckets`].

use super::super::decode::Cx;
use super::Buckets;
use crate::diagnostic::{Diagnostic, codes};
use crate::source::{Span, Spanned};
use crate::syntax::{Fields, Kind, Node};
use crate::value::Decimal;

/// The most buckets of one histogram; each is a series for each combination of labels.
const MOST: u64 = 200;

/// A list, or `{exponential: {start, factor, count}}`, or `{linear: {start, width, count}}`.
pub(super) fn decode(node: Option<&Node>, at: Span, cx: &mut Cx<'_>) -> Buckets {
    let Some(node) = node else { return Buckets { bounds: Vec::new(), span: at } };
    let bounds = match node.kind {
        Kind::Map(_) => generated(node, cx).unwrap_or_default(),
        _ => written(node, cx),
    };
    Buckets { bounds, span: node.span }
}

fn written(node: &Node, cx: &mut Cx<'_>) -> Vec<Spanned<Decimal>> {
    let items = node.items("upper bounds", cx.out);
    let mut bounds: Vec<Spanned<Decimal>> = Vec::with_capacity(items.len());
    let mut fault = None;
    for item in items {
        if matches!(item.scalar(), Some(".inf" | "+.inf" | ".Inf" | "+Inf" | "inf" | ".INF")) {
            fault.get_or_insert(
                Diagnostic::error(
                    codes::BAD_BUCKETS,
                    item.span,
                    "`+Inf` is not written: it is always the last bucket",
                )
                .help("remove it"),
            );
            continue;
        }
        let Some(bound) = item.number(cx.out) else { continue };
        match bounds.last() {
            Some(last) if last.value >= bound.value => {
                let message = format!("`{}` does not come after `{}`", bound.value, last.value);
                fault.get_or_insert(
                    Diagnostic::error(codes::BAD_BUCKETS, bound.span, message)
                        .also(last.span, "the bound before it")
                        .help("write the bounds in rising order, each once"),
                );
            }
            _ => bounds.push(bound),
        }
    }
    if items.is_empty() && matches!(node.kind, Kind::List(_)) {
        fault = Some(
            Diagnostic::error(
                codes::BAD_BUCKETS,
                node.span,
                "a histogram without buckets can't tell anything",
            )
            .help("list upper bounds, such as `[5, 10, 25, 50, 100]`"),
        );
    } else if items.len() > usize::try_from(MOST).unwrap_or(usize::MAX) {
        fault = Some(
            Diagnostic::error(codes::BAD_BUCKETS, node.span, format!("more than {MOST} buckets"))
                .help("every bucket is a series for each combination of labels; ten to twenty are plenty"),
        );
        bounds.truncate(usize::try_from(MOST).unwrap_or(usize::MAX));
    }
    cx.out.extend(fault);
    bounds
}

fn generated(node: &Node, cx: &mut Cx<'_>) -> Option<Vec<Spanned<Decimal>>> {
    let mut fields = Fields::of(node, "`buckets`", cx.out)?;
    let (exponential, linear) = (fields.optional("exponential"), fields.optional("linear"));
    if exponential.is_none() && linear.is_none() {
        fields.required("exponential");
    }
    fields.finish(cx.out);
    let (inner, step_key) = match (exponential, linear) {
        (Some(node), _) => (node, "factor"),
        (None, node) => (node?, "width"),
    };
    let mut fields = Fields::of(inner, "generated buckets", cx.out)?;
    let start = fields.required("start").and_then(|node| node.number(cx.out));
    let step = fields.required(step_key).and_then(|node| node.number(cx.out));
    let count = fields.required("count").and_then(|node| node.whole(1, MOST, cx.out));
    fields.finish(cx.out);
    let (start, step, count) = (start?, step?, count?);
    let grows = step.value > if exponential.is_some() { Decimal::ONE } else { Decimal::ZERO };
    if !grows || (exponential.is_some() && start.value <= Decimal::ZERO) {
        let (at, message) = match (exponential, grows) {
            (Some(_), true) => (start.span, "exponential buckets start above 0"),
            (Some(_), false) => (step.span, "buckets grow only by a factor above 1"),
            (None, _) => (step.span, "buckets grow only by a width above 0"),
        };
        cx.out.push(Diagnostic::error(codes::BAD_BUCKETS, at, message).help("write a larger number"));
        return None;
    }
    let bounds = if exponential.is_some() {
        exponential_bounds(start.value, step.value, count.value)
    } else {
        linear_bounds(start.value, step.value, count.value)
    };
    let strictly = |bounds: &Vec<Decimal>| bounds.windows(2).all(|pair| pair[0] < pair[1]);
    let Some(bounds) = bounds.filter(strictly) else {
        cx.out.push(
            Diagnostic::error(
                codes::BAD_BUCKETS,
                inner.span,
                "these buckets leave the range of exact numbers",
            )
            .help("use fewer buckets, or a smaller step"),
        );
        return None;
    };
    Some(bounds.into_iter().map(|bound| Spanned::new(bound, inner.span)).collect())
}

fn linear_bounds(start: Decimal, width: Decimal, count: u64) -> Option<Vec<Decimal>> {
    let mut bounds = vec![start];
    for _ in 1..count {
        bounds.push(bounds.last()?.checked_add(width)?);
    }
    Some(bounds)
}

/// Exact while the digits fit, then rounded to nine significant digits.
fn exponential_bounds(start: Decimal, factor: Decimal, count: u64) -> Option<Vec<Decimal>> {
    let mut bounds = vec![start];
    let mut exact = Some(start);
    let mut nearly = start.to_f64();
    for _ in 1..count {
        exact = exact.and_then(|bound| bound.checked_mul(factor));
        nearly *= factor.to_f64();
        let rounded = || format!("{nearly:.8e}").parse().ok();
        bounds.push(exact.or_else(rounded)?);
    }
    Some(bounds)
}

#[cfg(test)]
mod tests {
    use super::{exponential_bounds, linear_bounds};

    fn shown(bounds: Option<Vec<crate::value::Decimal>>) -> Vec<String> {
        bounds.unwrap().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn bounds_are_exact() {
        let decimal = |text: &str| text.parse().unwrap();
        assert_eq!(
            shown(exponential_bounds(decimal("0.005"), decimal("2"), 4)),
            ["0.005", "0.01", "0.02", "0.04"]
        );
        assert_eq!(shown(linear_bounds(decimal("0.1"), decimal("0.1"), 3)), ["0.1", "0.2", "0.3"]);
        let many = exponential_bounds(decimal("0.1"), decimal("1.5"), 30).unwrap();
        assert!(many.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(many[29].to_string(), "12783.4039");
        assert!(exponential_bounds(decimal("1"), decimal("10"), 40).is_none());
    }
}
