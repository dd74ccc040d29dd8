//! Words of PromQL and where they stand.

use super::{Place, SyntaxError};

/// What a word is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A metric, label, function or keyword.
    Name,
    /// Digits, in any notation that is not a duration.
    Number,
    /// `5m`, `1h30m`
    Duration,
    /// A quoted text, without its quotes and escapes.
    Text(String),
    /// `$name` of Grafana; the name alone.
    Variable(String),
    /// An operator or a bracket.
    Sign(&'static str),
    /// After the last word.
    End,
}

/// A word and its place.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub(super) token: Token,
    pub(super) at: Place,
}

/// The longer ones before those they begin with.
const SIGNS: &[&str] = &[
    "==", "=~", "!=", "!~", "<=", ">=", "(", ")", "{", "}", "[", "]", ",", "@", "=", "<", ">", "+", "-", "*",
    "/", "%", "^",
];

/// Splits an expression into words; the last one is the end.
pub(super) fn words(text: &str) -> Result<Vec<Word>, SyntaxError> {
    let (mut words, mut at, mut in_range) = (Vec::new(), 0, false);
    loop {
        let rest = &text[at..];
        let Some(first) = rest.chars().next() else { break };
        let start = at;
        let token = if first.is_ascii_whitespace() {
            at += 1;
            continue;
        } else if first == '#' {
            at += rest.find('\n').unwrap_or(rest.len());
            continue;
        } else if matches!(first, '"' | '\'' | '`') {
            let (value, length) = quoted(rest, first, start)?;
            at += length;
            Token::Text(value)
        } else if first.is_ascii_digit()
            || (first == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit()))
        {
            let length = number_length(rest);
            at += length;
            if is_duration(&rest[..length]) { Token::Duration } else { Token::Number }
        } else if first == ':' && in_range {
            at += 1;
            Token::Sign(":")
        } else if is_name_start(first) {
            at += rest.find(|c: char| !is_name_start(c) && !c.is_ascii_digit()).unwrap_or(rest.len());
            Token::Name
        } else if first == '$' {
            let unnamed =
                || SyntaxError::new(start..start + 1, "`$` needs the name of a variable".to_owned());
            let (name, length) = variable(rest).ok_or_else(unnamed)?;
            at += length;
            Token::Variable(name.to_owned())
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            in_range = if *sign == "]" { false } else { in_range || *sign == "[" };
            at += sign.len();
            Token::Sign(sign)
        } else {
            let at = start..start + first.len_utf8();
            return Err(SyntaxError::new(at, format!("`{}` has no meaning in PromQL", first.escape_debug())));
        };
        words.push(Word { token, at: start..at });
    }
    words.push(Word { token: Token::End, at: text.len()..text.len() });
    Ok(words)
}

fn is_name_start(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '_' | ':')
}

/// The length of a number or a duration, with whatever is stuck to it.
fn number_length(text: &str) -> usize {
    let is_hexadecimal = text.starts_with("0x") || text.starts_with("0X");
    let mut before = ' ';
    let end = text.find(|c: char| {
        let exponent = matches!(before, 'e' | 'E') && !is_hexadecimal && matches!(c, '+' | '-');
        before = c;
        !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_') || exponent)
    });
    end.unwrap_or(text.len())
}

/// Whether a text is numbers, each with a unit.
fn is_duration(text: &str) -> bool {
    let mut rest = text;
    while !rest.is_empty() {
        let unit = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let units = ["ms", "s", "m", "h", "d", "w", "y"];
        let Some(after) = units.iter().find_map(|name| unit.strip_prefix(name)) else { return false };
        if unit.len() == rest.len() {
            return false;
        }
        rest = after;
    }
    true
}

/// The name of the variable of Grafana that a text begins with, `$name` or `${name}`, and how long that is.
pub(super) fn variable(text: &str) -> Option<(&str, usize)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let inside = text.strip_prefix('$')?;
    let (inside, closing) = inside.strip_prefix('{').map_or((inside, ""), |inside| (inside, "}"));
    let (name, after) = inside.split_at(inside.find(|c| !is_part(c)).unwrap_or(inside.len()));
    let after = after.strip_prefix(closing).filter(|_| !name.is_empty())?;
    Some((name, text.len() - after.len()))
}

/// The value of a quoted text, and its length with the quotes. Escapes are those of Go.
fn quoted(text: &str, quote: char, at: usize) -> Result<(String, usize), SyntaxError> {
    let unclosed = || SyntaxError::new(at..at + 1, "this text is never closed".to_owned());
    if quote == '`' {
        let end = text[1..].find('`').ok_or_else(unclosed)?;
        return Ok((text[1..=end].to_owned(), end + 2));
    }
    let mut value = Vec::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((start, c)) = chars.next() {
        match c {
            '\n' => return Err(unclosed()),
            '\\' => {
                let (escaped, length) = escape(&text[start + 1..], quote).ok_or_else(|| {
                    SyntaxError::new(at + start..at + start + 2, "this escape does not exist".to_owned())
                        .help("write `\\\\` for a backslash, or put the text in backquotes")
                })?;
                value.extend(escaped);
                // Every escape is written in ASCII but for one that is refused.
                for _ in 0..length {
                    chars.next();
                }
            }
            c if c == quote => {
                let value = String::from_utf8(value).map_err(|_| {
                    SyntaxError::new(at..at + start + 1, "this text is not UTF-8".to_owned())
                        .help("no label has such a value")
                })?;
                return Ok((value, start + 1));
            }
            c => value.extend(c.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
    Err(unclosed())
}

/// What stands after a backslash: its bytes, and how many characters it is written with.
fn escape(text: &str, quote: char) -> Option<(Vec<u8>, usize)> {
    let code = |skip: usize, digits: usize, radix: u32| {
        let digits = text.get(skip..skip + digits)?;
        let all = digits.chars().all(|c| c.is_digit(radix));
        u32::from_str_radix(digits, radix).ok().filter(|_| all)
    };
    let byte = |code: u32| u8::try_from(code).ok().map(|byte| vec![byte]);
    let character = |code: u32| char::from_u32(code).map(|c| c.to_string().into_bytes());
    Some(match text.chars().next()? {
        'a' => (vec![7], 1),
        'b' => (vec![8], 1),
        'f' => (vec![12], 1),
        'n' => (vec![b'\n'], 1),
        'r' => (vec![b'\r'], 1),
        't' => (vec![b'\t'], 1),
        'v' => (vec![11], 1),
        '\\' => (vec![b'\\'], 1),
        'x' => (byte(code(1, 2, 16)?)?, 3),
        'u' => (character(code(1, 4, 16)?)?, 5),
        'U' => (character(code(1, 8, 16)?)?, 9),
        '0'..='7' => (byte(code(0, 3, 8)?)?, 3),
        c if c == quote => (vec![u8::try_from(quote).ok()?], 1),
        _ => return None,
    })
}
