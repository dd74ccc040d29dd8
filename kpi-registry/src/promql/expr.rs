//! The expression tree.

use super::{AggregateOp, BinaryOp, Function, Grouping, Matching, Number, Range, Selector, Subquery, Window};
use crate::value::Decimal;

/// A PromQL expression.
///
/// The tree has no parentheses: `Display` writes them where the grammar needs them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    /// A number.
    Number(Number),
    /// A text, such as an argument of `label_replace`.
    Text(String),
    /// The newest sample of each series.
    Selector(Selector),
    /// A range of samples; only an argument of a function that wants one.
    Range(Range),
    /// A function and its arguments.
    Call(Function, Vec<Expr>),
    /// An aggregation over series.
    Aggregate(Box<Aggregate>),
    /// Two operands and an operator.
    Binary(Box<Binary>),
    /// Unary minus.
    Negative(Box<Expr>),
}

/// An aggregation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aggregate {
    /// What is done with the values.
    pub op: AggregateOp,
    /// The first argument of the operators that take one.
    pub parameter: Option<Expr>,
    /// The labels that are left.
    pub grouping: Grouping,
    /// The series.
    pub expr: Expr,
}

/// An operation of two operands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binary {
    /// The operator.
    pub op: BinaryOp,
    /// A comparison gives 0 or 1 instead of dropping series: `bool`.
    pub returns_bool: bool,
    /// How series match; `None` on all labels.
    pub matching: Option<Matching>,
    /// The left operand.
    pub left: Expr,
    /// The right operand.
    pub right: Expr,
}

impl Expr {
    /// A function of other expressions.
    pub fn call(function: Function, arguments: impl IntoIterator<Item = Self>) -> Self {
        Self::Call(function, arguments.into_iter().collect())
    }

    /// `op by (…) (self)`
    #[must_use]
    pub fn aggregate(self, op: AggregateOp, grouping: Grouping) -> Self {
        Self::Aggregate(Box::new(Aggregate { op, parameter: None, grouping, expr: self }))
    }

    /// `op by (…) (parameter, self)`
    #[must_use]
    pub fn aggregate_with(self, op: AggregateOp, parameter: Self, grouping: Grouping) -> Self {
        Self::Aggregate(Box::new(Aggregate { op, parameter: Some(parameter), grouping, expr: self }))
    }

    /// `sum by (…) (self)`
    #[must_use]
    pub fn sum(self, grouping: Grouping) -> Self {
        self.aggregate(AggregateOp::Sum, grouping)
    }

    /// `histogram_quantile(q, self)`
    #[must_use]
    pub fn histogram_quantile(self, quantile: Decimal) -> Self {
        Self::call(Function::HistogramQuantile, [quantile.into(), self])
    }

    /// `self op right`, on all labels.
    #[must_use]
    pub fn binary(self, op: BinaryOp, right: impl Into<Self>) -> Self {
        let right = right.into();
        Self::Binary(Box::new(Binary { op, returns_bool: false, matching: None, left: self, right }))
    }

    /// `self op on (…) right`
    #[must_use]
    pub fn binary_matching(self, op: BinaryOp, matching: Matching, right: impl Into<Self>) -> Self {
        let right = right.into();
        Self::Binary(Box::new(Binary {
            op,
            returns_bool: false,
            matching: Some(matching),
            left: self,
            right,
        }))
    }

    /// `self op bool right`
    #[must_use]
    pub fn compare_bool(self, op: BinaryOp, right: impl Into<Self>) -> Self {
        let right = right.into();
        Self::Binary(Box::new(Binary { op, returns_bool: true, matching: None, left: self, right }))
    }

    /// `self / right`
    #[must_use]
    pub fn divided_by(self, right: impl Into<Self>) -> Self {
        self.binary(BinaryOp::Divide, right)
    }

    /// `self * right`
    #[must_use]
    pub fn times(self, right: impl Into<Self>) -> Self {
        self.binary(BinaryOp::Multiply, right)
    }

    /// `self > right`
    #[must_use]
    pub fn greater_than(self, right: impl Into<Self>) -> Self {
        self.binary(BinaryOp::Greater, right)
    }

    /// `self > 0`: drops series that stand at zero, as a guard of a division.
    #[must_use]
    pub fn above_zero(self) -> Self {
        self.greater_than(Decimal::ZERO)
    }

    /// `-self`; the sign of a number is part of the number.
    #[must_use]
    pub fn negated(self) -> Self {
        if let Self::Number(number) = self
            && let Some(negative) = number.negated()
        {
            return Self::Number(negative);
        }
        Self::Negative(Box::new(self))
    }

    /// The expressions that it is made of, in the order written.
    pub fn operands(&self) -> Vec<&Self> {
        match self {
            Self::Number(_) | Self::Text(_) | Self::Selector(_) | Self::Range(Range::Samples { .. }) => {
                Vec::new()
            }
            Self::Range(Range::Subquery(subquery)) => vec![&subquery.expr],
            Self::Call(_, arguments) => arguments.iter().collect(),
            Self::Aggregate(aggregate) => aggregate.parameter.iter().chain([&aggregate.expr]).collect(),
            Self::Binary(binary) => vec![&binary.left, &binary.right],
            Self::Negative(expr) => vec![expr],
        }
    }

    /// The expression and everything in it, in the order written.
    pub fn nodes(&self) -> impl Iterator<Item = &Self> {
        let mut waiting = vec![self];
        std::iter::from_fn(move || {
            let next = waiting.pop()?;
            waiting.extend(next.operands().into_iter().rev());
            Some(next)
        })
    }

    /// The selectors in it, in the order written.
    pub fn selectors(&self) -> impl Iterator<Item = &Selector> {
        self.nodes().filter_map(|node| match node {
            Self::Selector(selector) | Self::Range(Range::Samples { selector, .. }) => Some(selector),
            _ => None,
        })
    }

    /// `self[window:step]`
    pub fn subquery(self, window: impl Into<Window>, step: Option<Window>) -> Range {
        Subquery { expr: self, window: window.into(), step, offset: None, at: None }.into()
    }
}

impl From<Decimal> for Expr {
    fn from(number: Decimal) -> Self {
        Self::Number(Number::Decimal(number))
    }
}

impl From<Selector> for Expr {
    fn from(selector: Selector) -> Self {
        Self::Selector(selector)
    }
}

impl From<Range> for Expr {
    fn from(range: Range) -> Self {
        Self::Range(range)
    }
}
