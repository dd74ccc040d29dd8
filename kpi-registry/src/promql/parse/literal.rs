//! Numbers, durations, times and variables.

use super::{Parser, Result, SyntaxError, Token};
use crate::promql::{At, Number, Offset, Variable, Window};
use crate::value::{Decimal, PromDuration};

impl Parser<'_> {
    pub(super) fn window(&mut self) -> Result<Window> {
        if let Token::Variable(name) = self.peek() {
            let name = name.clone();
            self.check_variable()?;
            self.advance();
            return Ok(Variable::new(name).into());
        }
        self.duration().map(Into::into)
    }

    /// Variables have a meaning in panels alone.
    pub(super) fn check_variable(&self) -> Result<()> {
        if self.dialect.variables {
            return Ok(());
        }
        let message =
            format!("`{}` is a variable of Grafana, which Prometheus does not know", self.written());
        Err(SyntaxError::new(self.here(), message).help("write the value itself"))
    }

    pub(super) fn duration(&mut self) -> Result<PromDuration> {
        let at = self.here();
        let written = self.written().to_owned();
        let duration = match self.peek() {
            Token::Duration => written.parse::<PromDuration>().ok(),
            Token::Number => {
                let seconds = self.seconds()?;
                let millis = seconds.checked_mul(Decimal::from(1000)).filter(|millis| millis.is_integer());
                let duration = millis.and_then(|millis| millis.to_string().parse().ok());
                let duration = duration.map(PromDuration::from_millis);
                if !self.dialect.has(3, 0) {
                    let mut error = SyntaxError::new(at, format!("`{written}` has no unit"));
                    error.instead = duration.map(|duration| duration.to_string());
                    return Err(error.help("numbers alone are seconds from Prometheus 3.0 on"));
                }
                duration
            }
            _ => return Err(self.unexpected("a duration such as `5m`")),
        };
        let error = SyntaxError::new(at, format!("`{written}` is no duration above zero"))
            .help("write whole numbers with their units, the greatest first: `1h30m`");
        let duration = duration.filter(|duration| !duration.is_zero()).ok_or(error)?;
        self.advance();
        Ok(duration)
    }

    pub(super) fn offset(&mut self) -> Result<Offset> {
        if self.take("-") {
            return self.duration().map(Offset::Forward);
        }
        self.duration().map(Offset::Back)
    }

    pub(super) fn time(&mut self) -> Result<At> {
        for (word, time) in [("start", At::Start), ("end", At::End)] {
            if self.take_word(word) {
                self.expect("(")?;
                self.expect(")")?;
                return Ok(time);
            }
        }
        let is_negative = self.take("-");
        if !is_negative {
            self.take("+");
        }
        if self.peek() != &Token::Number {
            return Err(self.unexpected("a time, `start()` or `end()`"));
        }
        let seconds = self.seconds()?;
        self.advance();
        let seconds =
            if is_negative { Decimal::ZERO.checked_sub(seconds).unwrap_or(seconds) } else { seconds };
        Ok(At::Timestamp(seconds))
    }

    /// The value of a number literal, as Go's `ParseInt` with base 0 reads it, or else `ParseFloat`.
    pub(super) fn number(&self) -> Result<Number> {
        let text = self.written();
        let digits = if self.dialect.has(2, 54) { text.replace('_', "") } else { text.to_owned() };
        let hexadecimal = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"));
        let octal = digits.strip_prefix('0').filter(|rest| !rest.is_empty());
        let whole = match (hexadecimal, octal) {
            (Some(digits), _) => i64::from_str_radix(digits, 16).ok(),
            (None, Some(digits)) => i64::from_str_radix(digits, 8).ok(),
            (None, None) => None,
        };
        let decimal = whole.map_or(digits, |whole| whole.to_string());
        Number::parse(&decimal).map_err(|problem| {
            let error = SyntaxError::new(self.here(), format!("`{text}` is {problem}"));
            if text.ends_with(|c: char| c.is_ascii_alphabetic()) {
                return error.help("durations have whole numbers, the greatest unit first: `1h30m`");
            }
            error
        })
    }

    /// A number that is exact here: seconds of a time or a duration.
    fn seconds(&self) -> Result<Decimal> {
        match self.number()? {
            Number::Decimal(seconds) => Ok(seconds),
            Number::Float(_) | Number::Infinity | Number::NaN => {
                let message = format!("`{}` seconds are beyond all time", self.written());
                Err(SyntaxError::new(self.here(), message))
            }
        }
    }
}
