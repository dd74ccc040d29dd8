//! Where the parts of an expression stand.

use super::Place;

/// Where an expression and its parts stand in a text, as ranges of bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// The whole of it, with the parentheses around it.
    pub at: Place,
    /// What it is called by: the metric, the function, the aggregation or the operator; else the whole.
    pub head: Place,
    /// The label of every matcher, those of a grouping, or those that operands match on and then those taken over; in
    /// the order of the tree.
    pub labels: Vec<Place>,
    /// The value of every matcher.
    pub values: Vec<Place>,
    /// The length of a range.
    pub window: Option<Place>,
    /// Those of its operands, in the order of [`Expr::operands`](crate::promql::Expr::operands).
    pub operands: Vec<Self>,
}

impl Places {
    /// Those of what has no parts.
    pub(super) fn leaf(at: Place) -> Self {
        Self { head: at.clone(), at, ..Self::default() }
    }
}
