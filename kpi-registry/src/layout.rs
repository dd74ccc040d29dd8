//! How texts are written, and so where their parts stand.

use std::ops::Range;

use crate::source::{SourceMap, Span, Spanned};

/// How a text is written in its file: with which quotes, escapes and line breaks.
pub struct Layout<'t> {
    text: &'t Spanned<String>,
    /// For every character its bytes and those it is written with; `None` where that can't be told, as of an alias.
    places: Option<Vec<(Range<usize>, Range<usize>)>>,
}

impl<'t> Layout<'t> {
    /// That of a text that was read from one of these files.
    pub fn of(sources: &SourceMap, text: &'t Spanned<String>) -> Self {
        Self { text, places: places(sources.slice(text.span), text) }
    }

    /// The place of a range of the text's bytes; that of the whole where the part can't be told, as of an alias.
    pub fn place(&self, range: &Range<usize>) -> Span {
        let Some(places) = &self.places else { return self.text.span };
        let after = places.last().map_or(0, |(_, at)| at.end);
        let at = |offset: usize| {
            let next = places.partition_point(|(read, _)| read.end <= offset);
            places.get(next).map_or(after..after, |(_, at)| at.clone())
        };
        let first = at(range.start).start;
        let last = if range.end > range.start { at(range.end - 1).end } else { first };
        let place = |offset: usize| self.text.span.start + u32::try_from(offset).unwrap_or(0);
        Span::new(self.text.span.file, place(first), place(last))
    }
}

/// For every character of a text, its bytes and those it is written with.
fn places(written: &str, text: &str) -> Option<Vec<(Range<usize>, Range<usize>)>> {
    let quote = written.chars().next().filter(|c| matches!(c, '"' | '\'')).filter(|c| written.ends_with(*c));
    let is_block = written.starts_with(['|', '>']);
    let mut at = if is_block { written.find('\n')? + 1 } else { quote.map_or(0, char::len_utf8) };
    let mut places = Vec::with_capacity(text.len());
    for (start, c) in text.char_indices() {
        let length = loop {
            let rest = written.get(at..)?;
            let Some(found) = rest.chars().next() else {
                // The line break that a block ends in need not be part of its place.
                if c == '\n' {
                    break 0;
                }
                return None;
            };
            if found == '\\' && quote == Some('"') {
                let escaped = rest[1..].chars().next()?;
                let length = match escaped {
                    'x' => 4,
                    'u' => 6,
                    'U' => 10,
                    escaped => 1 + escaped.len_utf8(),
                };
                if escaped != '\n' {
                    break length.min(rest.len());
                }
                at += length;
            } else if found == c {
                break if quote == Some('\'') && c == '\'' { 2 } else { c.len_utf8() };
            } else if c.is_whitespace() && found.is_whitespace() {
                break rest.len() - rest.trim_start().len();
            } else if found.is_whitespace() {
                at += found.len_utf8();
            } else {
                return None;
            }
        };
        places.push((start..start + c.len_utf8(), at..at + length));
        at += length;
    }
    Some(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How the part of a text that is `part` was written.
    fn written(source: &str, text: &str, part: &str) -> String {
        let mut sources = SourceMap::default();
        let file = sources.add("a".into(), "a".into(), source.to_owned());
        let span = Span::new(file, 0, u32::try_from(source.len()).unwrap());
        let start = text.find(part).unwrap();
        let text = Spanned::new(text.to_owned(), span);
        sources.slice(Layout::of(&sources, &text).place(&(start..start + part.len()))).to_owned()
    }

    #[test]
    fn every_style_is_followed() {
        for (source, text, part, expected) in [
            ("a + b", "a + b", "b", "b"),
            ("a\n   + b", "a + b", "+ b", "+ b"),
            ("\"a{b=\\\"c\\\"} + µ\"", "a{b=\"c\"} + µ", "\"c\"", "\\\"c\\\""),
            ("'it''s b'", "it's b", "b", "b"),
            ("|\n  a\n    + b\n", "a\n  + b\n", "+ b", "+ b"),
            (">-\n  a\n  + b", "a + b", "b", "b"),
            ("*alias", "a + b", "b", "*alias"),
            ("\"a\\u00b5 b\"", "aµ b", "b", "b"),
        ] {
            assert_eq!(written(source, text, part), expected, "{source}");
        }
    }
}
