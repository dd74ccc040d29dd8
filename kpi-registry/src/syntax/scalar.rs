//! Scalars as the types a registry asks for. Every refusal is a located finding.

use super::node::{Kind, Node, shortened};
use crate::diagnostic::codes;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::Spanned;
use crate::value::{Decimal, PromDuration, Version};

/// What YAML 1.1 readers, which are many, make of a scalar that YAML 1.2 reads as text.
fn yaml_1_1(text: &str) -> Option<&'static str> {
    let bytes = text.as_bytes();
    match bytes.first()? {
        b'o' | b'O' | b'n' | b'N' | b'y' | b'Y' if bytes.len() <= 3 => {
            let words = ["on", "off", "yes", "no", "y", "n"];
            words.iter().any(|word| word.eq_ignore_ascii_case(text)).then_some("a boolean")
        }
        b'0'..=b'9' | b'+' | b'-' | b'.' => {
            let digits = text.trim_start_matches(['+', '-']);
            let all = |also: &[u8]| digits.bytes().all(|byte| byte.is_ascii_digit() || also.contains(&byte));
            if digits.contains('_') && all(b"_.") && digits.starts_with(|c: char| c.is_ascii_digit()) {
                Some("a number with separators")
            } else if digits.contains(':') && all(b":.") {
                Some("a number in base 60")
            } else if digits.len() > 1 && digits.starts_with('0') && all(b"") {
                Some("an octal number")
            } else if digits.starts_with("0o") || digits.starts_with("0x") || digits.starts_with("0b") {
                Some("a number in another base")
            } else {
                None
            }
        }
        _ => None,
    }
}

fn wrong_type(node: &Node, wanted: &str) -> Diagnostic {
    Diagnostic::error(
        codes::WRONG_TYPE,
        node.span,
        format!("{wanted} is expected here, not {}", node.describe()),
    )
    .help(format!("write {wanted}"))
}

/// Puts a plain scalar in double quotes.
fn quote_it(finding: Diagnostic, node: &Node, text: &str) -> Diagnostic {
    finding.patch("quote it", vec![(node.span, format!("\"{text}\""))])
}

impl Node {
    /// The scalar's text. Numbers and booleans count as the text they were written as; what YAML 1.1 reads as
    /// something else gets a warning.
    pub fn text(&self, out: &mut Diagnostics) -> Option<Spanned<String>> {
        match &self.kind {
            Kind::Quoted(text) => Some(Spanned::new(text.clone(), self.span)),
            Kind::Plain(text) => {
                if let Some(what) = yaml_1_1(text) {
                    let text = shortened(text);
                    let finding = Diagnostic::warning(
                        codes::YAML_1_1,
                        self.span,
                        format!("many YAML readers take `{text}` for {what}, not for a text"),
                    )
                    .help("quote it, so that every tool reads the same");
                    out.push(quote_it(finding, self, &text));
                }
                Some(Spanned::new(text.clone(), self.span))
            }
            Kind::Null | Kind::List(_) | Kind::Map(_) => {
                out.push(wrong_type(self, "a text"));
                None
            }
        }
    }

    /// The scalar's text, which must not be blank.
    pub fn filled_text(&self, out: &mut Diagnostics) -> Option<Spanned<String>> {
        let text = self.text(out)?;
        if text.trim().is_empty() {
            out.push(
                Diagnostic::error(codes::EMPTY_TEXT, self.span, "this text is empty")
                    .help("write it, or remove the key"),
            );
            return None;
        }
        Some(text)
    }

    /// The exact number.
    pub fn number(&self, out: &mut Diagnostics) -> Option<Spanned<Decimal>> {
        let finding = match &self.kind {
            Kind::Plain(text) => match text.parse::<Decimal>() {
                Ok(number) if yaml_1_1(text).is_none() => return Some(Spanned::new(number, self.span)),
                parsed => {
                    let finding = wrong_type(self, "a decimal number");
                    match (plain_number(text), parsed) {
                        (Some(plain), _) => finding.replace(self.span, plain),
                        (None, Err(error))
                            if text.bytes().all(|b| b.is_ascii_digit() || b".+-eE".contains(&b)) =>
                        {
                            finding.label(error.to_string())
                        }
                        _ => finding.help("numbers are decimal, without units and separators: `250`, `0.5`"),
                    }
                }
            },
            Kind::Quoted(text) => {
                let finding = wrong_type(self, "a number");
                match text.trim().parse::<Decimal>() {
                    Ok(number) => {
                        finding.label("a text, because of the quotes").replace(self.span, number.to_string())
                    }
                    Err(_) => finding,
                }
            }
            Kind::Null | Kind::List(_) | Kind::Map(_) => wrong_type(self, "a number"),
        };
        out.push(finding);
        None
    }

    /// A percentage: `99.9`, or `99.9%`.
    pub fn percent(&self, out: &mut Diagnostics) -> Option<Spanned<Decimal>> {
        let written = self.scalar().and_then(|text| text.strip_suffix('%'));
        match written.and_then(|text| text.trim().parse().ok()) {
            Some(number) => Some(Spanned::new(number, self.span)),
            None => self.number(out),
        }
    }

    /// A whole number from `least` to `most`.
    pub fn whole(&self, least: u64, most: u64, out: &mut Diagnostics) -> Option<Spanned<u64>> {
        let number = self.number(out)?;
        let whole = number.to_string().parse::<u64>().ok().filter(|whole| (least..=most).contains(whole));
        if whole.is_none() {
            let range = if most == u64::MAX {
                format!("of at least {least}")
            } else {
                format!("from {least} to {most}")
            };
            out.push(
                Diagnostic::error(
                    codes::OUT_OF_RANGE,
                    self.span,
                    format!("a whole number {range} is expected here, not `{}`", number.value),
                )
                .help(format!("write a whole number {range}")),
            );
        }
        whole.map(|whole| Spanned::new(whole, self.span))
    }

    /// `true` or `false`.
    pub fn boolean(&self, out: &mut Diagnostics) -> Option<bool> {
        let word = match &self.kind {
            Kind::Plain(text) => match text.as_str() {
                "true" | "True" | "TRUE" => return Some(true),
                "false" | "False" | "FALSE" => return Some(false),
                other => other,
            },
            Kind::Quoted(text) => text,
            Kind::Null | Kind::List(_) | Kind::Map(_) => "",
        };
        let finding = wrong_type(self, "`true` or `false`");
        out.push(match word.to_ascii_lowercase().as_str() {
            "on" | "yes" | "y" | "true" => finding.replace(self.span, "true"),
            "off" | "no" | "n" | "false" => finding.replace(self.span, "false"),
            _ => finding,
        });
        None
    }

    /// A duration such as `5m`; `0s` is one too.
    pub fn duration_or_zero(&self, out: &mut Diagnostics) -> Option<Spanned<PromDuration>> {
        match self.scalar().map(str::parse::<PromDuration>) {
            Some(Ok(duration)) => Some(Spanned::new(duration, self.span)),
            _ => self.duration(out),
        }
    }

    /// A duration such as `5m`, above zero.
    pub fn duration(&self, out: &mut Diagnostics) -> Option<Spanned<PromDuration>> {
        let finding =
            match self.scalar() {
                Some(text) => match text.parse::<PromDuration>() {
                    Ok(duration) if !duration.is_zero() => return Some(Spanned::new(duration, self.span)),
                    _ => {
                        let finding = Diagnostic::error(
                            codes::BAD_DURATION,
                            self.span,
                            format!("`{}` is not a duration", shortened(text)),
                        );
                        match spelled_duration(text) {
                            Some(duration) => finding.replace(self.span, duration.to_string()),
                            None => finding
                                .help("write a number and a unit: `250ms`, `30s`, `5m`, `1h30m`, `30d`"),
                        }
                    }
                },
                None => wrong_type(self, "a duration")
                    .help("write a number and a unit: `250ms`, `30s`, `5m`, `30d`"),
            };
        out.push(finding);
        None
    }

    /// A release such as `1.2` or `1.2.3`.
    pub fn version(&self, out: &mut Diagnostics) -> Option<Spanned<Version>> {
        let text = match self.scalar() {
            Some(text) => text,
            None => self.text(out).map(|_| "")?,
        };
        let version = text.trim_start_matches('v').parse::<Version>().ok();
        if version.is_none() {
            out.push(
                Diagnostic::error(
                    codes::BAD_VERSION,
                    self.span,
                    format!("`{}` is not a version", shortened(text)),
                )
                .help("write two or three numbers: `1.2` or `\"1.2.3\"`"),
            );
        }
        version.map(|version| Spanned::new(version, self.span))
    }

    /// The items of a list; a finding when it is something else.
    pub fn items(&self, of: &str, out: &mut Diagnostics) -> &[Node] {
        if let Kind::List(items) = &self.kind {
            return items;
        }
        let finding = wrong_type(self, &format!("a list of {of}"));
        out.push(match self.scalar() {
            Some(text) if !text.contains(['\n', '"']) => {
                finding.patch("make it a list", vec![(self.span, format!("[\"{text}\"]"))])
            }
            _ => finding,
        });
        &[]
    }
}

/// The decimal number that another notation stands for, where there is no doubt.
fn plain_number(text: &str) -> Option<String> {
    let without = text.replace('_', "");
    if let Some(digits) = text.strip_prefix("0o") {
        return u64::from_str_radix(digits, 8).ok().map(|number| number.to_string());
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return u64::from_str_radix(digits, 16).ok().map(|number| number.to_string());
    }
    let clear = text.contains('_') && !without.starts_with('0');
    clear.then(|| without.parse::<Decimal>().ok()).flatten().map(|number| number.to_string())
}

/// Durations in other people's notation: `30 seconds`, `5min`, `1 hour`, `0.5s`.
fn spelled_duration(text: &str) -> Option<PromDuration> {
    let text = text.trim();
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = (text[..split].parse::<Decimal>().ok()?, text[split..].trim());
    let millis = match unit {
        "ms" | "msec" | "millis" | "millisecond" | "milliseconds" => 1,
        "s" | "sec" | "secs" | "second" | "seconds" => 1000,
        "m" | "min" | "mins" | "minute" | "minutes" => 60_000,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3_600_000,
        "d" | "day" | "days" => 86_400_000,
        "w" | "week" | "weeks" => 604_800_000,
        _ => return None,
    };
    let whole = number.checked_mul(Decimal::from(millis))?.to_string().parse::<u64>().ok()?;
    (whole > 0).then(|| PromDuration::from_millis(whole))
}
