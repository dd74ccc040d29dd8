//! Exact fractions, for burn rates and error budgets.

use std::cmp::Ordering;
use std::fmt;

use super::{Decimal, PromDuration};

/// A fraction in lowest terms. Both terms fit 64 bits, so that comparing never overflows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rational {
    numerator: i64,
    denominator: i64,
}

impl Rational {
    /// One.
    pub const ONE: Self = Self { numerator: 1, denominator: 1 };

    /// `numerator / denominator` in lowest terms; `None` by zero, or when a term does not fit 64 bits.
    fn new(numerator: i128, denominator: i128) -> Option<Self> {
        let (mut divisor, mut rest) = (numerator.unsigned_abs(), denominator.unsigned_abs());
        while rest > 0 {
            (divisor, rest) = (rest, divisor % rest);
        }
        let divisor = i128::try_from(divisor).ok()? * denominator.signum();
        let term = |term: i128| i64::try_from(term.checked_div(divisor)?).ok();
        (denominator != 0)
            .then_some(Self { numerator: term(numerator)?, denominator: term(denominator)? })
            .filter(|reduced| reduced.denominator > 0)
    }

    /// An exact decimal; `None` when it has more digits than fit.
    pub fn of(decimal: Decimal) -> Option<Self> {
        let (mantissa, scale) = decimal.parts();
        Self::new(mantissa, 10_i128.checked_pow(scale)?)
    }

    /// A duration in milliseconds.
    pub fn of_millis(duration: PromDuration) -> Option<Self> {
        Self::new(i128::from(duration.as_millis()), 1)
    }

    /// How often one duration fits into another.
    pub fn of_durations(whole: PromDuration, part: PromDuration) -> Option<Self> {
        Self::new(i128::from(whole.as_millis()), i128::from(part.as_millis()))
    }

    /// The upper term.
    pub const fn numerator(self) -> i64 {
        self.numerator
    }

    /// The lower term, above zero.
    pub const fn denominator(self) -> i64 {
        self.denominator
    }

    /// The product; `None` when it does not fit.
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        Self::new(
            i128::from(self.numerator) * i128::from(other.numerator),
            i128::from(self.denominator) * i128::from(other.denominator),
        )
    }

    /// The quotient; `None` by zero, or when it does not fit.
    pub fn checked_div(self, other: Self) -> Option<Self> {
        Self::new(
            i128::from(self.numerator) * i128::from(other.denominator),
            i128::from(self.denominator) * i128::from(other.numerator),
        )
    }

    /// The difference; `None` when it does not fit.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        let left = i128::from(self.numerator) * i128::from(other.denominator);
        let right = i128::from(other.numerator) * i128::from(self.denominator);
        Self::new(left - right, i128::from(self.denominator) * i128::from(other.denominator))
    }

    /// The same number as a decimal, if it has a finite expansion that fits.
    pub fn to_decimal(self) -> Option<Decimal> {
        Decimal::new(self.numerator, 0).checked_div(Decimal::new(self.denominator, 0))
    }

    /// The greatest whole number that is not above it.
    pub const fn floor(self) -> i64 {
        self.numerator.div_euclid(self.denominator)
    }

    /// The nearest decimal with so many digits after the point, at most 12, that is not above the number; not below with `up`.
    pub fn rounded(self, digits: u32, up: bool) -> Decimal {
        let digits = digits.min(12);
        let scaled = i128::from(self.numerator) * 10_i128.pow(digits);
        let denominator = i128::from(self.denominator);
        let whole = scaled.div_euclid(denominator) + i128::from(up && scaled.rem_euclid(denominator) > 0);
        Decimal::new(i64::try_from(whole).unwrap_or(i64::MAX), digits)
    }
}

impl PartialOrd for Rational {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Rational {
    fn cmp(&self, other: &Self) -> Ordering {
        let left = i128::from(self.numerator) * i128::from(other.denominator);
        left.cmp(&(i128::from(other.numerator) * i128::from(self.denominator)))
    }
}

impl fmt::Display for Rational {
    /// The decimal, or the fraction where there is none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_decimal() {
            Some(decimal) => decimal.fmt(f),
            None => write!(f, "{}/{}", self.numerator, self.denominator),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rational(text: &str) -> Rational {
        Rational::of(text.parse().unwrap()).unwrap()
    }

    #[test]
    fn arithmetic_is_exact() {
        assert_eq!(rational("0.02").checked_mul(rational("720")), Some(rational("14.4")));
        assert_eq!(rational("14.4").checked_mul(rational("0.001")).unwrap().to_string(), "0.0144");
        assert_eq!(Rational::ONE.checked_sub(rational("0.9995")), Some(rational("0.0005")));
        assert_eq!(rational("2.8").checked_div(rational("3")).unwrap().to_string(), "14/15");
        assert_eq!(rational("2.8").checked_div(rational("0")), None);
        assert_eq!(Rational::of("123456789012345.123456789012345".parse().unwrap()), None, "30 digits");
        let (hour, month) = (PromDuration::from_minutes(60), PromDuration::from_minutes(43_200));
        assert_eq!(Rational::of_durations(month, hour), Some(rational("720")));
        assert_eq!(Rational::of_durations(month, PromDuration::ZERO), None);
        assert_eq!(Rational::of_durations(PromDuration::ZERO, month), Some(rational("0")));
    }

    #[test]
    fn order_is_numeric_and_rounding_keeps_to_its_side() {
        assert!(rational("0.93") < rational("2.8").checked_div(rational("3")).unwrap());
        assert!(rational("-1") < rational("0"));
        let third = Rational::ONE.checked_div(rational("3")).unwrap();
        assert_eq!(
            (third.rounded(2, false).to_string(), third.rounded(2, true).to_string()),
            ("0.33".into(), "0.34".into())
        );
        assert_eq!(rational("0.5").rounded(2, true).to_string(), "0.5");
    }
}
