//! A rule across entities of a resolved registry.

use crate::checks::{ADVICE, CHECKS};
#[cfg(feature = "promql")]
use crate::checks::{EXPRESSIONS, Expressions, check_expressions};
use crate::diagnostic::Diagnostics;
use crate::diagnostic::codes::Explanation;
use crate::registry::Registry;
use crate::source::SourceMap;

/// One rule. It looks at the whole registry, takes time linear in its size, and complains about every place at once.
pub struct Check {
    /// Its code, title and the text of `kpi explain`.
    pub explanation: Explanation,
    /// Complains.
    pub run: fn(&Registry, &mut Diagnostics),
}

/// A rule about the expressions that users wrote, whose findings stand at places inside of them.
#[cfg(feature = "promql")]
pub struct ExpressionCheck {
    /// Its code, title and the text of `kpi explain`.
    pub explanation: Explanation,
    /// Complains.
    pub run: fn(&Expressions<'_>, &mut Diagnostics),
}

/// Runs every rule.
pub fn run_all(registry: &Registry, sources: &SourceMap, out: &mut Diagnostics) {
    for check in CHECKS.iter().chain(ADVICE) {
        (check.run)(registry, out);
    }
    #[cfg(feature = "promql")]
    check_expressions(registry, sources, out);
    #[cfg(not(feature = "promql"))]
    let _ = sources;
}

/// The codes of all rules.
pub(crate) fn check_codes() -> impl Iterator<Item = Explanation> {
    let codes = CHECKS.iter().chain(ADVICE).map(|check| check.explanation);
    #[cfg(feature = "promql")]
    let codes = codes.chain(EXPRESSIONS.iter().map(|check| check.explanation));
    codes
}

/// Declares a rule: its doc comment is the text of `kpi explain`, `run` the function that judges.
macro_rules! check {
    ($(#[doc = $text:literal])+ $name:ident = $code:literal, $title:literal, $run:path) => {
        $crate::check::check! { Check: $(#[doc = $text])+ $name = $code, $title, $run }
    };
    ($kind:ident: $(#[doc = $text:literal])+ $name:ident = $code:literal, $title:literal, $run:path) => {
        $(#[doc = $text])+
        pub(super) struct $name;

        impl $name {
            const CODE: $crate::diagnostic::Code = $code;

            pub(super) const CHECK: $crate::check::$kind = $crate::check::$kind {
                explanation: $crate::diagnostic::codes::Explanation {
                    code: $code,
                    title: $title,
                    text: concat!($($text, "\n"),+),
                },
                run: $run,
            };
        }
    };
}

pub(crate) use check;

#[cfg(test)]
mod tests {
    use super::{ADVICE, CHECKS, check_codes};

    #[test]
    fn codes_ascend_in_the_upper_part_of_each_hundred_and_show_an_example() {
        for list in [CHECKS, ADVICE] {
            assert!(list.windows(2).all(|pair| pair[0].explanation.code < pair[1].explanation.code));
        }
        for row in check_codes() {
            let number: u32 = row.code[3..].parse().unwrap();
            assert!(row.code.starts_with("KPI") && (40..100).contains(&(number % 100)), "{}", row.code);
            assert!(row.text.contains("```"), "{} needs an example", row.code);
        }
    }
}
