//! Durations as Prometheus writes them.

use std::fmt;
use std::str::FromStr;

/// A duration in Prometheus' notation, such as `1h30m`, `15s` or `250ms`; exact to the millisecond.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct PromDuration {
    millis: u64,
}

/// The text is not a duration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DurationError;

impl fmt::Display for DurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a duration such as `30s`, `5m`, `1h30m` or `30d`")
    }
}

impl std::error::Error for DurationError {}

/// Units in falling order, as Prometheus wants them; a week has 7 days and a year 365.
const UNITS: [(&str, u64); 7] = [
    ("y", 365 * 86_400_000),
    ("w", 7 * 86_400_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1000),
    ("ms", 1),
];

impl PromDuration {
    /// No time at all.
    pub const ZERO: Self = Self { millis: 0 };

    /// So many milliseconds.
    pub const fn from_millis(millis: u64) -> Self {
        Self { millis }
    }

    /// So many seconds.
    pub const fn from_secs(seconds: u64) -> Self {
        Self { millis: seconds.saturating_mul(1000) }
    }

    /// So many minutes.
    pub const fn from_minutes(minutes: u64) -> Self {
        Self::from_secs(minutes.saturating_mul(60))
    }

    /// The whole duration in milliseconds.
    pub const fn as_millis(self) -> u64 {
        self.millis
    }

    /// Whether it is no time at all.
    pub const fn is_zero(self) -> bool {
        self.millis == 0
    }

    /// The duration times a whole number; saturates.
    #[must_use]
    pub const fn times(self, factor: u64) -> Self {
        Self { millis: self.millis.saturating_mul(factor) }
    }
}

impl FromStr for PromDuration {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, DurationError> {
        if text == "0" {
            return Ok(Self::ZERO);
        }
        let (mut rest, mut millis, mut units) = (text, 0_u64, UNITS.as_slice());
        if rest.is_empty() {
            return Err(DurationError);
        }
        while !rest.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let number = rest[..digits].parse::<u64>().map_err(|_| DurationError)?;
            rest = &rest[digits..];
            let letters = rest.bytes().take_while(u8::is_ascii_lowercase).count();
            let unit = units.iter().position(|(name, _)| *name == &rest[..letters]).ok_or(DurationError)?;
            let part = number.checked_mul(units[unit].1).ok_or(DurationError)?;
            millis = millis.checked_add(part).ok_or(DurationError)?;
            units = &units[unit + 1..];
            rest = &rest[letters..];
        }
        Ok(Self { millis })
    }
}

impl fmt::Display for PromDuration {
    /// Prometheus' own canonical form: weeks and years only when nothing is left over.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.millis == 0 {
            return f.write_str("0s");
        }
        let mut rest = self.millis;
        for (name, size) in UNITS {
            let exact_only = matches!(name, "y" | "w");
            if rest < size || (exact_only && rest / size * size != rest) {
                continue;
            }
            write!(f, "{}{name}", rest / size)?;
            rest %= size;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_back() {
        for text in ["5m", "1h30m", "250ms", "30d", "1y", "2w", "1d12h", "1s500ms", "0s"] {
            assert_eq!(text.parse::<PromDuration>().unwrap().to_string(), text);
        }
        assert_eq!("7d".parse::<PromDuration>().unwrap().to_string(), "1w");
        assert_eq!("90m".parse::<PromDuration>().unwrap().to_string(), "1h30m");
        assert_eq!("0".parse(), Ok(PromDuration::ZERO));
    }

    #[test]
    fn other_text_is_refused() {
        for text in ["", "5", "m", "-5m", "5 m", "5m1h", "1m1m", "1.5h", "5M", "99999999999999999999y", "5µs"]
        {
            assert_eq!(text.parse::<PromDuration>(), Err(DurationError), "{text}");
        }
    }
}
