//! Expressions that people write, read into the tree.
//!
//! The grammar and the types are those of Prometheus, `promql/parser/generated_parser.y` and `checkAST` in `parse.go`.

mod call;
mod dialect;
mod error;
mod literal;
mod operand;
mod operation;
mod places;
mod selector;
#[cfg(test)]
mod tests;
mod token;

pub use dialect::Dialect;
pub use error::SyntaxError;
pub use places::Places;

use self::token::{Token, Word, words};
use super::{Argument, Expr, Precedence};

/// A range of bytes of the text.
type Place = std::ops::Range<usize>;

type Result<T, E = SyntaxError> = std::result::Result<T, E>;

/// Expressions that are longer are not written by people.
const LONGEST: usize = 1 << 16;
/// How deep parentheses and arguments may nest.
const DEEPEST: usize = 64;
/// How many operators, calls and subqueries may build upon each other; `a + b + c` has two.
const LONGEST_CHAIN: usize = 500;

impl Expr {
    /// Reads an expression: its syntax, and that every operand and argument has a type that fits.
    ///
    /// # Errors
    ///
    /// All type errors there are, or the first place where the text is no PromQL of this dialect.
    pub fn parse(text: &str, dialect: Dialect) -> Result<Self, Vec<SyntaxError>> {
        Self::parse_with_places(text, dialect).map(|(expr, _)| expr)
    }

    /// Reads an expression, and says where its parts stand.
    ///
    /// # Errors
    ///
    /// As [`Expr::parse`].
    pub fn parse_with_places(text: &str, dialect: Dialect) -> Result<(Self, Places), Vec<SyntaxError>> {
        if text.len() > LONGEST {
            let message = format!("an expression has at most {LONGEST} bytes, not {}", text.len());
            return Err(vec![too_large(0..0, message)]);
        }
        let words = words(text).map_err(|error| vec![error])?;
        let mut parser = Parser { text, words, next: 0, depth: 0, dialect, errors: Vec::new() };
        match parser.whole() {
            Ok(part) if parser.errors.is_empty() => Ok((part.expr, part.places)),
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
    places: Places,
    /// How many operators, calls and subqueries build upon each other in it.
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

impl<'t> Parser<'t> {
    fn whole(&mut self) -> Result<Part> {
        if self.peek() == &Token::End {
            return Err(SyntaxError::new(0..0, "there is no expression here".to_owned()));
        }
        let part = self.operation(Precedence::Union)?;
        if self.peek() != &Token::End {
            return Err(self.unexpected("an operator, or the end of the expression"));
        }
        self.check_value(&part, "a rule or a panel shows a value per series");
        Ok(part)
    }

    fn peek(&self) -> &Token {
        &self.words[self.next].token
    }

    fn here(&self) -> Place {
        self.words[self.next].at.clone()
    }

    /// The end of the word before.
    fn reached(&self) -> usize {
        self.next.checked_sub(1).map_or(0, |before| self.words[before].at.end)
    }

    fn written(&self) -> &'t str {
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

    /// Whether this sign follows the current word.
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

    fn complain(&mut self, at: &Place, message: String) {
        self.errors.push(SyntaxError::new(at.clone(), message));
    }

    /// Complains about what has no value.
    fn check_value(&mut self, part: &Part, otherwise: &str) {
        if matches!(part.kind, Argument::Range | Argument::Text) {
            self.complain(&part.places.at, format!("{otherwise}, and this is {}", described(part.kind)));
        }
    }

    /// How much builds upon each other in what is made of these parts.
    fn chain<'p>(&self, parts: impl IntoIterator<Item = &'p Part>) -> Result<usize> {
        let chain = parts.into_iter().map(|part| part.chain).max().unwrap_or_default() + 1;
        if chain > LONGEST_CHAIN {
            let message = format!("more than {LONGEST_CHAIN} operations build upon each other");
            return Err(too_large(self.here(), message));
        }
        Ok(chain)
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth == DEEPEST {
            let message = format!("parentheses and operators nest more than {DEEPEST} deep");
            return Err(too_large(self.here(), message));
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }
}

const fn described(kind: Argument) -> &'static str {
    match kind {
        Argument::Scalar => "a single number",
        Argument::Vector => "a value per series",
        Argument::Range => "a range of samples",
        Argument::Text => "a text",
    }
}

/// The complaint about an expression beyond all measure.
fn too_large(at: Place, message: String) -> SyntaxError {
    SyntaxError::new(at, message).help("record parts of it as KPIs of type `derived`")
}
