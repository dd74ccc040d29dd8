//! Rust source to the few tokens that say what is emitted. Comments and the insides of literals are gone.
//!
//! It never fails: what is not Rust is rustc's to complain about, in words of its own.

/// One token.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Token<'s> {
    /// An identifier or keyword, without `r#`.
    Ident(&'s str),
    /// A character of punctuation, or a bracket.
    Punct(u8),
    /// A literal or a lifetime.
    Other,
}

impl Token<'_> {
    /// Whether it is this character of punctuation.
    pub(crate) fn is(self, punct: u8) -> bool {
        self == Token::Punct(punct)
    }
}

/// The tokens of a source file.
pub(crate) fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut lexer = Lexer { source, bytes: source.as_bytes(), at: 0 };
    std::iter::from_fn(|| lexer.next()).collect()
}

struct Lexer<'s> {
    source: &'s str,
    bytes: &'s [u8],
    at: usize,
}

impl<'s> Lexer<'s> {
    fn next(&mut self) -> Option<Token<'s>> {
        loop {
            let byte = *self.bytes.get(self.at)?;
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
                b'/' if self.peek(1) == Some(b'/') => self.skip_past_line(),
                b'/' if self.peek(1) == Some(b'*') => self.skip_block_comment(),
                b'"' => return Some(self.string()),
                b'\'' => return Some(self.quote()),
                b'0'..=b'9' => return Some(self.number()),
                byte if is_ident(byte) => return Some(self.word()),
                byte => {
                    self.at += 1;
                    return Some(Token::Punct(byte));
                }
            }
        }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn skip_past_line(&mut self) {
        let rest = &self.bytes[self.at..];
        self.at += rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    }

    fn skip_block_comment(&mut self) {
        let mut depth = 0_usize;
        while self.at < self.bytes.len() {
            match (self.bytes[self.at], self.peek(1)) {
                (b'/', Some(b'*')) => depth += 1,
                (b'*', Some(b'/')) => depth -= 1,
                _ => {
                    self.at += 1;
                    continue;
                }
            }
            self.at += 2;
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) -> Token<'s> {
        self.at += 1;
        while let Some(byte) = self.peek(0) {
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == b'"' {
                break;
            }
        }
        Token::Other
    }

    /// From the `#`s or the quote of a raw string on.
    fn raw_string(&mut self) -> Token<'s> {
        let hashes = self.bytes[self.at..].iter().take_while(|byte| **byte == b'#').count();
        self.at += hashes + 1;
        while let Some(byte) = self.peek(0) {
            self.at += 1;
            let closing = self.bytes[self.at..].iter().take(hashes);
            if byte == b'"' && closing.filter(|byte| **byte == b'#').count() == hashes {
                self.at += hashes;
                break;
            }
        }
        Token::Other
    }

    /// A character or a lifetime.
    fn quote(&mut self) -> Token<'s> {
        let rest = &self.source[self.at + 1..];
        let mut chars = rest.chars();
        let first = chars.next();
        if first == Some('\\') {
            self.at += 2 + chars.next().map_or(0, char::len_utf8);
            let rest = &self.bytes[self.at..];
            self.at += rest.iter().position(|byte| *byte == b'\'').map_or(0, |end| end + 1);
        } else if chars.next() == Some('\'') {
            self.at += 2 + first.map_or(0, char::len_utf8);
        } else {
            self.at += 1;
        }
        Token::Other
    }

    fn number(&mut self) -> Token<'s> {
        while let Some(byte) = self.peek(0) {
            let fraction = byte == b'.' && self.peek(1).is_some_and(|next| next.is_ascii_digit());
            if !is_ident(byte) && !fraction {
                break;
            }
            self.at += 1;
        }
        Token::Other
    }

    fn word(&mut self) -> Token<'s> {
        let start = self.at;
        while self.peek(0).is_some_and(is_ident) {
            self.at += 1;
        }
        let word = &self.source[start..self.at];
        let raw = matches!(word, "r" | "br" | "cr");
        match (self.peek(0), self.peek(1)) {
            (Some(b'"'), _) | (Some(b'#'), Some(b'"' | b'#')) if raw => self.raw_string(),
            (Some(b'"'), _) if matches!(word, "b" | "c") => self.string(),
            (Some(b'\''), _) if word == "b" => self.quote(),
            (Some(b'#'), Some(next)) if word == "r" && is_ident(next) => {
                self.at += 1;
                self.word()
            }
            _ => Token::Ident(word),
        }
    }
}

fn is_ident(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn idents(source: &str) -> Vec<&str> {
        let ident = |token| if let Token::Ident(ident) = token { Some(ident) } else { None };
        tokens(source).into_iter().filter_map(ident).collect()
    }

    #[test]
    fn comments_and_literals_are_gone() {
        assert_eq!(idents("a // b\n/* c /* d */ e */ f"), ["a", "f"]);
        assert_eq!(idents(r#"a "b \" c" d"#), ["a", "d"]);
        assert_eq!(idents(r###"a r"b\" c r#"d " e"# f br##"g"# h"## i"###), ["a", "c", "f", "i"]);
        assert_eq!(idents(r"a 'b' '\'' c '\u{1F600}' d b'e' f 'é' g"), ["a", "c", "d", "f", "g"]);
        assert_eq!(idents("fn f<'a>(x: &'a str) 'l: loop"), ["fn", "f", "a", "x", "a", "str", "l", "loop"]);
        assert_eq!(idents("1.5e3_f64 0..9 x.0.y r#type größe"), ["x", "y", "type", "größe"]);
    }

    #[test]
    fn nothing_makes_it_fail() {
        for source in
            ["\"", "'", "'\\", "r#\"", "/*", "b'", "\\", "'é", "r#", "c\"\\", "'\\é", "\"\\é", "b'\\é x"]
        {
            tokens(source);
        }
    }
}
