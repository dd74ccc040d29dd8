//! One line of the text format.

use std::borrow::Cow;

use crate::snapshot::{Kind, Labels};

/// A line, read.
#[derive(Debug, PartialEq)]
pub(super) enum Line<'t> {
    /// Empty, or a comment for people.
    Nothing,
    /// `# HELP`
    Help { name: &'t str, help: String },
    /// `# TYPE`
    Type { name: &'t str, kind: Kind },
    /// A sample.
    Sample(Sample<'t>),
}

/// `name{label="value"} 1`
#[derive(Debug, PartialEq)]
pub(super) struct Sample<'t> {
    pub(super) name: &'t str,
    pub(super) labels: Labels,
    /// The number as it is written.
    pub(super) number: &'t str,
}

/// What is wrong, and at which character of the line.
#[derive(Debug, PartialEq)]
pub(super) struct Fault {
    pub(super) column: usize,
    pub(super) message: String,
}

impl Fault {
    pub(super) fn at_begin(message: String) -> Self {
        Self { column: 1, message }
    }
}

impl<'t> Line<'t> {
    pub(super) fn read(text: &'t str) -> Result<Self, Fault> {
        let mut cursor = Cursor { text, rest: text };
        cursor.blanks();
        if cursor.rest.is_empty() {
            return Ok(Self::Nothing);
        }
        let Some(comment) = cursor.rest.strip_prefix('#') else { return cursor.sample().map(Self::Sample) };
        let mut words = comment.trim_start_matches(BLANKS).splitn(3, BLANKS);
        let (keyword, name, rest) = (words.next(), words.next(), words.next().unwrap_or_default());
        match (keyword, name) {
            (Some("HELP"), Some(name)) => Ok(Self::Help { name, help: unescaped(rest) }),
            (Some("TYPE"), Some(name)) => {
                let word = rest.trim_matches(BLANKS);
                let kinds = "counter, gauge, histogram, summary, untyped";
                let unknown = || Fault::at_begin(format!("`{word}` is no type; there are {kinds}"));
                kind(word).map(|kind| Self::Type { name, kind }).ok_or_else(unknown)
            }
            _ => Ok(Self::Nothing),
        }
    }
}

const BLANKS: [char; 2] = [' ', '\t'];

fn kind(word: &str) -> Option<Kind> {
    Some(match word {
        "counter" => Kind::Counter,
        "gauge" => Kind::Gauge,
        "histogram" => Kind::Histogram,
        "summary" => Kind::Summary,
        "untyped" => Kind::Unknown,
        _ => return None,
    })
}

/// `\\` and `\n` as what they stand for; `\"` too, which only labels have.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => out.push('\n'),
                Some(c @ ('\\' | '"')) => out.push(c),
                Some(c) => out.extend(['\\', c]),
                None => out.push('\\'),
            },
            c => out.push(c),
        }
    }
    out
}

/// A place in a line.
#[derive(Debug)]
struct Cursor<'t> {
    text: &'t str,
    rest: &'t str,
}

impl<'t> Cursor<'t> {
    fn sample(&mut self) -> Result<Sample<'t>, Fault> {
        let name = self.name(true)?;
        let mut labels = Labels::new();
        self.blanks();
        if self.takes('{') {
            loop {
                self.blanks();
                if self.takes('}') {
                    break;
                }
                let column = self.column();
                let name = self.name(false)?;
                self.blanks();
                self.expect('=')?;
                self.blanks();
                let value = self.quoted()?;
                if labels.iter().any(|(known, _)| known == name) {
                    return Err(Fault { column, message: format!("the label `{name}` is there twice") });
                }
                labels.push((Cow::Owned(name.to_owned()), Cow::Owned(value)));
                self.blanks();
                if !self.takes(',') {
                    self.expect('}')?;
                    break;
                }
            }
        }
        self.blanks();
        let column = self.column();
        let number = self.word();
        if number.parse::<f64>().is_err() {
            let message = "expected a value, such as `1`, `0.5`, `+Inf` or `NaN`".to_owned();
            return Err(Fault { column, message });
        }
        self.blanks();
        let column = self.column();
        let timestamp = self.word();
        self.blanks();
        if (!timestamp.is_empty() && timestamp.parse::<i64>().is_err()) || !self.rest.is_empty() {
            return Err(Fault { column, message: "expected the end of the line".to_owned() });
        }
        Ok(Sample { name, labels, number })
    }

    /// A name; one of a metric may have colons.
    fn name(&mut self, of_metric: bool) -> Result<&'t str, Fault> {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || (of_metric && c == ':');
        let end = self.rest.find(|c| !fits(c)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
            let of = if of_metric { "a metric" } else { "a label" };
            return Err(self.fault(&format!("expected the name of {of}")));
        }
        self.rest = rest;
        Ok(name)
    }

    fn quoted(&mut self) -> Result<String, Fault> {
        let begin = self.rest;
        self.expect('"')?;
        let mut escaped = false;
        let end = self.rest.bytes().position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        });
        let Some((value, rest)) =
            end.and_then(|end| Some((self.rest.get(..end)?, self.rest.get(end + 1..)?)))
        else {
            self.rest = begin;
            return Err(self.fault("this value has no end"));
        };
        self.rest = rest;
        Ok(unescaped(value))
    }

    fn word(&mut self) -> &'t str {
        let (word, rest) = self.rest.split_at(self.rest.find(BLANKS).unwrap_or(self.rest.len()));
        self.rest = rest;
        word
    }

    fn blanks(&mut self) {
        self.rest = self.rest.trim_start_matches(BLANKS);
    }

    fn takes(&mut self, c: char) -> bool {
        let rest = self.rest.strip_prefix(c);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, c: char) -> Result<(), Fault> {
        if self.takes(c) { Ok(()) } else { Err(self.fault(&format!("expected `{c}`"))) }
    }

    fn column(&self) -> usize {
        let before = self.text.len() - self.rest.len();
        self.text.get(..before).map_or(0, |text| text.chars().count()) + 1
    }

    fn fault(&self, message: &str) -> Fault {
        Fault { column: self.column(), message: message.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(text: &str) -> Sample<'_> {
        match Line::read(text) {
            Ok(Line::Sample(sample)) => sample,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn samples_are_read_with_their_labels() {
        let labels = |pairs: &[(&'static str, &'static str)]| -> Labels {
            pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
        };
        let cases = [
            ("a 1", "a", labels(&[]), "1"),
            ("  a:b_9\t+Inf 1700000000000", "a:b_9", labels(&[]), "+Inf"),
            ("a{} NaN", "a", labels(&[]), "NaN"),
            ("a{b=\"c\"} -1e-7", "a", labels(&[("b", "c")]), "-1e-7"),
            ("a { b = \"}\" , c=\"\" , } 2 -5", "a", labels(&[("b", "}"), ("c", "")]), "2"),
            (r#"a{b="\\\"\n,é\q"} 0"#, "a", labels(&[("b", "\\\"\n,é\\q")]), "0"),
        ];
        for (text, name, labels, number) in cases {
            assert_eq!(sample(text), Sample { name, labels, number }, "{text}");
        }
    }

    #[test]
    fn what_is_no_sample_is_told_with_its_place() {
        let cases = [
            ("1 a", 1, "expected the name of a metric"),
            ("a", 2, "expected a value, such as `1`, `0.5`, `+Inf` or `NaN`"),
            ("a one", 3, "expected a value, such as `1`, `0.5`, `+Inf` or `NaN`"),
            ("a 1 2 3", 5, "expected the end of the line"),
            ("a 1 soon", 5, "expected the end of the line"),
            ("a{b} 1", 4, "expected `=`"),
            ("a{b=c} 1", 5, "expected `\"`"),
            ("a{b=\"c} 1", 5, "this value has no end"),
            ("a{é=\"c\"} 1", 3, "expected the name of a label"),
            ("a{b=\"é\" c=\"d\"} 1", 9, "expected `}`"),
            ("a{b=\"c\",b=\"d\"} 1", 9, "the label `b` is there twice"),
            (
                "# TYPE a stateset",
                1,
                "`stateset` is no type; there are counter, gauge, histogram, summary, untyped",
            ),
        ];
        for (text, column, message) in cases {
            assert_eq!(Line::read(text), Err(Fault { column, message: message.to_owned() }), "{text}");
        }
    }

    #[test]
    fn comments_are_read_or_passed_over() {
        assert_eq!(Line::read(" "), Ok(Line::Nothing));
        assert_eq!(Line::read("# EOF"), Ok(Line::Nothing));
        assert_eq!(Line::read("#TYPE a gauge"), Ok(Line::Type { name: "a", kind: Kind::Gauge }));
        let help = Line::Help { name: "a", help: "b \\ \"c\"\nd".to_owned() };
        assert_eq!(Line::read(r#"# HELP a b \\ "c"\nd"#), Ok(help));
    }
}
