//! The series an expression asks for, read from its text.

/// One selector of an expression.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// The metric; empty when only matchers choose.
    pub(super) metric: String,
    /// The text between the braces, matcher by matcher.
    pub(super) matchers: Vec<String>,
    /// The text between the brackets after it; empty for an instant selector.
    pub(super) range: String,
    /// The functions it stands in, outermost first.
    pub(super) functions: Vec<String>,
}

const WORDS: &[&str] =
    &["and", "or", "unless", "bool", "offset", "start", "end", "inf", "nan", "Inf", "NaN", "atan2"];
const LABEL_LISTS: &[&str] = &["by", "without", "on", "ignoring", "group_left", "group_right"];
const AGGREGATIONS: &[&str] = &[
    "sum",
    "min",
    "max",
    "avg",
    "count",
    "group",
    "stddev",
    "stdvar",
    "topk",
    "bottomk",
    "quantile",
    "count_values",
];

/// Every selector of an expression, in order; of a text that is no expression, whatever looks like one.
pub(super) fn selectors(expression: &str) -> Vec<Found> {
    let mut reader = Reader { text: expression, at: 0 };
    let (mut found, mut open, mut next) = (Vec::new(), Vec::<String>::new(), String::new());
    while let Some(c) = reader.peek() {
        match c {
            '(' => {
                open.push(std::mem::take(&mut next));
                reader.at += 1;
            }
            ')' => {
                open.pop();
                reader.at += 1;
            }
            '"' | '\'' | '`' => reader.string(c),
            '{' => found.push(reader.selector(String::new(), &open)),
            '[' => {
                reader.enclosed('[', ']');
            }
            c if c.is_ascii_digit() => {
                reader.word();
            }
            c if c.is_ascii_alphabetic() || c == '_' || c == ':' => {
                let word = reader.word();
                let in_labels = open.last().is_some_and(|open| LABEL_LISTS.contains(&open.as_str()));
                reader.space();
                if in_labels || WORDS.contains(&word.as_str()) {
                } else if LABEL_LISTS.contains(&word.as_str()) {
                    // The aggregation goes on after the list.
                    let aggregation = std::mem::replace(&mut next, word);
                    if reader.peek() == Some('(') {
                        reader.enclosed('(', ')');
                    }
                    next = aggregation;
                } else if reader.peek() == Some('(') || AGGREGATIONS.contains(&word.as_str()) {
                    next = word;
                } else {
                    found.push(reader.selector(word, &open));
                }
            }
            _ => reader.at += c.len_utf8(),
        }
    }
    found
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    fn word(&mut self) -> String {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '.')) {
            self.at += 1;
        }
        self.text[start..self.at].to_owned()
    }

    fn string(&mut self, quote: char) {
        self.at += 1;
        while let Some(c) = self.peek() {
            self.at += c.len_utf8();
            if c == quote {
                return;
            }
            if c == '\\' && quote != '`' {
                self.at += self.peek().map_or(0, char::len_utf8);
            }
        }
    }

    /// The text up to the closing bracket, parted by commas outside of strings.
    fn enclosed(&mut self, open: char, close: char) -> Vec<String> {
        if self.peek() == Some(open) {
            self.at += 1;
        }
        let (mut parts, mut start) = (Vec::new(), self.at);
        while let Some(c) = self.peek() {
            if c == close || c == ',' {
                parts.push(self.text[start..self.at].trim().to_owned());
                start = self.at + 1;
            }
            match c {
                '"' | '\'' | '`' => self.string(c),
                c => self.at += c.len_utf8(),
            }
            if c == close {
                break;
            }
        }
        parts.retain(|part| !part.is_empty());
        parts
    }

    fn selector(&mut self, metric: String, functions: &[String]) -> Found {
        self.space();
        let matchers = if self.peek() == Some('{') { self.enclosed('{', '}') } else { Vec::new() };
        self.space();
        let range = if self.peek() == Some('[') { self.enclosed('[', ']').join(",") } else { String::new() };
        Found { metric, matchers, range, functions: functions.to_vec() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_are_found_with_what_they_stand_in() {
        let found = selectors(
            r#"topk(10, sum by (route, le) (rate(a_total{job=~"$job",x="}),("}[$__rate_interval])) * 3600) or vector(0) > on (x) group_left b offset 5m"#,
        );
        let expected = [
            Found {
                metric: "a_total".into(),
                matchers: vec![r#"job=~"$job""#.into(), r#"x="}),(""#.into()],
                range: "$__rate_interval".into(),
                functions: ["topk", "sum", "rate"].map(str::to_owned).into(),
            },
            Found { metric: "b".into(), ..Found::default() },
        ];
        assert_eq!(found, expected);
    }
}
