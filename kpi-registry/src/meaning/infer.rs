//! What every part of an expression is.

use super::{Form, Labels, Measure, Quantity, Schema, Series, Shape};
use crate::promql::{
    Aggregate, AggregateOp, Argument, Binary, BinaryOp, Expr, Function, GroupSide, Grouping, MatchOn,
    MatchOp, MatchValue, Pattern, Places, Precedence, Range, Selector,
};

/// A part of an expression that knows what it is.
#[derive(Debug)]
pub struct Node<'a> {
    /// The part.
    pub expr: &'a Expr,
    /// Where it stands.
    pub places: &'a Places,
    /// The selector that it is, with or without a range.
    pub selector: Option<&'a Selector>,
    /// The series that it selects, where the registry tells of them.
    pub series: Option<Series<'a>>,
    /// What it is.
    pub shape: Shape<'a>,
    /// What it is made of, in the order of [`Expr::operands`].
    pub operands: Vec<Self>,
}

impl<'a> Node<'a> {
    /// An expression, as far as a registry knows its series.
    pub fn of(expr: &'a Expr, places: &'a Places, schema: &Schema<'a>) -> Self {
        let operands: Vec<Self> = expr
            .operands()
            .into_iter()
            .zip(&places.operands)
            .map(|(expr, places)| Self::of(expr, places, schema))
            .collect();
        let selector = match expr {
            Expr::Selector(selector) | Expr::Range(Range::Samples { selector, .. }) => Some(selector),
            _ => None,
        };
        let series = selector.and_then(Selector::metric_name).and_then(|name| schema.find(name));
        let shape = match expr {
            Expr::Number(_) | Expr::Text(_) => Shape::number(),
            Expr::Selector(selector) | Expr::Range(Range::Samples { selector, .. }) => {
                selected(selector, series.as_ref())
            }
            Expr::Range(Range::Subquery(_)) | Expr::Negative(_) => first(&operands),
            Expr::Call(function, arguments) => called(*function, arguments, &operands),
            Expr::Aggregate(aggregate) => aggregated(aggregate, &operands),
            Expr::Binary(binary) => operated(binary, &operands),
        };
        Self { expr, places, selector, series, shape, operands }
    }

    /// The part and everything in it, in the order written.
    pub fn nodes(&self) -> impl Iterator<Item = &Self> {
        let mut waiting = vec![self];
        std::iter::from_fn(move || {
            let next = waiting.pop()?;
            waiting.extend(next.operands.iter().rev());
            Some(next)
        })
    }

    /// Whether it is a single number.
    pub fn is_scalar(&self) -> bool {
        match self.expr {
            Expr::Number(_) => true,
            Expr::Call(function, _) => function.signature().result == Argument::Scalar,
            Expr::Binary(_) | Expr::Negative(_) => self.operands.iter().all(Node::is_scalar),
            _ => false,
        }
    }
}

fn first<'a>(operands: &[Node<'a>]) -> Shape<'a> {
    operands.first().map_or_else(Shape::unknown, |operand| operand.shape.clone())
}

fn selected<'a>(selector: &'a Selector, series: Option<&Series<'a>>) -> Shape<'a> {
    let mut shape = series.map_or_else(Shape::unknown, |series| series.shape.clone());
    for (label, value) in fixed(selector) {
        if shape.labels.may_have(label) {
            shape.labels.narrow(label, value);
        }
    }
    for matcher in &selector.matchers {
        let MatchValue::Text(text) = &matcher.value else { continue };
        match matcher.op {
            MatchOp::Equal => {}
            MatchOp::NotEqual => shape.labels.keep(&matcher.label, |value| value != text),
            MatchOp::Regex | MatchOp::NotRegex => {
                let Ok(pattern) = Pattern::parse(text) else { continue };
                let wanted = matcher.op == MatchOp::Regex;
                shape.labels.keep(&matcher.label, |value| pattern.matches(value) == wanted);
            }
        }
    }
    shape
}

/// The labels that a selector fixes to one value.
fn fixed(selector: &Selector) -> impl Iterator<Item = (&str, &str)> {
    selector.matchers.iter().filter_map(|matcher| match (matcher.op, &matcher.value) {
        (MatchOp::Equal, MatchValue::Text(value)) if !value.is_empty() && matcher.label != "__name__" => {
            Some((matcher.label.as_str(), value.as_str()))
        }
        _ => None,
    })
}

fn called<'a>(function: Function, arguments: &'a [Expr], operands: &[Node<'a>]) -> Shape<'a> {
    let signature = function.signature().arguments;
    let at = signature.iter().position(|kind| matches!(kind, Argument::Vector | Argument::Range));
    let Some(series) = at.and_then(|at| operands.get(at)) else { return Shape::number() };
    let shape = series.shape.clone();
    let labels = shape.labels.clone();
    let measure = shape.measure;
    let level = |labels, measure| Shape { labels, quantity: Quantity::Level, measure };
    match function {
        Function::Rate | Function::Irate | Function::Increase => {
            let quantity = match shape.quantity {
                Quantity::Total(form) => Quantity::Flow(form),
                other => other,
            };
            let per_second = function != Function::Increase;
            let measure = measure.map(|measure| Measure { per_second, ..measure });
            Shape { labels, quantity, measure }
        }
        Function::Deriv => {
            Shape { measure: measure.map(|measure| Measure { per_second: true, ..measure }), ..shape }
        }
        Function::HistogramQuantile => {
            let labels = labels.except(&["le".to_owned()]);
            let measure = measure.map(|measure| Measure { per_second: false, ..measure });
            Shape { labels, quantity: Quantity::Quantile, measure }
        }
        Function::HistogramCount => Shape { labels, quantity: Quantity::Flow(Form::Number), measure: None },
        Function::HistogramSum => Shape { labels, quantity: Quantity::Flow(Form::Number), measure },
        Function::HistogramAvg | Function::HistogramStddev => {
            let measure = measure.map(|measure| Measure { per_second: false, ..measure });
            Shape { labels, quantity: Quantity::Intensive, measure }
        }
        Function::HistogramFraction => Shape { labels, quantity: Quantity::Intensive, measure: None },
        Function::Absent | Function::AbsentOverTime => {
            let mut labels = Labels::none();
            for (label, value) in series.selector.into_iter().flat_map(fixed) {
                labels.narrow(label, value);
            }
            Shape { labels, quantity: Quantity::Fact, measure: None }
        }
        Function::LabelReplace | Function::LabelJoin => match arguments.get(1) {
            Some(Expr::Text(label)) => Shape { labels: labels.allowing([label.as_str()]), ..shape },
            _ => shape,
        },
        Function::Abs
        | Function::Ceil
        | Function::Floor
        | Function::Round
        | Function::Clamp
        | Function::ClampMin
        | Function::ClampMax
        | Function::Sort
        | Function::SortDesc
        | Function::FirstOverTime
        | Function::LastOverTime
        | Function::MinOverTime
        | Function::MaxOverTime
        | Function::PredictLinear
        | Function::HoltWinters
        | Function::Delta
        | Function::Idelta => shape,
        Function::AvgOverTime => match shape.quantity {
            Quantity::Quantile => Shape { quantity: Quantity::Intensive, ..shape },
            _ => shape,
        },
        Function::QuantileOverTime => Shape { quantity: Quantity::Quantile, ..shape },
        Function::Scalar => Shape { labels: Labels::none(), ..shape },
        _ => level(labels, None),
    }
}

fn aggregated<'a>(aggregate: &'a Aggregate, operands: &[Node<'a>]) -> Shape<'a> {
    let Some(series) = operands.last() else { return Shape::unknown() };
    let shape = series.shape.clone();
    if matches!(aggregate.op, AggregateOp::Topk | AggregateOp::Bottomk) {
        return shape;
    }
    let labels = match &aggregate.grouping {
        Grouping::All => Labels::none(),
        Grouping::By(names) => shape.labels.clone().only(names),
        Grouping::Without(names) => shape.labels.clone().except(names),
    };
    match aggregate.op {
        AggregateOp::Count | AggregateOp::Group | AggregateOp::Stdvar => {
            Shape { labels, quantity: Quantity::Level, measure: None }
        }
        AggregateOp::CountValues => {
            let labels = match &aggregate.parameter {
                Some(Expr::Text(label)) => labels.having([label.as_str()]),
                _ => labels,
            };
            Shape { labels, quantity: Quantity::Level, measure: None }
        }
        AggregateOp::Quantile => Shape { labels, quantity: Quantity::Quantile, measure: shape.measure },
        _ => Shape { labels, ..shape },
    }
}

fn operated<'a>(binary: &'a Binary, operands: &[Node<'a>]) -> Shape<'a> {
    let [left, right] = operands else { return Shape::unknown() };
    let (l, r) = (&left.shape, &right.shape);
    let compares = binary.op.is_comparison();
    let boolean = |labels| Shape { labels, quantity: Quantity::Level, measure: None };
    match (left.is_scalar(), right.is_scalar()) {
        (true, true) => return Shape::number(),
        (true, false) | (false, true) => {
            let series = if right.is_scalar() { l } else { r };
            if compares {
                return if binary.returns_bool { boolean(series.labels.clone()) } else { series.clone() };
            }
            let is_divisor = binary.op == BinaryOp::Divide && left.is_scalar();
            let quantity = if is_divisor { Quantity::Intensive } else { scaled(binary.op, series.quantity) };
            let measure = series.measure.filter(|_| binary.op.precedence() == Precedence::Sum);
            return Shape { labels: series.labels.clone(), quantity, measure };
        }
        (false, false) => {}
    }
    match binary.op {
        BinaryOp::And | BinaryOp::Unless => return l.clone(),
        BinaryOp::Or => {
            let quantity = if l.quantity == r.quantity { l.quantity } else { Quantity::Unknown };
            let measure = l.measure.filter(|_| l.measure == r.measure);
            return Shape { labels: l.labels.clone().or(&r.labels), quantity, measure };
        }
        _ => {}
    }
    let labels = matched(binary, l, r);
    if compares {
        return if binary.returns_bool { boolean(labels) } else { Shape { labels, ..l.clone() } };
    }
    let same = l.measure.filter(|_| l.measure == r.measure);
    let (quantity, measure) = match (binary.op, l.quantity, r.quantity) {
        (BinaryOp::Multiply | BinaryOp::Divide, quantity, Quantity::Fact) => (quantity, l.measure),
        (BinaryOp::Multiply, Quantity::Fact, quantity) => (quantity, r.measure),
        (BinaryOp::Divide, ..) => (Quantity::Intensive, None),
        (BinaryOp::Add | BinaryOp::Subtract, left, right) if left == right => (left, same),
        (BinaryOp::Add | BinaryOp::Subtract, ..) => (Quantity::Unknown, same),
        _ => (Quantity::Unknown, None),
    };
    Shape { labels, quantity, measure }
}

/// What something is after a number was added to it, or it was multiplied by one.
const fn scaled(op: BinaryOp, quantity: Quantity) -> Quantity {
    match (op, quantity) {
        (BinaryOp::Multiply | BinaryOp::Divide, same) => same,
        (
            BinaryOp::Add | BinaryOp::Subtract,
            Quantity::Intensive | Quantity::Quantile | Quantity::Total(_),
        ) => quantity,
        _ => Quantity::Unknown,
    }
}

/// The labels of two operands' series that found each other.
fn matched<'a>(binary: &'a Binary, left: &Shape<'a>, right: &Shape<'a>) -> Labels<'a> {
    let Some(matching) = &binary.matching else { return left.labels.clone() };
    let (many, one, include) = match &matching.group {
        Some((GroupSide::Left, include)) => (left, right, include),
        Some((GroupSide::Right, include)) => (right, left, include),
        None => {
            return match &matching.on {
                MatchOn::On(names) => left.labels.clone().only(names),
                MatchOn::Ignoring(names) => left.labels.clone().except(names),
            };
        }
    };
    let taken = include.iter().map(|name| (name.as_str(), one.labels.get(name).cloned().unwrap_or_default()));
    taken.fold(many.labels.clone(), |labels, (name, label)| labels.with(name, label))
}
