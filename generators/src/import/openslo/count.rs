//! What an expression counts.

use kpi_registry::promql::{
    Aggregate, AggregateOp, Binary, BinaryOp, Expr, Function, Grouping, Matcher, Number, Range, Selector,
};
use kpi_registry::value::Decimal;

/// Events or moments, as a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Count {
    /// Of a counter, or of a part of a histogram: `sum(rate(m[5m]))`.
    Events(Series),
    /// Those of one without those of another: `sum(m) - sum(m{…})`.
    Difference(Series, Series),
    /// Observations of a native histogram.
    Observations(Series),
    /// Those on one side of a value.
    Beyond { series: Series, limit: Decimal, is_above: bool },
    /// Series of a gauge, one for each moment.
    Moments(Series),
    /// Those whose value passes all tests, or any of them.
    Passing { series: Series, tests: Vec<(BinaryOp, Decimal)>, needs_all: bool },
}

/// Some series of a metric, and the labels that keep them apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Series {
    pub(super) metric: String,
    pub(super) matchers: Vec<Matcher>,
    pub(super) by: Vec<String>,
}

/// Why an expression is no count.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unread {
    /// The name or sign in it that is not read.
    pub(super) part: String,
    /// What it is instead, as a clause.
    pub(super) why: String,
}

type Result<T> = std::result::Result<T, Unread>;

fn unread<T>(part: impl Into<String>, why: impl Into<String>) -> Result<T> {
    Err(Unread { part: part.into(), why: why.into() })
}

/// What is added up, each part with its series.
pub(super) fn counts(expr: &Expr) -> Result<Vec<Count>> {
    match expr {
        Expr::Binary(binary) if binary.op == BinaryOp::Or && is_nothing(&binary.right) => {
            counts(&binary.left)
        }
        Expr::Binary(binary) if binary.op == BinaryOp::Add && binary.matching.is_none() => {
            Ok([counts(&binary.left)?, counts(&binary.right)?].concat())
        }
        Expr::Aggregate(aggregate) if aggregate.op == AggregateOp::Sum => match marked(&aggregate.expr) {
            Some(parts) => Ok(parts.into_iter().map(counts).collect::<Result<Vec<_>>>()?.concat()),
            None => Ok(vec![count(expr)?]),
        },
        _ => Ok(vec![count(expr)?]),
    }
}

/// `vector(0)`, or `0 * …`: what stands in for series that are not there yet.
fn is_nothing(expr: &Expr) -> bool {
    match expr {
        Expr::Call(Function::Vector, arguments) => arguments.first().and_then(number) == Some(Decimal::ZERO),
        Expr::Binary(binary) if binary.op == BinaryOp::Multiply => {
            [&binary.left, &binary.right].into_iter().any(|side| number(side) == Some(Decimal::ZERO))
        }
        _ => false,
    }
}

/// The operands of `or`, each under `label_replace` so that no series hides another.
fn marked(expr: &Expr) -> Option<Vec<&Expr>> {
    match expr {
        Expr::Binary(binary) if binary.op == BinaryOp::Or => {
            Some([marked(&binary.left)?, marked(&binary.right)?].concat())
        }
        Expr::Call(Function::LabelReplace, arguments) => Some(vec![arguments.first()?]),
        _ => None,
    }
}

fn count(expr: &Expr) -> Result<Count> {
    match expr {
        Expr::Aggregate(aggregate) => aggregated(aggregate),
        Expr::Call(Function::HistogramCount, arguments) => match arguments.as_slice() {
            [histogram] => Ok(Count::Observations(summed(histogram)?)),
            _ => unread("histogram_count", "has no argument"),
        },
        Expr::Binary(binary) if binary.op == BinaryOp::Subtract && binary.matching.is_none() => {
            Ok(Count::Difference(summed(&binary.left)?, summed(&binary.right)?))
        }
        Expr::Binary(binary) if binary.op == BinaryOp::Multiply => beyond(binary),
        Expr::Binary(binary) => unread(binary.op.as_str(), "makes something else of a count"),
        Expr::Selector(selector) => {
            unread(metric(selector), "gives every series by itself, and not their sum")
        }
        Expr::Call(function @ (Function::Rate | Function::Increase), _) => {
            unread(function.as_str(), "gives every series by itself, and not their sum")
        }
        Expr::Call(function, _) => unread(function.as_str(), "is no sum of events"),
        Expr::Negative(_) => unread("-", "counts nothing that is below zero"),
        Expr::Number(_) | Expr::Text(_) | Expr::Range(_) => unread("", "asks for no metric"),
    }
}

fn aggregated(aggregate: &Aggregate) -> Result<Count> {
    let by = kept(&aggregate.grouping)?;
    let series =
        |selector: &Selector| -> Result<Series> { Ok(Series { by: by.clone(), ..series(selector)? }) };
    match (aggregate.op, &aggregate.expr) {
        (AggregateOp::Count, Expr::Selector(selector)) => Ok(Count::Moments(series(selector)?)),
        (AggregateOp::Count, Expr::Binary(binary)) if !binary.returns_bool => {
            let (selector, test) = compared(binary)?;
            Ok(Count::Passing { series: series(selector)?, tests: vec![test], needs_all: true })
        }
        (AggregateOp::Sum, Expr::Binary(binary)) => {
            let (tests, needs_all) = match (binary.op, &binary.left, &binary.right) {
                (BinaryOp::Add, Expr::Binary(left), Expr::Binary(right)) => (vec![left, right], false),
                (BinaryOp::Multiply, Expr::Binary(left), Expr::Binary(right)) => (vec![left, right], true),
                _ => (vec![binary], true),
            };
            let mut read = Vec::new();
            let mut of = None;
            for test in tests {
                if !test.returns_bool {
                    return unread(
                        test.op.as_str(),
                        "leaves values out, and their sum is no count; add `bool`",
                    );
                }
                let (selector, compared) = compared(test)?;
                if of.is_some_and(|first| first != selector) {
                    return unread(metric(selector), "is compared beside another metric");
                }
                of = Some(selector);
                read.push(compared);
            }
            let series = of.map(series).transpose()?.unwrap_or_default();
            Ok(Count::Passing { series, tests: read, needs_all })
        }
        (AggregateOp::Sum, _) => {
            let whole = summed(&Expr::Aggregate(Box::new(aggregate.clone())))?;
            Ok(Count::Events(whole))
        }
        (op, _) => unread(op.as_str(), "is no sum of events"),
    }
}

/// `m > 5`.
fn compared(binary: &Binary) -> Result<(&Selector, (BinaryOp, Decimal))> {
    let sign = binary.op.as_str();
    let Expr::Selector(selector) = &binary.left else {
        return unread(sign, "compares something else than a metric with a number");
    };
    let Some(limit) = number(&binary.right).filter(|_| binary.op.is_comparison()) else {
        return unread(sign, "does not compare a metric with a number");
    };
    match binary.op {
        BinaryOp::Equal | BinaryOp::NotEqual => unread(sign, "tests for one value, and not for a range"),
        op => Ok((selector, (op, limit))),
    }
}

/// `histogram_count(h) * histogram_fraction(0, x, h)`, or with `1 - …` in place of the fraction.
fn beyond(binary: &Binary) -> Result<Count> {
    let observed = |expr: &Expr| match expr {
        // So that a fraction of nothing is left out.
        Expr::Binary(guard)
            if guard.op == BinaryOp::Greater && number(&guard.right) == Some(Decimal::ZERO) =>
        {
            count(&guard.left)
        }
        expr => count(expr),
    };
    let share = |expr: &Expr| -> Option<(Decimal, Series, bool)> {
        let (fraction, is_above) = match expr {
            Expr::Binary(rest)
                if rest.op == BinaryOp::Subtract && number(&rest.left) == Some(Decimal::ONE) =>
            {
                (&rest.right, true)
            }
            expr => (expr, false),
        };
        let Expr::Call(Function::HistogramFraction, arguments) = fraction else { return None };
        let [least, limit, histogram] = arguments.as_slice() else { return None };
        (number(least)? == Decimal::ZERO).then_some(())?;
        Some((number(limit)?, summed(histogram).ok()?, is_above))
    };
    for (all, part) in [(&binary.left, &binary.right), (&binary.right, &binary.left)] {
        if let (Ok(Count::Observations(all)), Some((limit, series, is_above))) = (observed(all), share(part))
            && all == series
        {
            return Ok(Count::Beyond { series, limit, is_above });
        }
    }
    unread(binary.op.as_str(), "makes something else of a count")
}

/// `sum by (…) (rate(m{…}[5m]))`, with `increase` or no function as well.
fn summed(expr: &Expr) -> Result<Series> {
    let Expr::Aggregate(aggregate) = expr else {
        // Says what it is.
        return match count(expr)? {
            Count::Events(series) => Ok(series),
            _ => unread("", "nests counts of counts"),
        };
    };
    if aggregate.op != AggregateOp::Sum {
        return unread(aggregate.op.as_str(), "is no sum of events");
    }
    let selector = match &aggregate.expr {
        Expr::Selector(selector) => selector,
        Expr::Call(Function::Rate | Function::Increase, arguments) => match arguments.as_slice() {
            [Expr::Range(Range::Samples { selector, .. })] => selector,
            _ => return unread("rate", "is of no metric"),
        },
        Expr::Call(function, _) => return unread(function.as_str(), "does not count events: `rate` does"),
        _ => return unread("sum", "adds up no metric"),
    };
    Ok(Series { by: kept(&aggregate.grouping)?, ..series(selector)? })
}

/// Of one metric, now.
pub(super) fn series(selector: &Selector) -> Result<Series> {
    if selector.offset.is_some() {
        return unread("offset", "looks at another time");
    }
    if selector.at.is_some() {
        return unread("@", "looks at another time");
    }
    let Some(metric) = selector.metric_name() else { return unread("", "asks for no metric by its name") };
    let conditions = selector.matchers.iter().filter(|matcher| matcher.label != "__name__");
    Ok(Series { metric: metric.to_owned(), matchers: conditions.cloned().collect(), by: Vec::new() })
}

fn kept(grouping: &Grouping) -> Result<Vec<String>> {
    match grouping {
        Grouping::All => Ok(Vec::new()),
        Grouping::By(labels) => Ok(labels.clone()),
        Grouping::Without(_) => unread("without", "does not say which labels are kept apart; `by` does"),
    }
}

/// An exact number.
fn number(expr: &Expr) -> Option<Decimal> {
    match expr {
        Expr::Number(Number::Decimal(number)) => Some(*number),
        _ => None,
    }
}

fn metric(selector: &Selector) -> String {
    selector.metric_name().unwrap_or_default().to_owned()
}
