//! Number literals.

use std::fmt::{self, Display, Formatter};

use crate::value::Decimal;

/// A number literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// An exact number.
    Decimal(Decimal),
    /// A number of more digits than are exact here.
    Float(Float),
    /// `Inf`
    Infinity,
    /// `NaN`
    NaN,
}

/// A finite number as Prometheus has it, the nearest `f64`, whose shortest text no [`Decimal`] holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Float {
    bits: u64,
}

impl Float {
    /// Its value.
    pub const fn get(self) -> f64 {
        f64::from_bits(self.bits)
    }
}

impl Number {
    /// Reads decimal notation, with or without an exponent; the error says what the text is instead.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        if let Ok(exact) = text.parse() {
            return Ok(Self::Decimal(exact));
        }
        let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
        let nearest = text.parse::<f64>().ok().filter(|_| is_decimal).ok_or("no number")?;
        if nearest.is_infinite() {
            return Err("larger than any number of Prometheus");
        }
        // `0.10000000000000001` is the same number as `0.1`, and one number has one form.
        let float = Self::Float(Float { bits: nearest.to_bits() });
        Ok(float.to_string().parse().map_or(float, Self::Decimal))
    }

    /// The number with the other sign, where the sign is part of the literal. That of zero is not: a decimal has no `-0`.
    pub(super) fn negated(self) -> Option<Self> {
        match self {
            Self::Decimal(number) if number.is_zero() => None,
            Self::Decimal(number) => Decimal::ZERO.checked_sub(number).map(Self::Decimal),
            Self::Float(number) => Some(Self::Float(Float { bits: (-number.get()).to_bits() })),
            Self::Infinity | Self::NaN => None,
        }
    }

    /// Whether it is written with a sign.
    pub(super) fn is_signed(self) -> bool {
        match self {
            Self::Decimal(number) => number.is_negative(),
            Self::Float(number) => number.get().is_sign_negative(),
            Self::Infinity | Self::NaN => false,
        }
    }
}

impl Display for Number {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decimal(number) => number.fmt(f),
            Self::Float(number) => write!(f, "{:e}", number.get()),
            Self::Infinity => f.write_str("Inf"),
            Self::NaN => f.write_str("NaN"),
        }
    }
}
