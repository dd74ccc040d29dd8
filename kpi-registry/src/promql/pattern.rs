//! Regular expressions of matchers.

use regex::Regex;
use regex_syntax::ast::{Ast, ClassSet, ClassSetItem, GroupKind, parse::Parser};

/// A regular expression as Prometheus reads it: matched against the whole of a value, in which `.` stands for any
/// character.
///
/// The crate `regex` and Go's `regexp/syntax` both descend from RE2; where they differ, Go's rules hold.
#[derive(Clone, Debug)]
pub struct Pattern {
    regex: Regex,
    texts: Option<Vec<String>>,
}

impl Pattern {
    /// Reads a regular expression.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in one line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = of_go(text)?;
        let regex = Regex::new(&format!("^(?s:{text})$")).map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
            // The last line says what is wrong, those before it where.
            error => {
                let text = error.to_string();
                let last = text.lines().last().unwrap_or_default().trim();
                last.strip_prefix("error: ").unwrap_or(last).to_owned()
            }
        })?;
        let texts = Parser::new().parse(&text).ok().and_then(|ast| texts(&ast));
        Ok(Self { regex, texts })
    }

    /// Whether it matches a value.
    pub fn matches(&self, value: &str) -> bool {
        self.regex.is_match(value)
    }

    /// The texts that it stands for, in the order written, when it is nothing but a choice of them: `a|b[.]c`.
    pub fn texts(&self) -> Option<&[String]> {
        self.texts.as_deref()
    }
}

/// The texts that a choice of them stands for.
fn texts(ast: &Ast) -> Option<Vec<String>> {
    match ast {
        Ast::Empty(_) => Some(vec![String::new()]),
        Ast::Literal(literal) => Some(vec![literal.c.into()]),
        Ast::ClassBracketed(class) => match &class.kind {
            ClassSet::Item(ClassSetItem::Literal(literal)) if !class.negated => Some(vec![literal.c.into()]),
            _ => None,
        },
        Ast::Group(group) => match &group.kind {
            GroupKind::NonCapturing(flags) if !flags.items.is_empty() => None,
            _ => texts(&group.ast),
        },
        Ast::Alternation(choice) => {
            choice.asts.iter().map(texts).collect::<Option<Vec<_>>>().map(|texts| texts.concat())
        }
        Ast::Concat(parts) => parts
            .asts
            .iter()
            .try_fold(String::new(), |text, part| {
                // A choice inside of a text is more than people list.
                match texts(part)?.as_slice() {
                    [one] => Some(text + one),
                    _ => None,
                }
            })
            .map(|text| vec![text]),
        _ => None,
    }
}

/// A regular expression of Go as one of the crate `regex`.
fn of_go(text: &str) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut was_repetition) = (text, false);
    while let Some(c) = rest.chars().next() {
        if let Some(quoted) = rest.strip_prefix("\\Q") {
            let (literal, after) = quoted.split_once("\\E").unwrap_or((quoted, ""));
            out.push_str(&regex::escape(literal));
            (rest, was_repetition) = (after, false);
            continue;
        }
        let repetition = repetition(rest)?;
        if repetition.is_some() && was_repetition {
            return Err("a repetition is repeated".to_owned());
        }
        was_repetition = repetition.is_some();
        check_flags(rest)?;
        let length = match (c, repetition) {
            (_, Some(length)) => length,
            ('\\', None) => escape(rest),
            ('[', None) => class(rest),
            (c, None) => c.len_utf8(),
        };
        // Braces that count nothing are texts for Go.
        if c == '{' && repetition.is_none() {
            out.push('\\');
        }
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    Ok(out)
}

/// The length of `*`, `+?`, `{2,3}` and the like at the start.
fn repetition(text: &str) -> Result<Option<usize>, String> {
    /// Go repeats nothing more often.
    const MOST: u32 = 1000;
    let length = if text.starts_with(['*', '+', '?']) {
        1
    } else {
        let numbers =
            text.strip_prefix('{').and_then(|text| text.split_once('}')).map(|(numbers, _)| numbers);
        let is_counted = |numbers: &&str| {
            numbers.starts_with(|c: char| c.is_ascii_digit())
                && numbers.chars().all(|c| c.is_ascii_digit() || c == ',')
        };
        let Some(numbers) = numbers.filter(is_counted) else { return Ok(None) };
        let is_too_often =
            |number: &str| !number.is_empty() && number.parse::<u32>().map_or(true, |number| number > MOST);
        if numbers.split(',').any(is_too_often) {
            return Err(format!("nothing is repeated more than {MOST} times"));
        }
        numbers.len() + 2
    };
    Ok(Some(length + usize::from(text[length..].starts_with('?'))))
}

/// Complains about flags at the start that are none of Go.
fn check_flags(text: &str) -> Result<(), String> {
    let Some(flags) = text.strip_prefix("(?") else { return Ok(()) };
    let end = flags.find(|c: char| !c.is_ascii_alphabetic() && c != '-').unwrap_or(flags.len());
    let is_name = flags[end..].starts_with('<');
    match flags[..end].chars().find(|c| !is_name && !"imsU-".contains(*c)) {
        Some(foreign) => Err(format!("there is no flag `{foreign}`")),
        None => Ok(()),
    }
}

/// The length of an escape such as `\d`, `\pL` or `\x{1F600}` at the start.
fn escape(text: &str) -> usize {
    let Some(escaped) = text[1..].chars().next() else { return 1 };
    let length = 1 + escaped.len_utf8();
    let takes_braces = matches!(escaped, 'p' | 'P' | 'x') && text[length..].starts_with('{');
    if takes_braces { text.find('}').map_or(length, |end| end + 1) } else { length }
}

/// The length of a class such as `[^]a-z]` at the start, or of what there is of it.
fn class(text: &str) -> usize {
    let mut characters = text.char_indices().skip(1).peekable();
    characters.next_if(|(_, c)| *c == '^');
    characters.next_if(|(_, c)| *c == ']');
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => {
                characters.next();
            }
            // `[:alpha:]` inside.
            '[' if text[at..].starts_with("[:") => {
                let end = text[at..].find(":]").map_or(at, |length| at + length + 1);
                while characters.next_if(|(next, _)| *next <= end).is_some() {}
            }
            ']' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_of_go_are_read() {
        let matches = |text: &str, value: &str| Pattern::parse(text).unwrap().matches(value);
        assert!(matches(r"a|b.", "b\n") && !matches("a", "ab") && matches(r"\Qa.b\E+", "a.bb"));
        assert!(matches("(?i)A", "a") && matches("(?P<x>a)", "a") && !matches(r"\Qa.b", "axb"));
        assert!(
            matches("[]*{9999}]+?", "*") && matches("[[:alpha:]*+]", "+") && matches("a{2}?|b{,2}", "b{,2}")
        );
        for wrong in ["(", "*a", "[z-a]", "a{3,2}", "(?x)a", "a{1001}", "(?=a)", r"\8", "a**", "a{2}{3}"] {
            assert!(Pattern::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_people_write() {
        for (pattern, matching, other) in [
            ("5..", vec!["500", "503"], vec!["50", "404", "5000"]),
            ("4..|5..", vec!["404", "500"], vec!["200"]),
            ("[45]\\d{2}", vec!["404"], vec!["4x4"]),
            ("[^2].*", vec!["500", "3"], vec!["200", ""]),
            ("(?:ok|not_(found|modified))?", vec!["", "ok", "not_found"], vec!["not_"]),
            ("(a*)*b", vec!["b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"], vec!["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]),
        ] {
            let pattern = Pattern::parse(pattern).unwrap();
            assert!(matching.iter().all(|text| pattern.matches(text)), "{pattern:?}");
            assert!(!other.iter().any(|text| pattern.matches(text)), "{pattern:?}");
        }
    }

    #[test]
    fn choices_are_texts() {
        let texts = |text: &str| Pattern::parse(text).unwrap().texts().map(<[String]>::to_vec);
        let listed = ["b", "a.c", "d", "", "e"].map(str::to_owned).to_vec();
        assert_eq!(texts("b|a[.]c|(d|)|e"), Some(listed));
        assert_eq!(texts(r"\Qa.b\E"), Some(vec!["a.b".to_owned()]));
        for more in ["5..", "a?", "[ab]", "[^a]", "(?i)a", "(?i:a)", "^a", "a$", "(a|b)c", "\\d"] {
            assert_eq!(texts(more), None, "{more}");
        }
    }
}
