//! What stands between operators, with the ranges and shifts that follow it.

use super::{Parser, Part, Place, Places, Result, SyntaxError, Token, described};
use crate::promql::{AggregateOp, Argument, At, Expr, Number, Offset, Precedence, Range};
use crate::value::Decimal;

impl Parser<'_> {
    /// An operand with the ranges and shifts that follow it.
    pub(super) fn modified(&mut self) -> Result<Part> {
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
            part.places.at.end = self.reached();
        }
    }

    /// `[5m]`, or `[1h:]`, or `[1h:1m]`
    fn ranged(&mut self, part: Part) -> Result<Part> {
        let open = self.here();
        self.advance();
        let window_at = Some(self.here());
        let window = self.window()?;
        if self.take(":") {
            let step = if self.is("]") { None } else { Some(self.window()?) };
            self.expect("]")?;
            if part.kind != Argument::Vector {
                let is = described(part.kind);
                self.complain(
                    &part.places.at,
                    format!("a subquery evaluates a value per series, and this is {is}"),
                );
            }
            let chain = self.chain([&part])?;
            let range = part.expr.subquery(window, step);
            let at = part.places.at.start..self.reached();
            let places = Places { window: window_at, operands: vec![part.places], ..Places::leaf(at) };
            return Ok(Part { expr: range.into(), kind: Argument::Range, places, chain, is_open: true });
        }
        self.expect("]")?;
        match part.expr {
            Expr::Selector(selector)
                if part.is_open && selector.at.is_none() && selector.offset.is_none() =>
            {
                let at = part.places.at.start..self.reached();
                let places = Places { at, window: window_at, ..part.places };
                let expr = selector.over(window).into();
                Ok(Part { expr, kind: Argument::Range, places, chain: 0, is_open: true })
            }
            Expr::Selector(_) if part.is_open => {
                Err(SyntaxError::new(open, "a range stands before `offset` and `@`".to_owned()))
            }
            _ => Err(SyntaxError::new(open, "only a selector has stored samples".to_owned())
                .help("write a subquery, such as `[1h:]`, to evaluate an expression over a range")),
        }
    }

    fn operand(&mut self) -> Result<Part> {
        let at = self.here();
        let plain = |expr, kind| {
            let places = Places::leaf(at.clone());
            Part { expr, kind, places, chain: 0, is_open: false }
        };
        let part = match self.peek().clone() {
            Token::Number => plain(Expr::Number(self.number()?), Argument::Scalar),
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
                part.places.at = at.start..self.reached();
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
        let name = self.written();
        let is = |word: &str| name.eq_ignore_ascii_case(word);
        let is_called = self.then_is("(");
        if (is_called || self.then_is_word("by") || self.then_is_word("without"))
            && let Some(op) = AggregateOp::ALL.iter().copied().find(|op| is(op.as_str()))
        {
            return self.aggregate(op);
        }
        if is_called {
            return self.call(name);
        }
        let at = self.here();
        let number = if is("inf") {
            Number::Infinity
        } else if is("nan") {
            Number::NaN
        } else if ["on", "ignoring", "group_left", "group_right", "bool", "atan2"].into_iter().any(is) {
            return Err(self.unexpected("a value"));
        } else {
            self.advance();
            return self.selector(Some((name.to_owned(), at)));
        };
        self.advance();
        let places = Places::leaf(at);
        Ok(Part { expr: Expr::Number(number), kind: Argument::Scalar, places, chain: 0, is_open: false })
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
fn set<T>(slot: Option<&mut Option<T>>, value: T, at: &Place, word: &str) -> Result<()> {
    let Some(slot) = slot else {
        let message = format!("`{word}` follows a selector, a range or a subquery, and nothing else");
        return Err(SyntaxError::new(at.clone(), message));
    };
    if slot.replace(value).is_some() {
        return Err(SyntaxError::new(at.clone(), format!("`{word}` is said twice")));
    }
    Ok(())
}
