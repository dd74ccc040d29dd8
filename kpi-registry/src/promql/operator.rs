//! Operators, their precedence, and how they group and match series.

/// How tightly an operator binds; greater binds tighter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precedence {
    /// `or`
    Union,
    /// `and`, `unless`
    Intersection,
    /// `==`, `!=`, `<`, `<=`, `>`, `>=`
    Comparison,
    /// `+`, `-`
    Sum,
    /// `*`, `/`, `%`, `atan2`
    Product,
    /// Unary `-`: binds like a product, so `-a ^ b` is `-(a ^ b)`.
    Sign,
    /// `^`, the only operator that groups from the right
    Power,
    /// Selectors, literals, calls and aggregations
    Primary,
}

/// An operator between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOp {
    /// `or`
    Or,
    /// `and`
    And,
    /// `unless`
    Unless,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Modulo,
    /// `atan2`
    Atan2,
    /// `^`
    Power,
}

impl BinaryOp {
    /// Every operator, from the loosest to the tightest.
    pub const ALL: &'static [Self] = &[
        Self::Or,
        Self::And,
        Self::Unless,
        Self::Equal,
        Self::NotEqual,
        Self::Less,
        Self::LessOrEqual,
        Self::Greater,
        Self::GreaterOrEqual,
        Self::Add,
        Self::Subtract,
        Self::Multiply,
        Self::Divide,
        Self::Modulo,
        Self::Atan2,
        Self::Power,
    ];

    /// Its spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Or => "or",
            Self::And => "and",
            Self::Unless => "unless",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Modulo => "%",
            Self::Atan2 => "atan2",
            Self::Power => "^",
        }
    }

    /// How tightly it binds.
    pub const fn precedence(self) -> Precedence {
        match self {
            Self::Or => Precedence::Union,
            Self::And | Self::Unless => Precedence::Intersection,
            Self::Equal
            | Self::NotEqual
            | Self::Less
            | Self::LessOrEqual
            | Self::Greater
            | Self::GreaterOrEqual => Precedence::Comparison,
            Self::Add | Self::Subtract => Precedence::Sum,
            Self::Multiply | Self::Divide | Self::Modulo | Self::Atan2 => Precedence::Product,
            Self::Power => Precedence::Power,
        }
    }

    /// Whether it compares, and so may be followed by `bool`.
    pub const fn is_comparison(self) -> bool {
        matches!(self.precedence(), Precedence::Comparison)
    }

    /// Whether it works on sets of series: neither scalars nor `group_left` are allowed.
    pub const fn is_set(self) -> bool {
        matches!(self.precedence(), Precedence::Union | Precedence::Intersection)
    }
}

/// Which labels must agree for two series to match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MatchOn {
    /// Exactly these: `on (…)`.
    On(Vec<String>),
    /// All but these: `ignoring (…)`.
    Ignoring(Vec<String>),
}

/// The side of a match that has many series for one on the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupSide {
    /// `group_left`: many on the left.
    Left,
    /// `group_right`: many on the right.
    Right,
}

/// How the series of two operands find each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matching {
    /// The labels that decide.
    pub on: MatchOn,
    /// Many-to-one matching, with the labels to take over from the side of one.
    pub group: Option<(GroupSide, Vec<String>)>,
}

impl Matching {
    /// One to one, on these labels.
    pub fn on<L: Into<String>>(labels: impl IntoIterator<Item = L>) -> Self {
        Self { on: MatchOn::On(labels.into_iter().map(Into::into).collect()), group: None }
    }

    /// One to one, on all labels but these.
    pub fn ignoring<L: Into<String>>(labels: impl IntoIterator<Item = L>) -> Self {
        Self { on: MatchOn::Ignoring(labels.into_iter().map(Into::into).collect()), group: None }
    }

    /// Many on the left; `include` is taken over from the right.
    #[must_use]
    pub fn group_left<L: Into<String>>(mut self, include: impl IntoIterator<Item = L>) -> Self {
        self.group = Some((GroupSide::Left, include.into_iter().map(Into::into).collect()));
        self
    }

    /// Many on the right; `include` is taken over from the left.
    #[must_use]
    pub fn group_right<L: Into<String>>(mut self, include: impl IntoIterator<Item = L>) -> Self {
        self.group = Some((GroupSide::Right, include.into_iter().map(Into::into).collect()));
        self
    }
}

/// An aggregation over series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AggregateOp {
    /// `sum`
    Sum,
    /// `min`
    Min,
    /// `max`
    Max,
    /// `avg`
    Avg,
    /// `count`
    Count,
    /// `group`
    Group,
    /// `stddev`
    Stddev,
    /// `stdvar`
    Stdvar,
    /// `topk`, with how many
    Topk,
    /// `bottomk`, with how many
    Bottomk,
    /// `quantile`, with φ between 0 and 1
    Quantile,
    /// `count_values`, with the name of the label for the value
    CountValues,
}

impl AggregateOp {
    /// Every aggregation.
    pub const ALL: &'static [Self] = &[
        Self::Sum,
        Self::Min,
        Self::Max,
        Self::Avg,
        Self::Count,
        Self::Group,
        Self::Stddev,
        Self::Stdvar,
        Self::Topk,
        Self::Bottomk,
        Self::Quantile,
        Self::CountValues,
    ];

    /// Its spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Min => "min",
            Self::Max => "max",
            Self::Avg => "avg",
            Self::Count => "count",
            Self::Group => "group",
            Self::Stddev => "stddev",
            Self::Stdvar => "stdvar",
            Self::Topk => "topk",
            Self::Bottomk => "bottomk",
            Self::Quantile => "quantile",
            Self::CountValues => "count_values",
        }
    }

    /// Whether it takes a parameter before the expression.
    pub const fn has_parameter(self) -> bool {
        matches!(self, Self::Topk | Self::Bottomk | Self::Quantile | Self::CountValues)
    }
}

/// Which labels an aggregation keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Grouping {
    /// None: one series is left.
    #[default]
    All,
    /// These: `by (…)`.
    By(Vec<String>),
    /// All but these: `without (…)`.
    Without(Vec<String>),
}

impl Grouping {
    /// Keeps these labels.
    pub fn by<L: Into<String>>(labels: impl IntoIterator<Item = L>) -> Self {
        Self::By(labels.into_iter().map(Into::into).collect())
    }

    /// Drops these labels.
    pub fn without<L: Into<String>>(labels: impl IntoIterator<Item = L>) -> Self {
        Self::Without(labels.into_iter().map(Into::into).collect())
    }
}
