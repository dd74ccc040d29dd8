//! Expressions a user wrote, taken as they are.

use std::fmt;

/// An expression as a user wrote it: closed in itself, so it can stand inside parentheses, and otherwise opaque.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verbatim {
    text: String,
}

/// Why a text can't stand as an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerbatimError {
    /// Offset of the byte where it goes wrong.
    pub at: usize,
    /// What is wrong there.
    pub problem: &'static str,
}

impl fmt::Display for VerbatimError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.problem)
    }
}

impl std::error::Error for VerbatimError {}

impl Verbatim {
    /// Takes a text over, without the white space around it.
    ///
    /// # Errors
    ///
    /// When the text is empty, or a bracket or a string in it is not closed: such a text could change the meaning
    /// of what it is put into.
    pub fn new(text: &str) -> Result<Self, VerbatimError> {
        let text = text.trim_end();
        closed(text)?;
        Ok(Self { text: text.trim_start().to_owned() })
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl Verbatim {
    /// Every name in it outside strings and comments: metrics, functions, labels and keywords alike.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let mut rest = self.text.as_str();
        std::iter::from_fn(move || {
            loop {
                let start = rest.find(|c: char| is_name_char(c) || matches!(c, '#' | '"' | '\'' | '`'))?;
                rest = &rest[start..];
                match rest.as_bytes()[0] {
                    b'#' => rest = &rest[rest.find('\n').unwrap_or(rest.len())..],
                    quote @ (b'"' | b'\'' | b'`') => rest = &rest[string_length(rest, quote)..],
                    first => {
                        let length = rest.find(|c| !is_name_char(c)).unwrap_or(rest.len());
                        let (name, after) = rest.split_at(length);
                        rest = after;
                        if !first.is_ascii_digit() {
                            return Some(name);
                        }
                    }
                }
            }
        })
    }
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | ':')
}

/// The length of the quoted string a text starts with.
fn string_length(text: &str, quote: u8) -> usize {
    let mut escaped = false;
    let end = text.bytes().enumerate().skip(1).find(|(_, byte)| {
        let ends = *byte == quote && !escaped;
        escaped = *byte == b'\\' && !escaped && quote != b'`';
        ends
    });
    end.map_or(text.len(), |(at, _)| at + 1)
}

/// Finds the first bracket or string that is not closed, or a text without any expression.
fn closed(text: &str) -> Result<(), VerbatimError> {
    let error = |at, problem| Err(VerbatimError { at, problem });
    let (mut open, mut empty) = (Vec::new(), true);
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'#' => {
                bytes.by_ref().find(|(_, byte)| *byte == b'\n');
                continue;
            }
            b'(' | b'[' | b'{' => open.push((at, byte)),
            b')' | b']' | b'}' => match open.pop() {
                Some((_, b'(')) if byte == b')' => {}
                Some((_, b'[')) if byte == b']' => {}
                Some((_, b'{')) if byte == b'}' => {}
                Some(_) => return error(at, "this closes another kind of bracket than the one that is open"),
                None => return error(at, "nothing is open that this could close"),
            },
            b'"' | b'\'' | b'`' => {
                let mut escaped = false;
                let end = bytes.by_ref().find(|(_, next)| {
                    let ends = *next == byte && !escaped;
                    escaped = *next == b'\\' && !escaped && byte != b'`';
                    ends
                });
                if end.is_none() {
                    return error(at, "this text is never closed");
                }
            }
            _ => {}
        }
        empty &= byte.is_ascii_whitespace();
    }
    match open.pop() {
        Some((at, _)) => error(at, "this is never closed"),
        None if empty => error(0, "there is no expression here"),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_texts_are_taken() {
        for text in ["a", " sum(rate(a{b=\"}\"}[5m])) ", "a # (\n+ b", "a{b='\\''}", "a{b=`\\`}", "(a)"] {
            assert_eq!(Verbatim::new(text).unwrap().as_str(), text.trim());
        }
    }

    #[test]
    fn names_are_found_outside_strings_and_comments() {
        let text = Verbatim::new("sum by (a) (rate(b:c{d=\"e\"}[5m])) # f\n/ 2e3 / `g` / h").unwrap();
        assert_eq!(text.names().collect::<Vec<_>>(), ["sum", "by", "a", "rate", "b:c", "d", "h"]);
    }

    #[test]
    fn open_texts_are_refused_at_their_place() {
        for (text, at) in [("", 0), (" # a", 0), ("a) or (b", 1), ("a{b=\"c}", 4), ("sum(a]", 5), ("a[5m", 1)]
        {
            assert_eq!(Verbatim::new(text).unwrap_err().at, at, "{text}");
        }
    }
}
