//! PromQL as a typed tree.
//!
//! Every expression in a rule, an alert or a panel is built from [`Expr`] and becomes text in one place, its
//! `Display`: parentheses stand exactly where the grammar needs them and every value is escaped.
//!
//! ```
//! use kpi_registry::promql::{Grouping, Selector};
//! use kpi_registry::value::PromDuration;
//!
//! let rate = Selector::new("auren_requests_total").eq("status", "server_error").over(PromDuration::from_minutes(5)).rate();
//! let by_route = rate.sum(Grouping::by(["agent", "route"]));
//! assert_eq!(
//!     by_route.to_string(),
//!     r#"sum by (agent, route) (rate(auren_requests_total{status="server_error"}[5m]))"#
//! );
//! ```

mod display;
mod expr;
mod function;
mod number;
mod operator;
mod parse;
mod pattern;
mod selector;

pub use expr::{Aggregate, Binary, Expr};
pub use function::{Argument, Function, Signature};
pub use number::{Float, Number};
pub use operator::{AggregateOp, BinaryOp, GroupSide, Grouping, MatchOn, Matching, Precedence};
pub use parse::{Dialect, Places, SyntaxError};
pub use pattern::Pattern;
pub use selector::{
    At, MatchOp, MatchValue, Matcher, Offset, Range, Selector, Subquery, Variable, Window, escape_regex,
};
