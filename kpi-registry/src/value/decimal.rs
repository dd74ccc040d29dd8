//! Exact decimal numbers: what was written is what is emitted.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// A finite decimal number, `mantissa × 10^-scale`, always in lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    mantissa: i128,
    scale: u32,
}

/// Why a text is not a [`Decimal`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DecimalError {
    /// Not a decimal number at all.
    Syntax,
    /// More digits than an exact number can hold here (about 30).
    TooLong,
}

impl fmt::Display for DecimalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Syntax => "not a number",
            Self::TooLong => "too many digits for an exact number",
        })
    }
}

impl std::error::Error for DecimalError {}

/// The most digits before or after the point; keeps every comparison inside `i128`.
const DIGITS: u32 = 15;

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self { mantissa: 0, scale: 0 };
    /// One.
    pub const ONE: Self = Self { mantissa: 1, scale: 0 };

    /// `mantissa × 10^-scale`; digits beyond what is exact here saturate.
    pub fn new(mantissa: i64, scale: u32) -> Self {
        Self { mantissa: i128::from(mantissa), scale: scale.min(DIGITS) }.reduced()
    }

    /// A whole number.
    pub const fn whole(number: u32) -> Self {
        Self { mantissa: number as i128, scale: 0 }
    }

    /// The nearest `f64`.
    pub fn to_f64(self) -> f64 {
        // The decimal text round-trips through the correctly rounded parser of the standard library.
        self.to_string().parse().unwrap_or(f64::NAN)
    }

    /// Mantissa and scale: the number is `mantissa × 10^-scale`.
    pub(crate) const fn parts(self) -> (i128, u32) {
        (self.mantissa, self.scale)
    }

    /// How many digits stand after the point.
    pub const fn scale(self) -> u32 {
        self.scale
    }

    /// Whether it is below zero.
    pub const fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    /// Whether it is zero.
    pub const fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    /// Whether it has no fraction.
    pub const fn is_integer(self) -> bool {
        self.scale == 0
    }

    /// The sum; `None` when it has more digits than fit.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let mantissa = self.at_scale(scale)?.checked_add(other.at_scale(scale)?)?;
        Self { mantissa, scale }.bounded()
    }

    /// The difference; `None` when it has more digits than fit.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.checked_add(Self { mantissa: -other.mantissa, scale: other.scale })
    }

    /// The product; `None` when it has more digits than fit.
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        let mantissa = self.mantissa.checked_mul(other.mantissa)?;
        Self { mantissa, scale: self.scale + other.scale }.bounded()
    }

    /// The quotient, if it has a finite decimal expansion that fits; exact.
    pub fn checked_div(self, other: Self) -> Option<Self> {
        if other.mantissa == 0 {
            return None;
        }
        for extra in 0..=DIGITS {
            let numerator = self.mantissa.checked_mul(10_i128.checked_pow(extra + other.scale)?)?;
            let denominator = other.mantissa.checked_mul(10_i128.checked_pow(self.scale)?)?;
            if numerator % denominator == 0 {
                return Self { mantissa: numerator / denominator, scale: extra }.bounded();
            }
        }
        None
    }

    fn at_scale(self, scale: u32) -> Option<i128> {
        self.mantissa.checked_mul(10_i128.checked_pow(scale.checked_sub(self.scale)?)?)
    }

    fn reduced(mut self) -> Self {
        while self.scale > 0 && self.mantissa % 10 == 0 {
            self.mantissa /= 10;
            self.scale -= 1;
        }
        self
    }

    fn bounded(self) -> Option<Self> {
        let reduced = self.reduced();
        let limit = 10_i128.pow(DIGITS);
        let whole = reduced.mantissa / 10_i128.checked_pow(reduced.scale)?;
        (reduced.scale <= DIGITS && whole.abs() < limit).then_some(reduced)
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    /// Reads `-12.5`, `3`, `+0.1`, `1e3`, `2.5E-4`. No separators, no infinities.
    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let (digits, exponent) = match text.split_once(['e', 'E']) {
            Some((digits, exponent)) => {
                let exponent = exponent.parse::<i32>().map_err(|_| DecimalError::Syntax)?;
                (digits, exponent)
            }
            None => (text, 0),
        };
        let (negative, digits) = match digits.as_bytes().first() {
            Some(b'-') => (true, &digits[1..]),
            Some(b'+') => (false, &digits[1..]),
            _ => (false, digits),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() + fraction.len() == 0 || !all_digits(whole) || !all_digits(fraction) {
            return Err(DecimalError::Syntax);
        }
        let whole = whole.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        if whole.len() + fraction.len() > 2 * DIGITS as usize {
            return Err(DecimalError::TooLong);
        }
        let mut mantissa = 0_i128;
        for digit in whole.bytes().chain(fraction.bytes()) {
            mantissa = mantissa * 10 + i128::from(digit - b'0');
        }
        if mantissa == 0 {
            return Ok(Self::ZERO);
        }
        let scale = i64::try_from(fraction.len()).unwrap_or(i64::MAX) - i64::from(exponent);
        let mut value = Self { mantissa: if negative { -mantissa } else { mantissa }, scale: 0 };
        if scale < 0 {
            let power =
                u32::try_from(-scale).ok().filter(|power| *power <= DIGITS).ok_or(DecimalError::TooLong)?;
            value.mantissa = value.mantissa.checked_mul(10_i128.pow(power)).ok_or(DecimalError::TooLong)?;
        } else {
            value.scale =
                u32::try_from(scale).ok().filter(|s| *s <= 2 * DIGITS).ok_or(DecimalError::TooLong)?;
        }
        value.bounded().ok_or(DecimalError::TooLong)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.scale == 0 {
            return write!(f, "{}", self.mantissa);
        }
        let divisor = 10_u128.pow(self.scale);
        let magnitude = self.mantissa.unsigned_abs();
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let width = self.scale as usize;
        write!(f, "{sign}{}.{:0width$}", magnitude / divisor, magnitude % divisor)
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        // Both scales are at most DIGITS and both mantissas below 10^(2 × DIGITS), so neither side can overflow.
        let scale = self.scale.max(other.scale);
        self.at_scale(scale).cmp(&other.at_scale(scale))
    }
}

impl From<u32> for Decimal {
    fn from(value: u32) -> Self {
        Self::whole(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn text_comes_back_in_lowest_terms() {
        for (text, shown) in [
            ("47.20", "47.2"),
            ("-0.050", "-0.05"),
            ("1e3", "1000"),
            ("2.5E-4", "0.00025"),
            ("+7", "7"),
            ("-0", "0"),
            ("007", "7"),
            (".5", "0.5"),
            ("5.", "5"),
        ] {
            assert_eq!(decimal(text).to_string(), shown);
        }
    }

    #[test]
    fn other_text_is_refused() {
        for text in ["", "-", ".", "1_000", "0x1f", "inf", "NaN", "1.2.3", "1e", "e3", "12:30", "١"] {
            assert_eq!(text.parse::<Decimal>(), Err(DecimalError::Syntax), "{text}");
        }
        for text in ["1e16", "1e-16", "1e999999999", "1234567890123456789012345678901", "1e-99999999999"] {
            assert!(text.parse::<Decimal>().is_err(), "{text}");
        }
    }

    #[test]
    fn arithmetic_is_exact() {
        assert_eq!(decimal("0.1").checked_add(decimal("0.2")), Some(decimal("0.3")));
        assert_eq!(Decimal::ONE.checked_sub(decimal("0.999")), Some(decimal("0.001")));
        assert_eq!(decimal("14.4").checked_mul(decimal("0.001")), Some(decimal("0.0144")));
        assert_eq!(decimal("99.95").checked_div(decimal("100")), Some(decimal("0.9995")));
        assert_eq!(Decimal::ONE.checked_div(decimal("3")), None);
        assert_eq!(Decimal::ONE.checked_div(Decimal::ZERO), None);
    }

    #[test]
    fn order_is_numeric() {
        let mut sorted = ["-1.5", "-1.49", "0", "0.09", "0.1", "2", "10"].map(decimal);
        let expected = sorted;
        sorted.reverse();
        sorted.sort_unstable();
        assert_eq!(sorted, expected);
    }
}
