//! Numbers as text.

use std::fmt::Write;

/// Writes a value: plain decimals where they are short, else with an exponent; every value reads back as itself.
pub(super) fn value(out: &mut String, number: f64) {
    let plain = number == 0.0 || (1e-5..1e16).contains(&number.abs());
    // Writing to a String cannot fail.
    let _ = match special(number) {
        Some(text) => write!(out, "{text}"),
        None if plain => write!(out, "{number}"),
        None => write!(out, "{number:e}"),
    };
}

/// A bound or quantile, which is a label value and so must be the same text everywhere: that of Go, with an exponent from
/// a million on and below a ten-thousandth, as Prometheus itself writes it. OpenMetrics wants `1.0` where Go has `1`.
pub(super) fn bound(number: f64, whole_as_float: bool) -> String {
    if let Some(text) = special(number) {
        return text.to_owned();
    }
    let scientific = format!("{number:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if number != 0.0 && !(-4..6).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs());
    }
    let text = number.to_string();
    if whole_as_float && !text.contains('.') { text + ".0" } else { text }
}

fn special(number: f64) -> Option<&'static str> {
    if number.is_nan() {
        Some("NaN")
    } else if number.is_infinite() {
        Some(if number > 0.0 { "+Inf" } else { "-Inf" })
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(number: f64) -> String {
        let mut out = String::new();
        value(&mut out, number);
        out
    }

    #[test]
    fn values_are_short_and_exact() {
        let cases = [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (47.2, "47.2"),
            (-1e300, "-1e300"),
            (1e-7, "1e-7"),
            (9_007_199_254_740_992.0, "9007199254740992"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
        ];
        for (number, expected) in cases {
            assert_eq!(text(number), expected);
        }
        for number in [f64::MIN_POSITIVE / 4.0, f64::MAX, f64::EPSILON, 1e16, 1e-5] {
            assert_eq!(text(number).parse(), Ok(number));
        }
    }

    #[test]
    fn bounds_are_written_as_go_writes_them() {
        let cases = [
            (0.005, "0.005", "0.005"),
            (0.0001, "0.0001", "0.0001"),
            (0.00001, "1e-05", "1e-05"),
            (1.0, "1", "1.0"),
            (-2.5, "-2.5", "-2.5"),
            (250.0, "250", "250.0"),
            (100_000.0, "100000", "100000.0"),
            (1_000_000.0, "1e+06", "1e+06"),
            (2_500_000.0, "2.5e+06", "2.5e+06"),
            (1_048_576.0, "1.048576e+06", "1.048576e+06"),
            (f64::INFINITY, "+Inf", "+Inf"),
        ];
        for (number, text, openmetrics) in cases {
            assert_eq!((bound(number, false).as_str(), bound(number, true).as_str()), (text, openmetrics));
        }
    }
}
