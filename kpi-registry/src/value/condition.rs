//! Comparisons as people write them: `< 20`, `>= 10 over 7d`.

use std::str::FromStr;

use super::{Decimal, PromDuration};

/// A comparison of a value with a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Condition {
    /// Whether it holds below the number; otherwise above.
    pub below: bool,
    /// Whether it holds at the number itself.
    pub inclusive: bool,
    /// The number.
    pub value: Decimal,
    /// The window of `over 7d`.
    pub over: Option<PromDuration>,
}

/// The text is not a comparison with a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConditionError;

impl FromStr for Condition {
    type Err = ConditionError;

    fn from_str(text: &str) -> Result<Self, ConditionError> {
        let text = text.trim();
        let operators = [
            ("<=", true, true),
            (">=", false, true),
            ("≤", true, true),
            ("≥", false, true),
            ("<", true, false),
            (">", false, false),
        ];
        let found = operators
            .iter()
            .find_map(|(sign, below, inclusive)| Some((text.strip_prefix(sign)?, *below, *inclusive)));
        let (rest, below, inclusive) = found.ok_or(ConditionError)?;
        let mut words = rest.split_whitespace();
        let value = words.next().ok_or(ConditionError)?.parse().map_err(|_| ConditionError)?;
        let over = match (words.next(), words.next(), words.next()) {
            (None, ..) => None,
            (Some("over"), Some(window), None) => Some(window.parse().map_err(|_| ConditionError)?),
            _ => return Err(ConditionError),
        };
        Ok(Self { below, inclusive, value, over })
    }
}

#[cfg(test)]
mod tests {
    use super::{Condition, ConditionError};

    #[test]
    fn comparisons() {
        let parsed: Condition = "< 20".parse().unwrap();
        assert_eq!((parsed.below, parsed.inclusive, parsed.value.to_string().as_str()), (true, false, "20"));
        let parsed: Condition = ">=36".parse().unwrap();
        assert_eq!((parsed.below, parsed.inclusive, parsed.over), (false, true, None));
        let parsed: Condition = " >= 10 over 7d ".parse().unwrap();
        assert_eq!(parsed.over.unwrap().to_string(), "1w");
        for text in
            ["", "20", "< ", "= 3", "< x", "< 3 4", "< 3 over", "< 3 over x", "< 3 over 7d 8d", "a == true"]
        {
            assert_eq!(text.parse::<Condition>(), Err(ConditionError), "{text}");
        }
    }
}
