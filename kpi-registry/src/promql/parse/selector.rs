//! Selectors.

use super::token::variable;
use super::{Parser, Part, Place, Places, Result, SyntaxError, Token};
use crate::promql::{Argument, MatchOp, MatchValue, Matcher, Selector, Variable};

impl Parser<'_> {
    /// A selector; its metric has been read, if it has one before its braces.
    pub(super) fn selector(&mut self, metric: Option<(String, Place)>) -> Result<Part> {
        let mut places = Places::leaf(metric.as_ref().map_or(self.here(), |(_, at)| at.clone()));
        let mut selector = Selector { metric: metric.map(|(name, _)| name), ..Selector::default() };
        if self.take("{") {
            while !self.is("}") {
                self.matcher(&mut selector, &mut places)?;
                if !self.take(",") {
                    break;
                }
            }
            self.expect("}")?;
        }
        places.at.end = self.reached();
        if selector.metric.is_none() && !selector.matchers.iter().any(excludes_empty) {
            let message = "this selects every series there is".to_owned();
            self.errors.push(SyntaxError::new(places.at.clone(), message).help("name a metric"));
        }
        if selector.metric.is_none() {
            places.head = places.at.clone();
        }
        Ok(Part { expr: selector.into(), kind: Argument::Vector, places, chain: 0, is_open: true })
    }

    fn matcher(&mut self, selector: &mut Selector, places: &mut Places) -> Result<()> {
        let at = self.here();
        if let Token::Text(name) = self.peek().clone()
            && self.dialect.has(3, 0)
            && (self.then_is(",") || self.then_is("}"))
        {
            self.advance();
            places.head = at.clone();
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
        let value_at = self.here();
        self.advance();
        if label == "__name__" && op == MatchOp::Equal && selector.metric.is_some() {
            return Err(named_twice(at));
        }
        places.labels.push(at);
        places.values.push(value_at);
        let value = match variable_alone(&text).filter(|_| self.dialect.variables) {
            Some(name) => MatchValue::Variable(Variable::new(name)),
            None => MatchValue::Text(text),
        };
        selector.matchers.push(Matcher { label, op, value });
        Ok(())
    }

    pub(super) fn labels(&mut self) -> Result<(Vec<String>, Vec<Place>)> {
        self.expect("(")?;
        let (mut labels, mut places) = (Vec::new(), Vec::new());
        while !self.is(")") {
            places.push(self.here());
            labels.push(self.label()?);
            if !self.take(",") {
                break;
            }
        }
        self.expect(")")?;
        Ok((labels, places))
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
}

/// A metric named in quotes between the braces.
fn named_in_quotes(selector: &mut Selector, name: String, at: Place) -> Result<()> {
    if !crate::value::is_metric_name(&name) {
        let message = format!("`{name}` is beyond the names that metrics of a registry have");
        return Err(SyntaxError::new(at, message).help("metric names are letters, digits, `_` and `:`"));
    }
    if selector.metric.replace(name).is_some() { Err(named_twice(at)) } else { Ok(()) }
}

fn named_twice(at: Place) -> SyntaxError {
    SyntaxError::new(at, "the metric is named twice".to_owned()).help("keep one of the two")
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
    let (name, length) = variable(text)?;
    (length == text.len()).then_some(name)
}
