//! What an expression of PromQL names, read without the code that wrote it.

use std::collections::BTreeSet;

const GROUPING: &[&str] = &["by", "without", "on", "ignoring", "group_left", "group_right"];
const WORDS: &[&str] = &["and", "or", "unless", "atan2", "bool", "offset", "inf", "nan"];
const AGGREGATIONS: &[&str] = &[
    "sum",
    "min",
    "max",
    "avg",
    "count",
    "stddev",
    "stdvar",
    "group",
    "topk",
    "bottomk",
    "quantile",
    "count_values",
];

/// The names in an expression.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Selectors as written, without their range: `metric{label="value"}`.
    pub selectors: BTreeSet<String>,
    /// Labels that are grouped or joined by.
    pub labels: BTreeSet<String>,
}

impl Names {
    /// Reads an expression.
    ///
    /// # Panics
    /// When a bracket or a quote is not closed.
    pub fn of(expression: &str) -> Self {
        let mut names = Self::default();
        let mut rest = expression;
        while let Some(first) = rest.chars().next() {
            rest = match first {
                '"' | '\'' | '`' => after_string(rest),
                '[' => after_bracket(rest, '[', ']'),
                '{' => {
                    let after = after_bracket(rest, '{', '}');
                    names.selectors.insert(rest[..rest.len() - after.len()].to_owned());
                    after
                }
                '0'..='9' => after_word(rest),
                c if is_word(c) => names.word(rest),
                c => &rest[c.len_utf8()..],
            };
        }
        names
    }

    /// The metric of each selector.
    pub fn metrics(&self) -> BTreeSet<&str> {
        self.selectors.iter().filter_map(|selector| selector.split('{').next()).collect()
    }

    fn word<'a>(&mut self, text: &'a str) -> &'a str {
        let rest = after_word(text);
        let word = &text[..text.len() - rest.len()];
        let next = rest.trim_start();
        if GROUPING.contains(&word) {
            if !next.starts_with('(') {
                return rest;
            }
            let after = after_bracket(next, '(', ')');
            let list = &next[1..next.len() - after.len() - 1];
            self.labels
                .extend(list.split(',').map(str::trim).filter(|label| !label.is_empty()).map(str::to_owned));
            return after;
        }
        let grouped = AGGREGATIONS.contains(&word) && (next.starts_with("by") || next.starts_with("without"));
        if next.starts_with('(') || grouped || WORDS.contains(&word.to_ascii_lowercase().as_str()) {
            return rest;
        }
        let after = if next.starts_with('{') { after_bracket(next, '{', '}') } else { rest };
        self.selectors.insert(text[..text.len() - after.len()].to_owned());
        after
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == ':'
}

fn after_word(text: &str) -> &str {
    text.trim_start_matches(is_word)
}

fn after_string(text: &str) -> &str {
    let mut chars = text.char_indices();
    let quote = chars.next().map(|(_, c)| c);
    while let Some((at, c)) = chars.next() {
        if c == '\\' && quote != Some('`') {
            chars.next();
        } else if Some(c) == quote {
            return &text[at + c.len_utf8()..];
        }
    }
    panic!("a string does not end: {text}")
}

fn after_bracket(text: &str, open: char, close: char) -> &str {
    let mut depth = 0;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if matches!(c, '"' | '\'' | '`') {
            rest = after_string(rest);
            continue;
        }
        rest = &rest[c.len_utf8()..];
        if c == open {
            depth += 1;
        } else if c == close {
            depth -= 1;
            if depth == 0 {
                return rest;
            }
        }
    }
    panic!("a bracket does not end: {text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expression: &str, selectors: &[&str], labels: &[&str]) {
        let names = Names::of(expression);
        assert_eq!(names.selectors.iter().map(String::as_str).collect::<Vec<_>>(), selectors, "{expression}");
        assert_eq!(names.labels.iter().map(String::as_str).collect::<Vec<_>>(), labels, "{expression}");
    }

    #[test]
    fn selectors_are_told_from_functions_and_words() {
        check("up", &["up"], &[]);
        check("sum by (a, b) (rate(m_total{x=\"}\"}[5m]))", &["m_total{x=\"}\"}"], &["a", "b"]);
        check("sum(rate(m[5m])) by(job)", &["m"], &["job"]);
        check("a / on(job) group_left b unless c offset 7d", &["a", "b", "c"], &["job"]);
        check("0.9 * (ln(x) >bool 1e3) or vector(1)", &["x"], &[]);
        check("histogram_quantile(0.95, sum by (le) (level:m:rate5m))", &["level:m:rate5m"], &["le"]);
        check("max_over_time(m{a=~\"1([.]0)?\"}[5m:1m] @ end())", &["m{a=~\"1([.]0)?\"}"], &[]);
        check("quantile without (instance) (0.5, m)", &["m"], &["instance"]);
        check("{__name__=\"x\"} > +Inf", &["{__name__=\"x\"}"], &[]);
        check("label_replace(m, 'a', '$1', 'b', '(.*)')", &["m"], &[]);
    }
}
