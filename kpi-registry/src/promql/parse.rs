//! Expressions that people write, read into the tree.
//!
//! The grammar and the types are those of Prometheus, `promql/parser/generated_parser.y` and `checkAST` in `parse.go`.

use std::fmt;
use std::ops::Range as Places;

use super::token::{Token, Word, words};
use super::{
    Aggregate, AggregateOp, Argument, At, Binary, BinaryOp, Expr, Function, GroupSide, Grouping, MatchOn,
    MatchOp, MatchValue, Matcher, Matching, Number, Offset, Precedence, Range, Selector, Variable, Window,
};
use crate::suggest::nearest;
use crate::value::{Decimal, PromDuration, PrometheusVersion};

/// Why a text is no expression, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The bytes of the text that are wrong.
    pub at: Places<usize>,
    /// What is wrong, in one line without a full stop.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// What to write in place of these bytes.
    pub instead: Option<String>,
}

impl SyntaxError {
    pub(super) const fn new(at: Places<usize>, message: String) -> Self {
        Self { at, message, help: None, instead: None }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SyntaxError {}

/// Which PromQL is read.
#[derive(Clone, Copy, Debug)]
pub struct Dialect {
    /// The release that evaluates it.
    pub version: PrometheusVersion,
    /// Whether variables of Grafana may stand in it.
    pub variables: bool,
}

impl Dialect {
    /// That of the rules of a Prometheus.
    pub const fn rules(version: PrometheusVersion) -> Self {
        Self { version, variables: false }
    }

    /// That of the panels of a Grafana that asks a Prometheus.
    pub const fn panels(version: PrometheusVersion) -> Self {
        Self { version, variables: true }
    }

    const fn has(self, major: u32, minor: u32) -> bool {
        self.version.major > major || (self.version.major == major && self.version.minor >= minor)
    }
}

/// Expressions that are longer are not written by people.
const LONGEST: usize = 1 << 16;
/// How deep parentheses and arguments may nest.
const DEEPEST: usize = 64;
/// How many operators in a row may build upon each other; `a + b + c` has two.
const LONGEST_CHAIN: usize = 500;

impl Expr {
    /// Reads an expression: its syntax, and that every operand and argument has a type that fits.
    ///
    /// # Errors
    ///
    /// All type errors there are, or the first place where the text is no PromQL of this dialect.
    pub fn parse(text: &str, dialect: Dialect) -> Result<Self, Vec<SyntaxError>> {
        if text.len() > LONGEST {
            let error = SyntaxError::new(
                0..0,
                format!("an expression has at most {LONGEST} bytes, not {}", text.len()),
            );
            return Err(vec![error.help("record parts of it as KPIs of type `derived`")]);
        }
        let words = words(text).map_err(|error| vec![error])?;
        let mut parser = Parser { text, words, next: 0, depth: 0, dialect, errors: Vec::new() };
        match parser.whole() {
            Ok(expr) if parser.errors.is_empty() => Ok(expr),
            Ok(_) => Err(parser.errors),
            Err(error) => {
                parser.errors.push(error);
                Err(parser.errors)
            }
        }
    }
}

/// A part of an expression.
struct Part {
    expr: Expr,
    kind: Argument,
    at: Places<usize>,
    /// How many operators build upon each other in it.
    chain: usize,
    /// Whether it is a selector, a range or a subquery without parentheses, which alone take `offset`, `@` and `[…]`.
    is_open: bool,
}

struct Parser<'t> {
    text: &'t str,
    words: Vec<Word>,
    next: usize,
    depth: usize,
    dialect: Dialect,
    errors: Vec<SyntaxError>,
}

type Result<T, E = SyntaxError> = std::result::Result<T, E>;

impl Parser<'_> {
    fn whole(&mut self) -> Result<Expr> {
        if self.peek() == &Token::End {
            return Err(SyntaxError::new(0..0, "there is no expression here".to_owned()));
        }
        let part = self.operation(Precedence::Union)?;
        if self.peek() != &Token::End {
            return Err(self.unexpected("an operator, or the end of the expression"));
        }
        if matches!(part.kind, Argument::Range | Argument::Text) {
            let is = described(part.kind);
            self.complain(
                &part.at,
                format!("the whole is {is}, and a rule or a panel shows a value per series"),
            );
        }
        Ok(part.expr)
    }

    fn peek(&self) -> &Token {
        &self.words[self.next].token
    }

    fn here(&self) -> Places<usize> {
        self.words[self.next].at.clone()
    }

    /// The end of the word before.
    fn reached(&self) -> usize {
        self.next.checked_sub(1).map_or(0, |before| self.words[before].at.end)
    }

    fn written(&self) -> &str {
        &self.text[self.here()]
    }

    fn advance(&mut self) {
        self.next = (self.next + 1).min(self.words.len() - 1);
    }

    fn is(&self, sign: &str) -> bool {
        matches!(self.peek(), Token::Sign(found) if *found == sign)
    }

    fn take(&mut self, sign: &str) -> bool {
        let is = self.is(sign);
        if is {
            self.advance();
        }
        is
    }

    fn expect(&mut self, sign: &str) -> Result<()> {
        if self.take(sign) { Ok(()) } else { Err(self.unexpected(&format!("`{sign}`"))) }
    }

    fn is_word(&self, word: &str) -> bool {
        self.peek() == &Token::Name && self.written().eq_ignore_ascii_case(word)
    }

    fn take_word(&mut self, word: &str) -> bool {
        let is = self.is_word(word);
        if is {
            self.advance();
        }
        is
    }

    /// Whether the word after the next one is this sign.
    fn then_is(&self, sign: &str) -> bool {
        matches!(self.words.get(self.next + 1), Some(Word { token: Token::Sign(found), .. }) if *found == sign)
    }

    fn then_is_word(&self, word: &str) -> bool {
        let after = self.words.get(self.next + 1);
        after.is_some_and(|after| {
            after.token == Token::Name && self.text[after.at.clone()].eq_ignore_ascii_case(word)
        })
    }

    fn unexpected(&self, wanted: &str) -> SyntaxError {
        let found = match self.peek() {
            Token::End => "the end".to_owned(),
            _ => format!("`{}`", self.written()),
        };
        SyntaxError::new(self.here(), format!("{wanted} is expected here, not {found}"))
    }

    fn complain(&mut self, at: &Places<usize>, message: String) {
        self.errors.push(SyntaxError::new(at.clone(), message));
    }

    /// Operators that bind at least so tightly, and their operands.
    fn operation(&mut self, loosest: Precedence) -> Result<Part> {
        let mut left = self.signed()?;
        while let Some(op) = self.operator().filter(|op| op.precedence() >= loosest) {
            let at = self.here();
            self.advance();
            let returns_bool = self.take_word("bool");
            let matching = self.matching()?;
            let tighter = match op.precedence() {
                Precedence::Union => Precedence::Intersection,
                Precedence::Intersection => Precedence::Comparison,
                Precedence::Comparison => Precedence::Sum,
                Precedence::Sum => Precedence::Product,
                // The one operator that groups from the right.
                Precedence::Product | Precedence::Sign | Precedence::Power | Precedence::Primary => {
                    Precedence::Power
                }
            };
            let right = self.nested(|parser| parser.operation(tighter))?;
            self.check_operands(op, &at, returns_bool, matching.as_ref(), &left, &right);
            let kind = match (left.kind, right.kind) {
                (Argument::Scalar, Argument::Scalar) => Argument::Scalar,
                _ => Argument::Vector,
            };
            let chain = left.chain.max(right.chain) + 1;
            if chain > LONGEST_CHAIN {
                let message = format!("more than {LONGEST_CHAIN} operators build upon each other");
                return Err(
                    SyntaxError::new(at, message).help("record parts of it as KPIs of type `derived`")
                );
            }
            let at = left.at.start..right.at.end;
            let binary = Binary { op, returns_bool, matching, left: left.expr, right: right.expr };
            left = Part { expr: Expr::Binary(Box::new(binary)), kind, at, chain, is_open: false };
        }
        Ok(left)
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth == DEEPEST {
            let message = format!("parentheses and operators nest more than {DEEPEST} deep");
            return Err(
                SyntaxError::new(self.here(), message).help("record parts of it as KPIs of type `derived`")
            );
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    fn operator(&self) -> Option<BinaryOp> {
        let word = match self.peek() {
            Token::Sign(sign) => (*sign).to_owned(),
            Token::Name => self.written().to_ascii_lowercase(),
            _ => return None,
        };
        BinaryOp::ALL.iter().copied().find(|op| op.as_str() == word)
    }

    /// `on (…)` or `ignoring (…)`, and `group_left (…)` or `group_right (…)`.
    fn matching(&mut self) -> Result<Option<Matching>> {
        let on = if self.take_word("on") {
            MatchOn::On(self.labels()?)
        } else if self.take_word("ignoring") {
            MatchOn::Ignoring(self.labels()?)
        } else {
            return Ok(None);
        };
        let side = if self.take_word("group_left") {
            Some(GroupSide::Left)
        } else if self.take_word("group_right") {
            Some(GroupSide::Right)
        } else {
            None
        };
        let group = match side {
            Some(side) if self.is("(") => Some((side, self.labels()?)),
            side => side.map(|side| (side, Vec::new())),
        };
        Ok(Some(Matching { on, group }))
    }

    fn labels(&mut self) -> Result<Vec<String>> {
        self.expect("(")?;
        let mut labels = Vec::new();
        while !self.is(")") {
            labels.push(self.label()?);
            if !self.take(",") {
                break;
            }
        }
        self.expect(")")?;
        Ok(labels)
    }

    fn label(&mut self) -> Result<String> {
        let name = match self.peek() {
            Token::Name if !self.written().contains(':') => self.written().to_owned(),
            Token::Text(name) if self.dialect.has(3, 0) && crate::value::is_label_name(name) => name.clone(),
            _ => return Err(self.unexpected("a label name")),
        };
        self.advance();
        Ok(name)
    }

    fn check_operands(
        &mut self,
        op: BinaryOp,
        at: &Places<usize>,
        returns_bool: bool,
        matching: Option<&Matching>,
        left: &Part,
        right: &Part,
    ) {
        for operand in [left, right] {
            if matches!(operand.kind, Argument::Range | Argument::Text) {
                let is = described(operand.kind);
                self.complain(&operand.at, format!("`{}` works on values, and this is {is}", op.as_str()));
            }
        }
        let scalars = [left, right].iter().filter(|operand| operand.kind == Argument::Scalar).count();
        if op.is_set() && scalars > 0 {
            let message =
                format!("`{}` works on sets of series, and one side is a single number", op.as_str());
            self.errors
                .push(SyntaxError::new(at.clone(), message).help("write `vector(…)` around the number"));
        }
        if returns_bool && !op.is_comparison() {
            self.complain(at, format!("only comparisons take `bool`, and `{}` is none", op.as_str()));
        }
        if op.is_comparison() && scalars == 2 && !returns_bool {
            let message = "two numbers are compared, which must be said with `bool`".to_owned();
            let help = format!("write `{} bool`", op.as_str());
            self.errors.push(SyntaxError::new(at.clone(), message).help(help));
        }
        let Some(matching) = matching else { return };
        if scalars > 0 {
            self.complain(
                at,
                "labels are matched between two sets of series, and one side is a number".to_owned(),
            );
        }
        let Some((_, include)) = &matching.group else { return };
        if op.is_set() {
            self.complain(at, format!("`{}` takes no `group_left` and no `group_right`", op.as_str()));
        }
        if let MatchOn::On(on) = &matching.on
            && let Some(twice) = include.iter().find(|label| on.contains(label))
        {
            self.complain(
                at,
                format!("the label `{twice}` is matched on, so it can't be taken over as well"),
            );
        }
    }

    /// An operand with its signs.
    fn signed(&mut self) -> Result<Part> {
        let start = self.here();
        let is_negative = self.is("-");
        if !is_negative && !self.is("+") {
            return self.modified();
        }
        self.advance();
        let mut part = self.nested(|parser| parser.operation(Precedence::Power))?;
        if matches!(part.kind, Argument::Range | Argument::Text) {
            let is = described(part.kind);
            self.complain(&part.at, format!("only values have a sign, and this is {is}"));
        }
        part.at.start = start.start;
        part.is_open = false;
        if is_negative {
            part.expr = part.expr.negated();
        }
        Ok(part)
    }

    /// An operand with the ranges and shifts that follow it.
    fn modified(&mut self) -> Result<Part> {
        let mut part = self.operand()?;
        loop {
            let at = self.here();
            if self.is("[") {
                part = self.ranged(part)?;
            } else if self.take_word("offset") {
                let offset = self.offset()?;
                let slot = shift(&mut part).map(|(slot, _)| slot);
                set(slot, offset, &at, "offset")?;
            } else if self.take("@") {
                let time = self.time()?;
                let slot = shift(&mut part).map(|(_, slot)| slot);
                set(slot, time, &at, "@")?;
            } else {
                return Ok(part);
            }
            part.at.end = self.reached();
        }
    }

    /// `[5m]`, or `[1h:]`, or `[1h:1m]`
    fn ranged(&mut self, part: Part) -> Result<Part> {
        let open = self.here();
        self.advance();
        let window = self.window()?;
        if self.take(":") {
            let step = if self.is("]") { None } else { Some(self.window()?) };
            self.expect("]")?;
            if part.kind != Argument::Vector {
                let is = described(part.kind);
                self.complain(&part.at, format!("a subquery evaluates a value per series, and this is {is}"));
            }
            let range = part.expr.subquery(window, step);
            let at = part.at.start..self.reached();
            return Ok(Part {
                expr: range.into(),
                kind: Argument::Range,
                at,
                chain: part.chain + 1,
                is_open: true,
            });
        }
        self.expect("]")?;
        match part.expr {
            Expr::Selector(selector)
                if part.is_open && selector.at.is_none() && selector.offset.is_none() =>
            {
                let at = part.at.start..self.reached();
                let expr = selector.over(window).into();
                Ok(Part { expr, kind: Argument::Range, at, chain: 0, is_open: true })
            }
            Expr::Selector(_) if part.is_open => {
                Err(SyntaxError::new(open, "a range stands before `offset` and `@`".to_owned()))
            }
            _ => Err(SyntaxError::new(open, "only a selector has stored samples".to_owned())
                .help("write a subquery, such as `[1h:]`, to evaluate an expression over a range")),
        }
    }

    fn window(&mut self) -> Result<Window> {
        if let Token::Variable(name) = self.peek() {
            let name = name.clone();
            self.check_variable()?;
            self.advance();
            return Ok(Variable::new(name).into());
        }
        self.duration().map(Into::into)
    }

    /// Variables have a meaning in panels alone.
    fn check_variable(&self) -> Result<()> {
        if self.dialect.variables {
            return Ok(());
        }
        let message =
            format!("`{}` is a variable of Grafana, which Prometheus does not know", self.written());
        Err(SyntaxError::new(self.here(), message).help("write the value itself"))
    }

    fn duration(&mut self) -> Result<PromDuration> {
        let at = self.here();
        let written = self.written().to_owned();
        let duration = match self.peek() {
            Token::Duration => written.parse::<PromDuration>().ok(),
            Token::Number => {
                let seconds = self.number(&written)?;
                let millis = seconds.checked_mul(Decimal::from(1000)).filter(|millis| millis.is_integer());
                let duration = millis.and_then(|millis| millis.to_string().parse().ok());
                let duration = duration.map(PromDuration::from_millis);
                if !self.dialect.has(3, 0) {
                    let mut error = SyntaxError::new(at, format!("`{written}` has no unit"));
                    error.instead = duration.map(|duration| duration.to_string());
                    return Err(error.help("numbers alone are seconds from Prometheus 3.0 on"));
                }
                duration
            }
            _ => return Err(self.unexpected("a duration such as `5m`")),
        };
        let error = SyntaxError::new(at, format!("`{written}` is no duration above zero"))
            .help("write whole numbers with their units, the greatest first: `1h30m`");
        let duration = duration.filter(|duration| !duration.is_zero()).ok_or(error)?;
        self.advance();
        Ok(duration)
    }

    fn offset(&mut self) -> Result<Offset> {
        if self.take("-") {
            return self.duration().map(Offset::Forward);
        }
        self.duration().map(Offset::Back)
    }

    fn time(&mut self) -> Result<At> {
        for (word, time) in [("start", At::Start), ("end", At::End)] {
            if self.take_word(word) {
                self.expect("(")?;
                self.expect(")")?;
                return Ok(time);
            }
        }
        let is_negative = self.take("-");
        if !is_negative {
            self.take("+");
        }
        if self.peek() != &Token::Number {
            return Err(self.unexpected("a time, `start()` or `end()`"));
        }
        let seconds = self.number(self.written())?;
        self.advance();
        let seconds =
            if is_negative { Decimal::ZERO.checked_sub(seconds).unwrap_or(seconds) } else { seconds };
        Ok(At::Timestamp(seconds))
    }

    /// The value of a number literal, as Go's `ParseInt` with base 0 reads it, or else `ParseFloat`.
    fn number(&self, text: &str) -> Result<Decimal> {
        let error = |message: String| SyntaxError::new(self.here(), message);
        let digits = if self.dialect.has(2, 54) { text.replace('_', "") } else { text.to_owned() };
        let hexadecimal = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"));
        let octal = digits.strip_prefix('0').filter(|rest| !rest.is_empty());
        let whole = match (hexadecimal, octal) {
            (Some(digits), _) => i64::from_str_radix(digits, 16).ok(),
            (None, Some(digits)) => i64::from_str_radix(digits, 8).ok(),
            (None, None) => None,
        };
        let parsed = match whole {
            Some(whole) => whole.to_string().parse::<Decimal>(),
            None => digits.parse::<Decimal>(),
        };
        parsed.map_err(|why| {
            let error = error(format!("`{text}` can't be read here: {why}"));
            if text.ends_with(|c: char| c.is_ascii_alphabetic()) {
                return error.help("durations have whole numbers, the greatest unit first: `1h30m`");
            }
            error
        })
    }

    fn operand(&mut self) -> Result<Part> {
        let at = self.here();
        let plain = |expr, kind| Part { expr, kind, at: at.clone(), chain: 0, is_open: false };
        let part = match self.peek().clone() {
            Token::Number => plain(self.number(self.written())?.into(), Argument::Scalar),
            Token::Duration if self.dialect.has(3, 0) => {
                let duration = self.duration()?;
                let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
                return Ok(plain(Decimal::new(millis, 3).into(), Argument::Scalar));
            }
            Token::Duration => {
                let message = format!("`{}` is a duration, and a value is expected here", self.written());
                return Err(SyntaxError::new(at, message).help("write the number of seconds"));
            }
            Token::Text(text) => plain(Expr::Text(text), Argument::Text),
            Token::Sign("(") => {
                self.advance();
                let mut part = self.nested(|parser| parser.operation(Precedence::Union))?;
                self.expect(")")?;
                part.is_open = false;
                part.at = at.start..self.reached();
                return Ok(part);
            }
            Token::Sign("{") => return self.selector(None),
            Token::Name => return self.named(),
            Token::Variable(_) => {
                self.check_variable()?;
                let message = format!("`{}` can't stand for a value here", self.written());
                return Err(SyntaxError::new(at, message).help(
                    "variables stand in ranges, `[$__rate_interval]`, and in matchers, `job=~\"$job\"`",
                ));
            }
            Token::Sign(_) | Token::End => return Err(self.unexpected("a value")),
        };
        self.advance();
        Ok(part)
    }

    /// What begins with a name: an aggregation, a call, a number or a selector.
    fn named(&mut self) -> Result<Part> {
        let name = self.written().to_owned();
        let lower = name.to_ascii_lowercase();
        let aggregates = self.then_is("(") || self.then_is_word("by") || self.then_is_word("without");
        if let Some(op) =
            AggregateOp::ALL.iter().copied().find(|op| op.as_str() == lower).filter(|_| aggregates)
        {
            return self.aggregate(op);
        }
        if self.then_is("(") {
            return self.call(&name);
        }
        let at = self.here();
        let number = match lower.as_str() {
            "inf" => Number::Infinity,
            "nan" => Number::NaN,
            "on" | "ignoring" | "group_left" | "group_right" | "bool" | "atan2" => {
                return Err(self.unexpected("a value"));
            }
            _ => {
                self.advance();
                return self.selector(Some((name, at)));
            }
        };
        self.advance();
        Ok(Part { expr: Expr::Number(number), kind: Argument::Scalar, at, chain: 0, is_open: false })
    }

    fn aggregate(&mut self, op: AggregateOp) -> Result<Part> {
        let at = self.here();
        self.advance();
        let before = self.grouping()?;
        let mut arguments = self.arguments()?;
        let after = if before.is_none() { self.grouping()? } else { None };
        let wanted = 1 + usize::from(op.has_parameter());
        let whole = at.start..self.reached();
        if arguments.len() != wanted {
            let message = format!("`{}` takes {}, not {}", op.as_str(), counted(wanted), arguments.len());
            return Err(SyntaxError::new(at, message));
        }
        let chain = arguments.iter().map(|part| part.chain).max().unwrap_or_default() + 1;
        let expr = arguments.pop();
        let parameter = arguments.pop();
        if let Some(parameter) = &parameter {
            let wanted = if op == AggregateOp::CountValues { Argument::Text } else { Argument::Scalar };
            self.check_argument(op.as_str(), wanted, parameter);
        }
        let Some(expr) = expr else { return Err(self.unexpected("a value")) };
        self.check_argument(op.as_str(), Argument::Vector, &expr);
        let aggregate = Aggregate {
            op,
            parameter: parameter.map(|part| part.expr),
            grouping: before.or(after).unwrap_or_default(),
            expr: expr.expr,
        };
        let expr = Expr::Aggregate(Box::new(aggregate));
        Ok(Part { expr, kind: Argument::Vector, at: whole, chain, is_open: false })
    }

    fn grouping(&mut self) -> Result<Option<Grouping>> {
        if self.take_word("by") {
            return self.labels().map(Grouping::By).map(Some);
        }
        if self.take_word("without") {
            return self.labels().map(Grouping::Without).map(Some);
        }
        Ok(None)
    }

    fn arguments(&mut self) -> Result<Vec<Part>> {
        self.expect("(")?;
        let mut arguments = Vec::new();
        while !self.is(")") {
            arguments.push(self.nested(|parser| parser.operation(Precedence::Union))?);
            if !self.take(",") {
                break;
            }
            if self.is(")") {
                return Err(self.unexpected("an argument"));
            }
        }
        self.expect(")")?;
        Ok(arguments)
    }

    fn call(&mut self, name: &str) -> Result<Part> {
        let at = self.here();
        let function = self.function(name)?;
        self.advance();
        let arguments = self.arguments()?;
        let signature = function.signature();
        let most = signature.arguments.len();
        let least = most - signature.optional;
        if arguments.len() < least || (arguments.len() > most && !signature.variadic) {
            let wanted = if signature.variadic {
                format!("at least {}", counted(least))
            } else if least == most {
                counted(most)
            } else {
                format!("{least} to {}", counted(most))
            };
            return Err(SyntaxError::new(at, format!("`{name}` takes {wanted}, not {}", arguments.len())));
        }
        for (index, argument) in arguments.iter().enumerate() {
            let wanted = signature.arguments.get(index).or(signature.arguments.last());
            if let Some(wanted) = wanted {
                self.check_argument(name, *wanted, argument);
            }
        }
        let chain = arguments.iter().map(|part| part.chain).max().unwrap_or_default() + 1;
        let expr = Expr::call(function, arguments.into_iter().map(|part| part.expr));
        let at = at.start..self.reached();
        Ok(Part { expr, kind: signature.result, at, chain, is_open: false })
    }

    fn function(&self, name: &str) -> Result<Function> {
        let version = self.dialect.version;
        let error = |message: String| SyntaxError::new(self.here(), message);
        let exists = |function: &Function| {
            function.since().is_none_or(|(major, minor)| self.dialect.has(major, minor))
                && function.until().is_none_or(|(major, minor)| !self.dialect.has(major, minor))
        };
        match Function::parse(name) {
            Some(function) if exists(&function) => Ok(function),
            Some(function) => {
                let when = match function.since() {
                    Some((major, minor)) => format!("came with Prometheus {major}.{minor}"),
                    None => "is gone".to_owned(),
                };
                Err(error(format!("`{name}` {when}, and the registry declares {version}"))
                    .help("use another function, or declare the version under `prometheus:`"))
            }
            None => {
                let known =
                    Function::ALL.iter().filter(|function| exists(function)).map(|known| known.as_str());
                let known = known.chain(AggregateOp::ALL.iter().map(|op| op.as_str()));
                let meant = nearest(name, known);
                let end = meant.map_or(String::new(), |meant| format!(", did you mean `{meant}`?"));
                let mut error = error(format!("Prometheus {version} has no function `{name}`{end}"));
                error.instead = meant.map(str::to_owned);
                Err(error)
            }
        }
    }

    fn check_argument(&mut self, of: &str, wanted: Argument, argument: &Part) {
        if argument.kind == wanted {
            return;
        }
        let message = format!("`{of}` takes {}, and this is {}", described(wanted), described(argument.kind));
        let error = SyntaxError::new(argument.at.clone(), message);
        let help = match (wanted, argument.kind, &argument.expr) {
            (Argument::Range, Argument::Vector, Expr::Selector(_)) => "add a range, such as `[5m]`",
            (Argument::Range, Argument::Vector, _) => "add the range of a subquery, such as `[1h:]`",
            (Argument::Vector, Argument::Range, _) => {
                "remove the range, or take a function of it, such as `rate`"
            }
            (Argument::Vector, Argument::Scalar, _) => "write `vector(…)` around the number",
            (Argument::Scalar, Argument::Vector, _) => "write `scalar(…)` around what has one series",
            (Argument::Text, _, _) => "put the text in quotes",
            _ => return self.errors.push(error),
        };
        self.errors.push(error.help(help));
    }

    /// A selector; its metric has been read, if it has one before its braces.
    fn selector(&mut self, metric: Option<(String, Places<usize>)>) -> Result<Part> {
        let start = metric.as_ref().map_or(self.here().start, |(_, at)| at.start);
        let mut selector = Selector { metric: metric.map(|(name, _)| name), ..Selector::default() };
        if self.take("{") {
            while !self.is("}") {
                self.matcher(&mut selector)?;
                if !self.take(",") {
                    break;
                }
            }
            self.expect("}")?;
        }
        let at = start..self.reached();
        if selector.metric.is_none() && !selector.matchers.iter().any(excludes_empty) {
            let message = "this selects every series there is".to_owned();
            self.errors.push(SyntaxError::new(at.clone(), message).help("name a metric"));
        }
        Ok(Part { expr: selector.into(), kind: Argument::Vector, at, chain: 0, is_open: true })
    }

    fn matcher(&mut self, selector: &mut Selector) -> Result<()> {
        let at = self.here();
        if let Token::Text(name) = self.peek().clone()
            && self.dialect.has(3, 0)
            && (self.then_is(",") || self.then_is("}"))
        {
            self.advance();
            return named_in_quotes(selector, name, at);
        }
        let label = self.label()?;
        let Token::Sign(sign) = *self.peek() else { return Err(self.unexpected("`=`, `!=`, `=~` or `!~`")) };
        let op = match sign {
            "=" => MatchOp::Equal,
            "!=" => MatchOp::NotEqual,
            "=~" => MatchOp::Regex,
            "!~" => MatchOp::NotRegex,
            _ => return Err(self.unexpected("`=`, `!=`, `=~` or `!~`")),
        };
        self.advance();
        let Token::Text(text) = self.peek().clone() else { return Err(self.unexpected("a value in quotes")) };
        self.advance();
        if label == "__name__" && op == MatchOp::Equal && selector.metric.is_some() {
            let message = "the metric is named twice".to_owned();
            return Err(SyntaxError::new(at, message).help("keep one of the two"));
        }
        let value = match variable_alone(&text).filter(|_| self.dialect.variables) {
            Some(name) => MatchValue::Variable(Variable::new(name)),
            None => MatchValue::Text(text),
        };
        selector.matchers.push(Matcher { label, op, value });
        Ok(())
    }
}

/// The offset and the time of a selector, a range or a subquery.
fn shift(part: &mut Part) -> Option<(&mut Option<Offset>, &mut Option<At>)> {
    match &mut part.expr {
        _ if !part.is_open => None,
        Expr::Selector(selector) | Expr::Range(Range::Samples { selector, .. }) => {
            Some((&mut selector.offset, &mut selector.at))
        }
        Expr::Range(Range::Subquery(subquery)) => Some((&mut subquery.offset, &mut subquery.at)),
        _ => None,
    }
}

/// Fills in a shift, which may be said once.
fn set<T>(slot: Option<&mut Option<T>>, value: T, at: &Places<usize>, word: &str) -> Result<()> {
    let Some(slot) = slot else {
        let message = format!("`{word}` follows a selector, a range or a subquery, and nothing else");
        return Err(SyntaxError::new(at.clone(), message));
    };
    if slot.replace(value).is_some() {
        return Err(SyntaxError::new(at.clone(), format!("`{word}` is said twice")));
    }
    Ok(())
}

/// A metric named in quotes between the braces.
fn named_in_quotes(selector: &mut Selector, name: String, at: Places<usize>) -> Result<()> {
    if !crate::value::is_metric_name(&name) {
        let message = format!("`{name}` is beyond the names that metrics of a registry have");
        return Err(SyntaxError::new(at, message).help("metric names are letters, digits, `_` and `:`"));
    }
    if selector.metric.replace(name).is_some() {
        let message = "the metric is named twice".to_owned();
        return Err(SyntaxError::new(at, message).help("keep one of the two"));
    }
    Ok(())
}

/// Whether a matcher leaves out series that lack the label.
fn excludes_empty(matcher: &Matcher) -> bool {
    let MatchValue::Text(text) = &matcher.value else { return true };
    let matches_empty = matches!(text.as_str(), "" | ".*");
    match matcher.op {
        MatchOp::Equal => !text.is_empty(),
        MatchOp::NotEqual => text.is_empty(),
        MatchOp::Regex => !matches_empty,
        MatchOp::NotRegex => matches_empty,
    }
}

/// The variable that a text consists of: `$name` or `${name}`.
fn variable_alone(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('$')?;
    let name = inside.strip_prefix('{').and_then(|inside| inside.strip_suffix('}')).unwrap_or(inside);
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name.then_some(name)
}

const fn described(kind: Argument) -> &'static str {
    match kind {
        Argument::Scalar => "a single number",
        Argument::Vector => "a value per series",
        Argument::Range => "a range of samples",
        Argument::Text => "a text",
    }
}

fn counted(arguments: usize) -> String {
    match arguments {
        0 => "no argument".to_owned(),
        1 => "1 argument".to_owned(),
        many => format!("{many} arguments"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: Dialect = Dialect::rules(PrometheusVersion { major: 2, minor: 42 });
    const NEW: Dialect = Dialect::rules(PrometheusVersion { major: 3, minor: 5 });

    fn read(text: &str, dialect: Dialect) -> String {
        Expr::parse(text, dialect).unwrap_or_else(|errors| panic!("{text}: {errors:?}")).to_string()
    }

    /// The part of the text that the first error is about, and the error.
    fn refused(text: &str, dialect: Dialect) -> (&str, String) {
        let errors = Expr::parse(text, dialect).expect_err(text);
        (&text[errors[0].at.clone()], errors[0].message.clone())
    }

    #[test]
    fn what_is_written_otherwise_means_the_same() {
        for (text, same) in [
            ("SUM(a) BY (b,)", "sum by (b) (a)"),
            ("sum by () (a)", "sum by () (a)"),
            ("- a ^ -b * c", "-a ^ -b * c"),
            ("(a - b) - (c - d)", "a - b - (c - d)"),
            ("2 ^ 3 ^ 2", "2 ^ 3 ^ 2"),
            ("0x1F + 010 + 1e3 + .5 + +2", "31 + 8 + 1000 + 0.5 + 2"),
            ("a{b='c\\'\\x41',} offset -1h @ end()", "a{b=\"c'A\"} @ end() offset -1h"),
            ("sum", "sum"),
            ("sum{by=\"on\"} AND ON(on) (group)", "sum{by=\"on\"} and on (on) group"),
            ("inf > Bool NaN", "Inf > bool NaN"),
        ] {
            assert_eq!(read(text, OLD), same);
        }
        assert_eq!(
            read("max_over_time((a > 5)[1h:1m] @ 1.5 offset 5m)", OLD),
            "max_over_time((a > 5)[1h:1m] @ 1.5 offset 5m)"
        );
        assert_eq!(read("max_over_time(a[5m:]) # why", OLD), "max_over_time(a[5m:])");
        assert_eq!(
            read("rate({\"a\", b=\"c\"}[300]) > 5m + 1_000", NEW),
            "rate(a{b=\"c\"}[5m]) > 300 + 1000"
        );
    }

    #[test]
    fn errors_stand_where_they_are() {
        for (text, part, message) in [
            ("", "", "there is no expression here"),
            ("a +", "", "a value is expected here, not the end"),
            ("rate(a)", "a", "`rate` takes a range of samples, and this is a value per series"),
            ("rate(a[5m]", "", "`)` is expected here, not the end"),
            ("ratee(a[5m])", "ratee", "Prometheus 2.42 has no function `ratee`, did you mean `rate`?"),
            (
                "histogram_avg(a)",
                "histogram_avg",
                "`histogram_avg` came with Prometheus 2.51, and the registry declares 2.42",
            ),
            ("a and 1", "and", "`and` works on sets of series, and one side is a single number"),
            ("1 > 2", ">", "two numbers are compared, which must be said with `bool`"),
            ("a + bool b", "+", "only comparisons take `bool`, and `+` is none"),
            (
                "a[5m]",
                "a[5m]",
                "the whole is a range of samples, and a rule or a panel shows a value per series",
            ),
            ("{a=\"\"}", "{a=\"\"}", "this selects every series there is"),
            ("a{__name__=\"b\"}", "__name__", "the metric is named twice"),
            ("a offset 0s", "0s", "`0s` is no duration above zero"),
            ("a[1.5h]", "1.5h", "`1.5h` can't be read here: not a number"),
            (
                "(a) offset 5m",
                "offset",
                "`offset` follows a selector, a range or a subquery, and nothing else",
            ),
            ("a offset 5m [5m]", "[", "a range stands before `offset` and `@`"),
            ("a{b=c}", "c", "a value in quotes is expected here, not `c`"),
            ("a{b=\"c}", "\"", "this text is never closed"),
            ("a $ b", "$", "`$` needs the name of a variable"),
            ("a > $b", "$b", "`$b` is a variable of Grafana, which Prometheus does not know"),
            (
                "a * on (b) group_left (b) c",
                "*",
                "the label `b` is matched on, so it can't be taken over as well",
            ),
            ("topk(a)", "topk", "`topk` takes 2 arguments, not 1"),
            ("a ; b", ";", "`;` has no meaning in PromQL"),
        ] {
            assert_eq!(refused(text, OLD), (part, message.to_owned()), "{text}");
        }
        let all = Expr::parse("rate(a) + sum(1) + (b and 5)", OLD).unwrap_err();
        assert_eq!(all.len(), 3, "{all:?}");
    }

    #[test]
    fn hostile_texts_are_refused_and_nothing_overflows() {
        for text in [
            "(".repeat(20_000),
            "-".repeat(20_000),
            "a^".repeat(20_000),
            format!("a{}", "+a".repeat(20_000)),
            format!("a{}", "[1m:]".repeat(10_000)),
            "abs(".repeat(10_000),
            "a".repeat(10 << 20),
            "\"\\".to_owned(),
            "\u{feff}a".to_owned(),
        ] {
            assert!(Expr::parse(&text, OLD).is_err(), "{}", &text[..text.len().min(9)]);
        }
    }
}
