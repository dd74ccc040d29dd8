//! The one place where PromQL becomes text.

use std::fmt::{self, Display, Formatter, Write};

use super::{
    Aggregate, At, Binary, BinaryOp, Expr, Function, GroupSide, Grouping, MatchOn, MatchValue, Matcher,
    Matching, Offset, Precedence, Range, Selector, Subquery, Variable, Window,
};

impl Expr {
    /// How tightly the outermost operator binds.
    fn precedence(&self) -> Precedence {
        match self {
            Self::Binary(binary) => binary.op.precedence(),
            Self::Negative(_) => Precedence::Sign,
            Self::Number(number) if number.is_signed() => Precedence::Sign,
            _ => Precedence::Primary,
        }
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => Quoted(text).fmt(f),
            Self::Selector(selector) => selector.fmt(f),
            Self::Range(range) => range.fmt(f),
            Self::Call(function, arguments) => call(*function, arguments, f),
            Self::Aggregate(aggregate) => aggregate.fmt(f),
            Self::Binary(binary) => binary.fmt(f),
            Self::Negative(expr) => {
                f.write_char('-')?;
                operand(expr, expr.precedence() <= Precedence::Sign, f)
            }
        }
    }
}

/// Writes an operand, in parentheses where asked.
fn operand(expr: &Expr, parentheses: bool, f: &mut Formatter<'_>) -> fmt::Result {
    if parentheses { write!(f, "({expr})") } else { expr.fmt(f) }
}

impl Display for Binary {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { op, returns_bool, matching, left, right } = self;
        let (own, from_right) = (op.precedence(), *op == BinaryOp::Power);
        let loose_left = left.precedence() < own || (from_right && left.precedence() == own);
        // A sign ends where its operand ends, so `a ^ -b` needs no parentheses on the right of any operator.
        let sign = right.precedence() == Precedence::Sign;
        let loose_right = !sign && (right.precedence() < own || (!from_right && right.precedence() == own));
        operand(left, loose_left, f)?;
        write!(f, " {}", op.as_str())?;
        if *returns_bool {
            f.write_str(" bool")?;
        }
        if let Some(matching) = matching {
            write!(f, " {matching}")?;
        }
        f.write_char(' ')?;
        operand(right, loose_right, f)
    }
}

impl Display for Matching {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.on {
            MatchOn::On(labels) => write!(f, "on ({})", Commas(labels))?,
            MatchOn::Ignoring(labels) => write!(f, "ignoring ({})", Commas(labels))?,
        }
        match &self.group {
            Some((GroupSide::Left, include)) => write!(f, " group_left ({})", Commas(include)),
            Some((GroupSide::Right, include)) => write!(f, " group_right ({})", Commas(include)),
            None => Ok(()),
        }
    }
}

impl Display for Aggregate {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { op, parameter, grouping, expr } = self;
        f.write_str(op.as_str())?;
        match grouping {
            Grouping::All => {}
            Grouping::By(labels) => write!(f, " by ({}) ", Commas(labels))?,
            Grouping::Without(labels) => write!(f, " without ({}) ", Commas(labels))?,
        }
        f.write_char('(')?;
        if let Some(parameter) = parameter {
            parameter.fmt(f)?;
            f.write_str(", ")?;
        }
        expr.fmt(f)?;
        f.write_char(')')
    }
}

fn call(function: Function, arguments: &[Expr], f: &mut Formatter<'_>) -> fmt::Result {
    f.write_str(function.as_str())?;
    f.write_char('(')?;
    for (index, expr) in arguments.iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        expr.fmt(f)?;
    }
    f.write_char(')')
}

impl Display for Range {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Samples { selector, window } => {
                selector.series(f)?;
                write!(f, "[{window}]")?;
                modifiers(selector.at, selector.offset, f)
            }
            Self::Subquery(subquery) => {
                let Subquery { expr, window, step, offset, at } = &**subquery;
                let shifted = matches!(expr, Expr::Selector(selector) if selector.is_shifted());
                operand(expr, shifted || expr.precedence() < Precedence::Primary, f)?;
                write!(f, "[{window}:")?;
                if let Some(step) = step {
                    step.fmt(f)?;
                }
                f.write_char(']')?;
                modifiers(*at, *offset, f)
            }
        }
    }
}

impl Selector {
    const fn is_shifted(&self) -> bool {
        self.at.is_some() || self.offset.is_some()
    }

    /// Writes name and matchers.
    fn series(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (name, hidden) = match &self.metric {
            Some(name) if is_keyword(name) => ("", Some(Matcher::eq("__name__", name))),
            Some(name) => (name.as_str(), None),
            None => ("", None),
        };
        f.write_str(name)?;
        if hidden.is_none() && self.matchers.is_empty() && !name.is_empty() {
            return Ok(());
        }
        f.write_char('{')?;
        for (index, matcher) in hidden.iter().chain(&self.matchers).enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            matcher.fmt(f)?;
        }
        f.write_char('}')
    }
}

/// Metric names that the grammar reads as something else, in any case of letters.
fn is_keyword(name: &str) -> bool {
    ["atan2", "bool", "group_left", "group_right", "ignoring", "inf", "nan", "on"]
        .iter()
        .any(|keyword| name.eq_ignore_ascii_case(keyword))
}

impl Display for Selector {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.series(f)?;
        modifiers(self.at, self.offset, f)
    }
}

fn modifiers(at: Option<At>, offset: Option<Offset>, f: &mut Formatter<'_>) -> fmt::Result {
    match at {
        Some(At::Timestamp(seconds)) => write!(f, " @ {seconds}")?,
        Some(At::Start) => f.write_str(" @ start()")?,
        Some(At::End) => f.write_str(" @ end()")?,
        None => {}
    }
    match offset {
        Some(Offset::Back(by)) => write!(f, " offset {by}"),
        Some(Offset::Forward(by)) => write!(f, " offset -{by}"),
        None => Ok(()),
    }
}

impl Display for Matcher {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.label, self.op.as_str())?;
        match &self.value {
            MatchValue::Text(text) => Quoted(text).fmt(f),
            MatchValue::Variable(variable) => write!(f, "\"{variable}\""),
        }
    }
}

impl Display for Window {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(duration) => duration.fmt(f),
            Self::Variable(variable) => variable.fmt(f),
        }
    }
}

impl Display for Variable {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "${}", self.name())
    }
}

/// A text in double quotes, escaped as Go does.
struct Quoted<'a>(&'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            match c {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                // Prometheus takes the replacement character for a byte that is no UTF-8.
                c if c.is_control() || c == char::REPLACEMENT_CHARACTER => {
                    write!(f, "\\u{:04x}", u32::from(c))?;
                }
                c => f.write_char(c)?,
            }
        }
        f.write_char('"')
    }
}

/// Names, parted by commas.
struct Commas<'a>(&'a [String]);

impl Display for Commas<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, name) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            f.write_str(name)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::promql::AggregateOp;
    use crate::value::{Decimal, PromDuration};

    fn metric(name: &str) -> Expr {
        Selector::new(name).into()
    }

    fn number(text: &str) -> Expr {
        text.parse::<Decimal>().unwrap().into()
    }

    fn minutes(minutes: u64) -> PromDuration {
        PromDuration::from_minutes(minutes)
    }

    #[test]
    fn parentheses_stand_only_where_they_change_the_meaning() {
        let [a, b, c] = ["a", "b", "c"].map(metric);
        let sum = || a.clone().binary(BinaryOp::Add, b.clone());
        let power = || a.clone().binary(BinaryOp::Power, b.clone());
        for (expr, text) in [
            (sum().times(c.clone()), "(a + b) * c"),
            (a.clone().times(b.clone()).binary(BinaryOp::Add, c.clone()), "a * b + c"),
            (c.clone().binary(BinaryOp::Subtract, sum()), "c - (a + b)"),
            (sum().binary(BinaryOp::Subtract, c.clone()), "a + b - c"),
            (power().binary(BinaryOp::Power, c.clone()), "(a ^ b) ^ c"),
            (c.clone().binary(BinaryOp::Power, power()), "c ^ a ^ b"),
            (power().negated(), "-a ^ b"),
            (a.clone().negated().binary(BinaryOp::Power, b.clone()), "(-a) ^ b"),
            (a.clone().binary(BinaryOp::Power, b.clone().negated()), "a ^ -b"),
            (sum().negated(), "-(a + b)"),
            (number("-1").binary(BinaryOp::Power, a.clone()), "(-1) ^ a"),
            (a.clone().divided_by(b.clone().above_zero()), "a / (b > 0)"),
            (a.clone().binary(BinaryOp::Or, number("0").times(b.clone())), "a or 0 * b"),
            (
                a.clone().binary(BinaryOp::Or, b.clone()).binary(BinaryOp::Unless, c.clone()),
                "(a or b) unless c",
            ),
            (a.clone().greater_than(number("2.50")).subquery(minutes(60), None).into(), "(a > 2.5)[1h:]"),
        ] {
            assert_eq!(expr.to_string(), text);
        }
    }

    #[test]
    fn every_form_has_its_text() {
        let shifted =
            Selector { offset: Some(Offset::Back(minutes(5))), at: Some(At::End), ..Selector::new("a") };
        let panel = Selector::new("a")
            .matching(Matcher::variable("job", Variable::new("job")))
            .over(Variable::rate_interval());
        let joined = metric("a").binary_matching(
            BinaryOp::Multiply,
            Matching::on(["job"]).group_left(["version"]),
            metric("b"),
        );
        for (expr, text) in [
            (Expr::from(shifted.clone()), "a @ end() offset 5m"),
            (
                shifted.clone().over(minutes(1)).apply(Function::MaxOverTime),
                "max_over_time(a[1m] @ end() offset 5m)",
            ),
            (
                Expr::from(shifted).subquery(minutes(60), Some(minutes(1).into())).into(),
                "(a @ end() offset 5m)[1h:1m]",
            ),
            (panel.rate(), r#"rate(a{job=~"$job"}[$__rate_interval])"#),
            (joined, "a * on (job) group_left (version) b"),
            (
                metric("a").aggregate_with(AggregateOp::Topk, number("3"), Grouping::without(["le"])),
                "topk without (le) (3, a)",
            ),
            (metric("a").compare_bool(BinaryOp::NotEqual, number("1")), "a != bool 1"),
            (Selector::default().eq("__name__", "x").into(), r#"{__name__="x"}"#),
            (metric("Inf"), r#"{__name__="Inf"}"#),
            (
                Selector::new("m_bucket").matching(Matcher::bucket(Decimal::ONE)).into(),
                r#"m_bucket{le=~"1([.]0)?"}"#,
            ),
            (
                Selector::new("m_bucket").matching(Matcher::bucket("0.25".parse().unwrap())).into(),
                r#"m_bucket{le="0.25"}"#,
            ),
        ] {
            assert_eq!(expr.to_string(), text);
        }
    }

    #[test]
    fn values_are_escaped() {
        let selector = Selector::new("a").eq("b", "\" or \\ \n\u{1}é");
        assert_eq!(selector.to_string(), r#"a{b="\" or \\ \n\u0001é"}"#);
        let any = Selector::new("a").matching(Matcher::any_of("b", ["2.0", "a|b", "^\\"]));
        assert_eq!(any.to_string(), r#"a{b=~"2[.]0|a[|]b|\\^\\\\"}"#);
    }
}
