//! A rule across entities of a resolved registry.

use crate::checks::{ADVICE, CHECKS};
use crate::diagnostic::Diagnostics;
use crate::diagnostic::codes::Explanation;
use crate::registry::Registry;

/// One rule. It looks at the whole registry, takes time linear in its size, and complains about every place at once.
pub struct Check {
    /// Its code, title and the text of `kpi explain`.
    pub explanation: Explanation,
    /// Complains.
    pub run: fn(&Registry, &mut Diagnostics),
}

/// Runs every rule.
pub fn run_all(registry: &Registry, out: &mut Diagnostics) {
    for check in CHECKS.iter().chain(ADVICE) {
        (check.run)(registry, out);
    }
}

/// The codes of all rules.
pub(crate) fn check_codes() -> impl Iterator<Item = Explanation> {
    CHECKS.iter().chain(ADVICE).map(|check| check.explanation)
}

/// Declares a rule: its doc comment is the text of `kpi explain`, `run` the function that judges.
macro_rules! check {
    ($(#[doc = $text:literal])+ $name:ident = $code:literal, $title:literal, $run:path) => {
        $(#[doc = $text])+
        pub(super) struct $name;

        impl $name {
            const CODE: $crate::diagnostic::Code = $code;

            pub(super) const CHECK: $crate::check::Check = $crate::check::Check {
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
