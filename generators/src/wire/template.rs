//! Texts of alerts: the templates that Prometheus fills in.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// A text with places for labels and the value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template<'a> {
    pieces: Vec<Piece<'a>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Text(Cow<'a, str>),
    Label(Cow<'a, str>),
    Value(ValueFormat),
    /// The text of the case whose value the label has; nothing when there is none.
    Choice {
        label: &'static str,
        cases: Vec<(&'a str, String)>,
    },
    /// The label, or the text when it is missing.
    LabelOr(&'static str, &'a str),
    /// A template that a user wrote.
    Raw(&'a str),
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueFormat {
    /// Four significant digits.
    Plain,
    /// Two digits after the point.
    Cents,
    /// Four significant digits and a prefix such as `k`.
    Thousands,
    /// Four significant digits and a prefix such as `Ki`.
    Binary,
    /// A share of 1 in percent.
    Percentage,
    /// Seconds, as days, hours, minutes and seconds.
    Duration,
}

impl<'a> Template<'a> {
    /// A text without places.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::default().then(text)
    }

    /// A template that a user wrote, taken as it is.
    pub fn raw(template: &'a str) -> Self {
        Self { pieces: vec![Piece::Raw(template)] }
    }

    /// The text, if there is no place in it.
    pub fn as_text(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Adds text.
    #[must_use]
    pub fn then(mut self, text: impl Into<Cow<'a, str>>) -> Self {
        self.pieces.push(Piece::Text(text.into()));
        self
    }

    /// Adds the value of a label.
    #[must_use]
    pub fn label(mut self, name: impl Into<Cow<'a, str>>) -> Self {
        self.pieces.push(Piece::Label(name.into()));
        self
    }

    /// Adds the value of a label, or a text where the label is missing.
    #[must_use]
    pub fn label_or(mut self, name: &'static str, text: &'a str) -> Self {
        self.pieces.push(Piece::LabelOr(name, text));
        self
    }

    /// Adds the value of the alert.
    #[must_use]
    pub fn value(mut self, format: ValueFormat) -> Self {
        self.pieces.push(Piece::Value(format));
        self
    }

    /// Adds one of several texts, by the value of a label.
    #[must_use]
    pub fn choice(mut self, label: &'static str, cases: Vec<(&'a str, String)>) -> Self {
        self.pieces.push(Piece::Choice { label, cases });
        self
    }

    /// What Prometheus makes of it; actions inside a user's own template are left as they are.
    pub fn render(&self, labels: &BTreeMap<&str, &str>, value: f64) -> Cow<'a, str> {
        if let [Piece::Text(text)] = self.pieces.as_slice() {
            return text.clone();
        }
        let of = |name: &str| labels.get(name).copied().unwrap_or_default();
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Raw(text) => out.push_str(text),
                Piece::LabelOr(name, text) if of(name).is_empty() => out.push_str(text),
                Piece::LabelOr(name, _) => out.push_str(of(name)),
                Piece::Label(name) => out.push_str(of(name)),
                Piece::Value(format) => out.push_str(&format.render(value)),
                Piece::Choice { label, cases } => {
                    let case = cases.iter().find(|(value, _)| *value == of(label));
                    out.push_str(case.map_or("", |(_, text)| text));
                }
            }
        }
        out.into()
    }

    /// Whether a value that differs by rounding noise alone gives the same text.
    pub fn is_steady(&self, value: f64) -> bool {
        const NOISE: f64 = 1e-9;
        let same = |format: &ValueFormat| {
            let shown = format.render(value);
            shown == format.render(value * (1.0 - NOISE)) && shown == format.render(value * (1.0 + NOISE))
        };
        self.pieces.iter().all(|piece| match piece {
            Piece::Value(format) => same(format),
            _ => true,
        })
    }
}

impl fmt::Display for Template<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => literal(text, f)?,
                Piece::Raw(template) => f.write_str(template)?,
                Piece::Label(name) => write!(f, "{{{{ $labels.{name} }}}}")?,
                Piece::LabelOr(name, text) => {
                    write!(f, "{{{{ with $labels.{name} }}}}{{{{ . }}}}{{{{ else }}}}")?;
                    literal(text, f)?;
                    f.write_str("{{ end }}")?;
                }
                Piece::Value(format) => write!(f, "{{{{ $value | {} }}}}", format.function())?,
                Piece::Choice { label, cases } => {
                    for (index, (value, text)) in cases.iter().enumerate() {
                        let word = if index == 0 { "if" } else { "else if" };
                        write!(f, "{{{{ {word} eq $labels.{label} {} }}}}", Quoted(value))?;
                        literal(text, f)?;
                    }
                    if !cases.is_empty() {
                        f.write_str("{{ end }}")?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// Writes text so that it stays text: two opening braces would start an action, be it that the second is the next
/// piece's.
fn literal(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, part) in text.split('{').enumerate() {
        if index > 0 {
            f.write_str(r#"{{ "{" }}"#)?;
        }
        f.write_str(part)?;
    }
    Ok(())
}

/// A string in a template action.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
    }
}

impl ValueFormat {
    /// Its name in a template.
    const fn function(self) -> &'static str {
        match self {
            Self::Plain => r#"printf "%.4g""#,
            Self::Cents => r#"printf "%.2f""#,
            Self::Thousands => "humanize",
            Self::Binary => "humanize1024",
            Self::Percentage => "humanizePercentage",
            Self::Duration => "humanizeDuration",
        }
    }

    /// What Prometheus makes of a value (template/template.go of Prometheus 2.42).
    fn render(self, value: f64) -> String {
        match self {
            Self::Plain => significant(value),
            Self::Cents => format!("{value:.2}"),
            Self::Thousands => humanize(value),
            Self::Binary => humanize_1024(value),
            Self::Percentage => format!("{}%", significant(value * 100.0)),
            Self::Duration => humanize_duration(value),
        }
    }
}

/// `%.4g` of C and Go.
fn significant(value: f64) -> String {
    let text = format!("{value:.3e}");
    let Some((mantissa, exponent)) = text.split_once('e') else {
        return if value.is_nan() {
            "NaN".into()
        } else if value > 0.0 {
            "+Inf".into()
        } else {
            "-Inf".into()
        };
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..4).contains(&exponent) {
        let decimals = usize::try_from(3 - exponent).unwrap_or(0);
        return trimmed(&format!("{value:.decimals$}")).to_owned();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", trimmed(mantissa), exponent.abs())
}

/// Without zeros at the end of the fraction.
fn trimmed(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}

fn humanize(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return significant(value);
    }
    let (mut value, mut prefix) = (value, "");
    if value.abs() >= 1.0 {
        for next in ["k", "M", "G", "T", "P", "E", "Z", "Y"] {
            if value.abs() < 1000.0 {
                break;
            }
            (value, prefix) = (value / 1000.0, next);
        }
    } else {
        for next in ["m", "u", "n", "p", "f", "a", "z", "y"] {
            if value.abs() >= 1.0 {
                break;
            }
            (value, prefix) = (value * 1000.0, next);
        }
    }
    significant(value) + prefix
}

fn humanize_1024(value: f64) -> String {
    if value.abs() <= 1.0 || !value.is_finite() {
        return significant(value);
    }
    let (mut value, mut prefix) = (value, "");
    for next in ["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"] {
        if value.abs() < 1024.0 {
            break;
        }
        (value, prefix) = (value / 1024.0, next);
    }
    significant(value) + prefix
}

#[expect(clippy::cast_possible_truncation, reason = "whole seconds are wanted, as Go's int64(v) gives them")]
fn humanize_duration(value: f64) -> String {
    if !value.is_finite() {
        return significant(value);
    }
    if value == 0.0 {
        return "0s".into();
    }
    if value.abs() < 1.0 {
        let (mut value, mut prefix) = (value, "");
        for next in ["m", "u", "n", "p", "f", "a", "z", "y"] {
            if value.abs() >= 1.0 {
                break;
            }
            (value, prefix) = (value * 1000.0, next);
        }
        return format!("{}{prefix}s", significant(value));
    }
    let (sign, value) = if value < 0.0 { ("-", -value) } else { ("", value) };
    let whole = value as i64;
    let (days, hours, minutes, seconds) = (whole / 86_400, whole / 3600 % 24, whole / 60 % 60, whole % 60);
    if days > 0 {
        format!("{sign}{days}d {hours}h {minutes}m {seconds}s")
    } else if hours > 0 {
        format!("{sign}{hours}h {minutes}m {seconds}s")
    } else if minutes > 0 {
        format!("{sign}{minutes}m {seconds}s")
    } else {
        format!("{sign}{}s", significant(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_go_does() {
        for (format, value, text) in [
            (ValueFormat::Plain, 20.1, "20.1"),
            (ValueFormat::Plain, 123_456.0, "1.235e+05"),
            (ValueFormat::Plain, 0.000_012_3, "1.23e-05"),
            (ValueFormat::Plain, 9999.6, "1e+04"),
            (ValueFormat::Plain, 100.0, "100"),
            (ValueFormat::Plain, 0.0, "0"),
            (ValueFormat::Cents, 12.5, "12.50"),
            (ValueFormat::Thousands, 1234.0, "1.234k"),
            (ValueFormat::Thousands, 0.05, "50m"),
            (ValueFormat::Binary, 1_073_741_824.0, "1Gi"),
            (ValueFormat::Percentage, 0.0501, "5.01%"),
            (ValueFormat::Duration, 0.2525, "252.5ms"),
            (ValueFormat::Duration, 2.525, "2.525s"),
            (ValueFormat::Duration, 90_061.0, "1d 1h 1m 1s"),
        ] {
            assert_eq!(format.render(value), text, "{format:?}");
        }
    }

    #[test]
    fn texts_of_users_stay_text() {
        let template = Template::text("a {{ b }} {").label("agent");
        let brace = r#"{{ "{" }}"#;
        assert_eq!(template.to_string(), format!("a {brace}{brace} b }}}} {brace}{{{{ $labels.agent }}}}"));
    }
}
