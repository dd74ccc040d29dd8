//! Every code the loader itself can give; the codes of cross-entity rules stand beside those rules.
//!
//! Numbers up to 39 of each hundred belong here, those from 40 on to the rules.

use super::Code;

/// What `kpi explain` says about a code.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Explanation {
    /// `KPI` and four digits.
    pub code: Code,
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// What it is, why it matters, and an example, in Markdown.
    pub text: &'static str,
}

/// A constant for each code, whose doc comment is the text of `kpi explain`.
macro_rules! codes {
    ($($(#[doc = $text:literal])+ $name:ident = $code:literal, $title:literal;)+) => {
        $($(#[doc = $text])+ pub const $name: $crate::diagnostic::Code = $code;)+

        /// All of them, in order.
        pub(super) const ROWS: &[$crate::diagnostic::codes::Explanation] = &[$(
            $crate::diagnostic::codes::Explanation {
                code: $code, title: $title, text: concat!($($text, "\n"),+),
            },
        )+];
    };
}

mod codegen;
mod entity;
#[cfg(feature = "import")]
mod openslo;
mod shape;
mod syntax;
mod version1;

pub use codegen::*;
pub use entity::*;
#[cfg(feature = "import")]
pub use openslo::*;
pub use shape::*;
pub use syntax::*;
pub use version1::*;

/// The codes of the loader, in order.
#[allow(
    unused_qualifications,
    reason = "each module has rows of its own, and the globs above bring in one of them"
)]
pub(crate) fn decode_codes() -> impl Iterator<Item = Explanation> {
    let rows = [syntax::ROWS, shape::ROWS, entity::ROWS, codegen::ROWS, version1::ROWS].into_iter().flatten();
    #[cfg(feature = "import")]
    let rows = rows.chain(openslo::ROWS);
    rows.copied()
}

#[cfg(test)]
mod tests {
    use super::decode_codes;

    #[test]
    fn codes_ascend_and_every_text_shows_wrong_and_right() {
        let codes: Vec<_> = decode_codes().collect();
        assert!(codes.windows(2).all(|pair| pair[0].code < pair[1].code));
        for row in codes {
            assert!(row.code.len() == 7 && row.code.starts_with("KPI"), "{}", row.code);
            let number: u32 = row.code[3..].parse().unwrap();
            assert!((1..40).contains(&(number % 100)), "{}", row.code);
            assert!(row.text.len() > 80 && row.text.contains("```"), "{} needs an example", row.code);
            assert!(row.text.lines().all(|line| line.is_empty() || line.starts_with(' ')), "{}", row.code);
        }
    }
}
