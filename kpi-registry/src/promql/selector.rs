//! Series selectors, instant and over a range.

use super::{Expr, Function};
use crate::value::{Decimal, PromDuration};

/// A Grafana variable, such as `$__rate_interval`. Only dashboards know them; rules must not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    name: String,
}

impl Variable {
    /// Grafana's own: the range for `rate` in a panel.
    pub fn rate_interval() -> Self {
        Self::new("__rate_interval")
    }

    /// Grafana's own: the time range of the dashboard.
    pub fn range() -> Self {
        Self::new("__range")
    }

    /// The variable of a name, written without `$`.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }

    /// Its name, without `$`.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// How a matcher compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchOp {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`, anchored on both ends
    Regex,
    /// `!~`, anchored on both ends
    NotRegex,
}

impl MatchOp {
    /// Its spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Regex => "=~",
            Self::NotRegex => "!~",
        }
    }
}

/// What a matcher compares with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MatchValue {
    /// A text; a regular expression under `=~` and `!~`.
    Text(String),
    /// A Grafana variable. Grafana puts its value in, escaped for `=~`.
    Variable(Variable),
}

/// One condition on a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matcher {
    /// The label.
    pub label: String,
    /// The comparison.
    pub op: MatchOp,
    /// The other side.
    pub value: MatchValue,
}

impl Matcher {
    /// `label="value"`
    pub fn eq(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), op: MatchOp::Equal, value: MatchValue::Text(value.into()) }
    }

    /// `label!="value"`
    pub fn ne(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), op: MatchOp::NotEqual, value: MatchValue::Text(value.into()) }
    }

    /// `label=~"pattern"`; the pattern is used as it is.
    pub fn regex(label: impl Into<String>, pattern: impl Into<String>) -> Self {
        Self { label: label.into(), op: MatchOp::Regex, value: MatchValue::Text(pattern.into()) }
    }

    /// `label=~"$variable"`, which holds for one value, many and all.
    pub fn variable(label: impl Into<String>, variable: Variable) -> Self {
        Self { label: label.into(), op: MatchOp::Regex, value: MatchValue::Variable(variable) }
    }

    /// Any of these very values: `label="a"` for one, `label=~"a|b"` with escaped values for more.
    pub fn any_of<V: AsRef<str>>(label: impl Into<String>, values: impl IntoIterator<Item = V>) -> Self {
        let values: Vec<V> = values.into_iter().collect();
        match values.as_slice() {
            [one] => Self::eq(label, one.as_ref()),
            many => {
                let escaped: Vec<String> = many.iter().map(|value| escape_regex(value.as_ref())).collect();
                Self::regex(label, escaped.join("|"))
            }
        }
    }

    /// The bucket of an upper bound, as Prometheus 2 stores it (`1`) and as Prometheus 3 does (`1.0`).
    pub fn bucket(bound: Decimal) -> Self {
        let text = bound.to_string();
        if bound.is_integer() { Self::regex("le", format!("{text}([.]0)?")) } else { Self::eq("le", text) }
    }
}

/// Makes a regular expression that matches exactly this text.
///
/// A class such as `[.]` stands where a backslash would have to be doubled again in PromQL.
pub fn escape_regex(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '^' => out.extend(['\\', c]),
            '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '$' => {
                out.extend(['[', c, ']']);
            }
            _ => out.push(c),
        }
    }
    out
}

/// A shift of the evaluation time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offset {
    /// Into the past.
    Back(PromDuration),
    /// Into the future.
    Forward(PromDuration),
}

/// A fixed evaluation time: `@ …`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// Seconds since 1970.
    Timestamp(Decimal),
    /// `start()` of the query's range.
    Start,
    /// `end()` of the query's range.
    End,
}

/// An instant selector: `name{label="value"} @ end() offset 5m`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selector {
    /// The metric name; `None` when only matchers choose.
    pub metric: Option<String>,
    /// The conditions, in the order to print.
    pub matchers: Vec<Matcher>,
    /// Shift of the evaluation time.
    pub offset: Option<Offset>,
    /// Fixed evaluation time.
    pub at: Option<At>,
}

impl Selector {
    /// Every series of a metric.
    pub fn new(metric: impl Into<String>) -> Self {
        Self { metric: Some(metric.into()), ..Self::default() }
    }

    /// Adds a condition.
    #[must_use]
    pub fn matching(mut self, matcher: Matcher) -> Self {
        self.matchers.push(matcher);
        self
    }

    /// The metric, when there is only one it can be: named, or by a matcher on `__name__`.
    pub fn metric_name(&self) -> Option<&str> {
        let by_matcher = self.matchers.iter().find_map(|matcher| match matcher {
            Matcher { label, op: MatchOp::Equal, value: MatchValue::Text(name) } if label == "__name__" => {
                Some(name.as_str())
            }
            _ => None,
        });
        self.metric.as_deref().or(by_matcher)
    }

    /// Adds `label="value"`.
    #[must_use]
    pub fn eq(self, label: impl Into<String>, value: impl Into<String>) -> Self {
        self.matching(Matcher::eq(label, value))
    }

    /// The samples of the window before each evaluation: `name[5m]`.
    pub fn over(self, window: impl Into<Window>) -> Range {
        Range::Samples { selector: self, window: window.into() }
    }
}

/// The length of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Window {
    /// A fixed length.
    Fixed(PromDuration),
    /// A Grafana variable, such as `$__rate_interval`.
    Variable(Variable),
}

impl From<PromDuration> for Window {
    fn from(duration: PromDuration) -> Self {
        Self::Fixed(duration)
    }
}

impl From<Variable> for Window {
    fn from(variable: Variable) -> Self {
        Self::Variable(variable)
    }
}

/// A range of values per series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Range {
    /// Stored samples: `name{…}[5m]`.
    Samples {
        /// The series.
        selector: Selector,
        /// How far back.
        window: Window,
    },
    /// An expression evaluated again and again: `(…)[1h:1m]`.
    Subquery(Box<Subquery>),
}

/// An expression evaluated at every step of a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subquery {
    /// What is evaluated.
    pub expr: Expr,
    /// How far back.
    pub window: Window,
    /// The step; `None` is the evaluation interval.
    pub step: Option<Window>,
    /// Shift of the evaluation time.
    pub offset: Option<Offset>,
    /// Fixed evaluation time.
    pub at: Option<At>,
}

impl Range {
    /// A function of this range and nothing else, such as `max_over_time`.
    pub fn apply(self, function: Function) -> Expr {
        Expr::Call(function, vec![Expr::Range(self)])
    }

    /// `rate(…)`
    pub fn rate(self) -> Expr {
        self.apply(Function::Rate)
    }

    /// `increase(…)`
    pub fn increase(self) -> Expr {
        self.apply(Function::Increase)
    }
}

impl From<Subquery> for Range {
    fn from(subquery: Subquery) -> Self {
        Self::Subquery(Box::new(subquery))
    }
}
