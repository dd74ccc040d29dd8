//! Regular expressions in matchers.

use ::regex::Regex;

use super::expressions::{Expressions, Written};
use super::prelude::*;
use crate::meaning::Node;
use crate::promql::{Expr, Function, MatchOp, MatchValue, Matcher};

/// A range of bytes of an expression.
type Place = std::ops::Range<usize>;

/// A regular expression as Prometheus reads it: matched against the whole of a value, in which `.` stands for any character.
///
/// The crate `regex` and Go's `regexp/syntax` both descend from RE2; where they differ, Go's rules hold.
///
/// # Errors
///
/// What is wrong with it.
pub(super) fn anchored(text: &str) -> Result<Regex, String> {
    let text = of_go(text)?;
    Regex::new(&format!("^(?s:{text})$")).map_err(|error| match error {
        ::regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
        // The last line says what is wrong, those before it where.
        error => {
            let text = error.to_string();
            let last = text.lines().last().unwrap_or_default().trim();
            last.strip_prefix("error: ").unwrap_or(last).to_owned()
        }
    })
}

/// A regular expression of Go as one of the crate `regex`.
fn of_go(text: &str) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut was_repetition) = (text, false);
    while let Some(c) = rest.chars().next() {
        if let Some(quoted) = rest.strip_prefix("\\Q") {
            let (literal, after) = quoted.split_once("\\E").unwrap_or((quoted, ""));
            out.push_str(&::regex::escape(literal));
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

/// The matchers with a regular expression, and where their values stand.
fn patterns<'n>(node: &'n Node<'_>) -> impl Iterator<Item = (&'n Matcher, &'n str, &'n Place)> {
    let matchers = node.selector.into_iter().flat_map(|selector| &selector.matchers).zip(&node.places.values);
    matchers.filter_map(|(matcher, at)| match (matcher.op, &matcher.value) {
        (MatchOp::Regex | MatchOp::NotRegex, MatchValue::Text(text)) => Some((matcher, text.as_str(), at)),
        _ => None,
    })
}

check! {
    ExpressionCheck:
    /// What stands behind `=~` and `!~`, or in `label_replace`, is no regular expression. Prometheus would refuse the whole file
    /// of rules.
    ///
    /// ```yaml
    /// expr: rate(auren_requests_total{route=~"plan)"}[5m]) > 5   # wrong
    /// expr: rate(auren_requests_total{route=~"plan"}[5m]) > 5    # right
    /// ```
    NoRegex = "KPI1053", "text that is no regular expression", no_regex
}

fn no_regex(expressions: &Expressions<'_>, out: &mut Diagnostics) {
    for (written, node) in expressions.nodes() {
        for (_, text, at) in patterns(node) {
            judge(written, text, at, out);
        }
        if let Expr::Call(Function::LabelReplace, arguments) = node.expr
            && let (Some(Expr::Text(text)), Some(places)) = (arguments.get(4), node.operands.get(4))
        {
            judge(written, text, &places.places.at, out);
        }
    }
}

fn judge(written: &Written<'_>, text: &str, at: &Place, out: &mut Diagnostics) {
    let Err(why) = anchored(text) else { return };
    let message = format!("this is no regular expression: {why}");
    out.push(
        written
            .error(NoRegex::CODE, at, message)
            .help("write one as RE2 has it; `\\\\` stands for one backslash"),
    );
}

check! {
    ExpressionCheck:
    /// A matcher has a regular expression that says no more than a text would, or than nothing would. Prometheus looks texts up,
    /// and tries regular expressions on every value; they are anchored at both ends anyway.
    ///
    /// ```yaml
    /// expr: rate(auren_requests_total{route=~"^plan$"}[5m]) > 5   # wrong
    /// expr: rate(auren_requests_total{route="plan"}[5m]) > 5      # right
    /// ```
    RegexForNothing = "KPI1054", "regular expression for nothing", regex_for_nothing
}

fn regex_for_nothing(expressions: &Expressions<'_>, out: &mut Diagnostics) {
    for (written, node) in expressions.nodes() {
        // Panels have them for the values of variables.
        for (matcher, text, at) in
            patterns(node).filter(|(_, text, _)| !text.contains('$') || text.ends_with('$'))
        {
            let Some((message, right)) = simpler(matcher, text) else { continue };
            let whole = label_of(node, at).start..at.end;
            let finding = written.warning(RegexForNothing::CODE, at, message);
            out.push(match right {
                Some(right) => written.replace(finding, &whole, &right),
                None => finding.help("leave the matcher out"),
            });
        }
    }
}

/// The place of the label whose value stands at a place.
fn label_of(node: &Node<'_>, value: &Place) -> Place {
    let pairs = node.places.labels.iter().zip(&node.places.values);
    pairs.into_iter().find(|(_, at)| *at == value).map_or_else(|| value.clone(), |(label, _)| label.clone())
}

/// What is wrong with a matcher, and a simpler one; `None` where all series meet it.
fn simpler(matcher: &Matcher, text: &str) -> Option<(&'static str, Option<String>)> {
    let label = &matcher.label;
    let is_equal = matcher.op == MatchOp::Regex;
    if text == ".*" {
        return is_equal.then_some(("every series meets this", None));
    }
    if text == ".+" {
        let right = format!("{label}{}\"\"", if is_equal { "!=" } else { "=" });
        return Some(("this asks whether there is a value", Some(right)));
    }
    let inner = text.strip_prefix('^').unwrap_or(text);
    let inner = inner.strip_suffix('$').unwrap_or(inner);
    let is_plain = !inner.contains(|c: char| "\\.+*?()|[]{}^$\"".contains(c));
    if is_plain {
        return Some((
            "this is one text",
            Some(format!("{label}{}\"{inner}\"", if is_equal { "=" } else { "!=" })),
        ));
    }
    let is_simple = !inner.contains(['\\', '"', '|', '(']);
    let anchored = (
        "regular expressions are anchored at both ends anyway",
        format!("{label}{}\"{inner}\"", matcher.op.as_str()),
    );
    (inner.len() < text.len() && is_simple).then_some((anchored.0, Some(anchored.1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_of_go_are_read() {
        let matches = |text: &str, value: &str| anchored(text).unwrap().is_match(value);
        assert!(matches(r"a|b.", "b\n") && !matches("a", "ab") && matches(r"\Qa.b\E+", "a.bb"));
        assert!(matches("(?i)A", "a") && matches("(?P<x>a)", "a") && !matches(r"\Qa.b", "axb"));
        assert!(
            matches("[]*{9999}]+?", "*") && matches("[[:alpha:]*+]", "+") && matches("a{2}?|b{,2}", "b{,2}")
        );
        for wrong in ["(", "*a", "[z-a]", "a{3,2}", "(?x)a", "a{1001}", "(?=a)", r"\8", "a**", "a{2}{3}"] {
            assert!(anchored(wrong).is_err(), "{wrong}");
        }
    }
}
