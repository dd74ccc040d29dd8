//! Burn-rate tiers: how fast an error budget may burn before somebody is told.
//!
//! The arithmetic is that of the SRE workbook, "Alerting on SLOs", for any period. With a budget of
//! `1 − objective`:
//!
//! - factor = share of the budget × period / long window
//! - threshold = factor × budget, passed by the share of bad events in the long window and in the short one
//! - short window = long window / 12

use super::Severity;
use std::fmt;

use super::decode::Cx;
use crate::source::{Span, Spanned};
use crate::syntax::{Fields, Node};
use crate::value::{Decimal, PromDuration, Rational};

/// One tier: alert when this share of the budget burns within this window.
#[derive(Clone, Copy, Debug)]
pub struct BurnTier {
    /// The share of the period's budget, in percent.
    pub share: Decimal,
    /// The long window.
    pub long: PromDuration,
    /// Critical pages somebody, anything else opens a ticket.
    pub severity: Severity,
    /// How long both windows must stay above the threshold; the windows smooth already, so not at all by default.
    pub hold: PromDuration,
    /// How long the alert stays afterwards.
    pub keep_firing_for: Option<PromDuration>,
    /// Where it was written; `None` for one of the defaults.
    pub span: Option<Span>,
}

/// What a tier compares for one objective and period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Burn {
    /// How many times faster than evenly over the period the budget burns at the threshold.
    pub factor: Rational,
    /// The share of bad events, from 0 to 1, that the alert is above.
    pub threshold: Rational,
    /// The short window.
    pub short: PromDuration,
}

/// What burn rates of one SLO are computed from.
#[derive(Clone, Copy, Debug)]
pub struct BurnSetting {
    /// The objective in percent.
    pub objective: Decimal,
    /// The period.
    pub period: PromDuration,
    /// The longest interval at which its series are scraped.
    pub scrape_interval: PromDuration,
    /// How long Prometheus keeps samples.
    pub retention: PromDuration,
}

/// Why a tier can't work, and what would.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TierProblem {
    /// Even when every event is bad the threshold is not passed.
    Unreachable {
        /// The threshold, 1 or more.
        threshold: Rational,
        /// Objectives above this would do, in percent.
        objective_above: Rational,
        /// Shares below this would do, in percent.
        share_below: Rational,
    },
    /// The budget lasts at this rate: the factor is below 1.
    Slow {
        /// The factor.
        factor: Rational,
        /// The least share that would do, in percent.
        least_share: Rational,
        /// The longest long window that would do.
        longest: PromDuration,
    },
    /// The short window holds fewer than four scrapes.
    FewScrapes {
        /// The short window.
        short: PromDuration,
        /// The least long window that would do.
        least_long: PromDuration,
    },
    /// The long window is longer than Prometheus remembers.
    Forgotten {
        /// How long it remembers.
        retention: PromDuration,
    },
    /// A number has more digits than exact arithmetic has here.
    Inexact,
}

impl fmt::Display for TierProblem {
    /// As a clause: `its factor of 0.9333 is below 1, so the budget lasts`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable { threshold, .. } => {
                write!(f, "it needs a share of bad events above {}", threshold.rounded(4, false))
            }
            Self::Slow { factor, .. } => {
                write!(f, "its factor of {} is below 1, so the budget lasts", factor.rounded(4, false))
            }
            Self::FewScrapes { short, .. } => {
                write!(f, "its short window of {short} holds fewer than four scrapes")
            }
            Self::Forgotten { retention } => write!(f, "Prometheus keeps samples for {retention}"),
            Self::Inexact => f.write_str("its threshold has too many digits to be exact"),
        }
    }
}

/// Scrapes that the short window must hold.
const SCRAPES: u64 = 4;

/// The part of the long window that the short one is.
const SHORT: u64 = 12;

impl Burn {
    /// How long an outage, in which every event is bad, lasts until the long window is above the threshold.
    pub fn detects_outage_after(&self, tier: &BurnTier) -> PromDuration {
        let millis = Rational::of_millis(tier.long).and_then(|long| long.checked_mul(self.threshold));
        PromDuration::from_millis(
            millis.map_or(tier.long.as_millis(), |millis| millis.floor().unsigned_abs()),
        )
    }

    /// How long the budget of a whole period lasts at the threshold.
    pub fn lasts(&self, period: PromDuration) -> PromDuration {
        let millis = Rational::of_millis(period).and_then(|period| period.checked_div(self.factor));
        PromDuration::from_millis(millis.map_or(0, |millis| millis.floor().unsigned_abs()))
    }
}

impl BurnTier {
    /// The tiers of SLOs that ask for none: those of the SRE workbook.
    pub const DEFAULTS: [Self; 4] = [
        Self::default_tier(2, 1, Severity::Critical),
        Self::default_tier(5, 6, Severity::Critical),
        Self::default_tier(10, 24, Severity::Warning),
        Self::default_tier(10, 72, Severity::Warning),
    ];

    const fn default_tier(share: u32, hours: u64, severity: Severity) -> Self {
        Self {
            share: Decimal::whole(share),
            long: PromDuration::from_minutes(60 * hours),
            severity,
            hold: PromDuration::ZERO,
            keep_firing_for: None,
            span: None,
        }
    }

    /// What it compares.
    ///
    /// # Errors
    ///
    /// Says why it could not work, and what would.
    pub fn burn(&self, setting: &BurnSetting) -> Result<Burn, TierProblem> {
        let exact = |number: Option<Rational>| number.ok_or(TierProblem::Inexact);
        let percent = |number: Decimal| Rational::of(number)?.checked_div(Rational::of(Decimal::from(100))?);
        let times_100 = |number: Rational| {
            exact(Rational::of(Decimal::from(100)).and_then(|hundred| number.checked_mul(hundred)))
        };
        let share = exact(percent(self.share))?;
        let budget =
            exact(percent(setting.objective).and_then(|objective| Rational::ONE.checked_sub(objective)))?;
        let windows = exact(Rational::of_durations(setting.period, self.long))?;
        let factor = exact(share.checked_mul(windows))?;
        let threshold = exact(factor.checked_mul(budget))?;
        if factor < Rational::ONE {
            let least_share = times_100(exact(Rational::ONE.checked_div(windows))?)?;
            let longest = exact(factor.checked_mul(exact(Rational::of_millis(self.long))?))?;
            let longest = PromDuration::from_millis(longest.floor().unsigned_abs());
            return Err(TierProblem::Slow { factor, least_share, longest });
        }
        if threshold >= Rational::ONE {
            let least_budget = exact(Rational::ONE.checked_div(factor))?;
            return Err(TierProblem::Unreachable {
                threshold,
                objective_above: times_100(exact(Rational::ONE.checked_sub(least_budget))?)?,
                share_below: times_100(exact(share.checked_div(threshold))?)?,
            });
        }
        let short = PromDuration::from_millis(self.long.as_millis() / SHORT);
        let least_short = setting.scrape_interval.times(SCRAPES);
        if short < least_short {
            return Err(TierProblem::FewScrapes { short, least_long: least_short.times(SHORT) });
        }
        if self.long > setting.retention {
            return Err(TierProblem::Forgotten { retention: setting.retention });
        }
        Ok(Burn { factor, threshold, short })
    }

    /// Whether it pages somebody; else it opens a ticket.
    pub fn is_page(&self) -> bool {
        self.severity == Severity::Critical
    }

    /// `{share, long, severity, for, keep_firing_for}`.
    fn decode(node: &Node, cx: &mut Cx<'_>) -> Option<Self> {
        let mut fields = Fields::of(node, "a burn-rate tier", cx.out)?;
        let share = fields.required("share").and_then(|node| node.percent(cx.out));
        let long = fields.required("long").and_then(|node| node.duration(cx.out));
        let severity = cx.word(fields.optional("severity"), "severity", Severity::ALL, Severity::as_str);
        let hold = fields.optional("for").and_then(|node| node.duration_or_zero(cx.out));
        let keep = fields.optional("keep_firing_for").and_then(|node| node.duration(cx.out));
        fields.finish(cx.out);
        Some(Self {
            share: share?.value,
            long: long?.value,
            severity: severity.map_or(Severity::Warning, |severity| severity.value),
            hold: hold.map_or(PromDuration::ZERO, |hold| hold.value),
            keep_firing_for: keep.map(|keep| keep.value),
            span: Some(node.span),
        })
    }
}

/// `tiers:`, a list.
pub(super) fn decode_tiers(node: &Node, cx: &mut Cx<'_>) -> Spanned<Vec<BurnTier>> {
    let items = node.items("burn-rate tiers", cx.out);
    Spanned::new(items.iter().filter_map(|item| BurnTier::decode(item, cx)).collect(), node.span)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn setting(objective: &str, period: &str) -> BurnSetting {
        BurnSetting {
            objective: decimal(objective),
            period: period.parse().unwrap(),
            scrape_interval: PromDuration::from_secs(15),
            retention: "90d".parse().unwrap(),
        }
    }

    fn shown(objective: &str, period: &str) -> Vec<String> {
        let setting = setting(objective, period);
        let show = |tier: &BurnTier| match tier.burn(&setting) {
            Ok(Burn { factor, threshold, short }) => format!("{factor} {threshold} {short}"),
            Err(problem) => format!("{problem:?}").split([' ', '{']).next().unwrap_or_default().to_owned(),
        };
        BurnTier::DEFAULTS.iter().map(show).collect()
    }

    #[test]
    fn thirty_days_give_the_numbers_of_the_workbook() {
        assert_eq!(shown("99.9", "30d"), ["14.4 0.0144 5m", "6 0.006 30m", "3 0.003 2h", "1 0.001 6h"]);
    }

    #[test]
    fn an_outage_is_seen_when_the_share_of_the_budget_is_spent() {
        let (tier, setting) = (BurnTier::DEFAULTS[0], setting("99.9", "30d"));
        let burn = tier.burn(&setting).unwrap();
        assert_eq!(burn.detects_outage_after(&tier).to_string(), "51s840ms");
        // 2 % of 43.2 minutes.
        assert_eq!(burn.lasts(setting.period).to_string(), "2d2h");
    }

    #[test]
    fn other_periods_have_their_own() {
        assert_eq!(shown("99.9", "28d"), ["13.44 0.01344 5m", "5.6 0.0056 30m", "2.8 0.0028 2h", "Slow"]);
        assert_eq!(shown("90", "30d"), ["Unreachable", "6 0.6 30m", "3 0.3 2h", "1 0.1 6h"]);
        // A third does not end as a decimal.
        assert_eq!(shown("99", "40d")[3], "4/3 1/75 6h");
    }

    #[test]
    fn what_a_problem_names_would_do() {
        let tier = BurnTier::DEFAULTS[0];
        let Err(TierProblem::Unreachable { objective_above, share_below, .. }) =
            tier.burn(&setting("90", "30d"))
        else {
            panic!("14.4 × 0.1 is above 1");
        };
        assert_eq!(
            (objective_above.to_string(), share_below.to_string()),
            ("1675/18".into(), "25/18".into())
        );
        let objective = objective_above.rounded(2, true);
        assert!(tier.burn(&BurnSetting { objective, ..setting("90", "30d") }).is_ok(), "{objective}");
        let tier = BurnTier { share: share_below.rounded(2, false), ..tier };
        assert!(tier.burn(&setting("90", "30d")).is_ok(), "{}", tier.share);

        let last = BurnTier::DEFAULTS[3];
        let Err(TierProblem::Slow { least_share, longest, .. }) = last.burn(&setting("99", "7d")) else {
            panic!("7/30 is below 1")
        };
        for mended in
            [BurnTier { share: least_share.rounded(2, true), ..last }, BurnTier { long: longest, ..last }]
        {
            assert!(mended.burn(&setting("99", "7d")).is_ok(), "{mended:?}");
        }

        let coarse = BurnSetting { scrape_interval: PromDuration::from_minutes(2), ..setting("99", "30d") };
        let Err(TierProblem::FewScrapes { least_long, .. }) = tier.burn(&coarse) else {
            panic!("5m is below 8m")
        };
        assert!(BurnTier { long: least_long, ..tier }.burn(&coarse).is_ok(), "{least_long}");
        let forgetful =
            BurnSetting { retention: PromDuration::from_minutes(60 * 48), ..setting("99", "30d") };
        assert!(matches!(BurnTier::DEFAULTS[3].burn(&forgetful), Err(TierProblem::Forgotten { .. })));
        let digits = BurnSetting { objective: decimal("99.999999999987654"), ..forgetful };
        let tier = BurnTier { share: decimal("2.000000000012345"), ..tier };
        assert_eq!(tier.burn(&digits), Err(TierProblem::Inexact));
    }
}
