//! Burn-rate tiers against a table that `tests/slo_truth.py` worked out with fractions of its own.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what is unexpected fails the test")]

use std::fs;

use kpi_registry::entity::{BurnSetting, BurnTier};
use kpi_registry::value::{Decimal, PromDuration};
use kpi_tests::repository;

#[test]
fn every_tier_is_what_fractions_give() {
    let table = fs::read_to_string(repository().join("tests/slo_truth.csv")).unwrap();
    let (mut working, mut refused) = (0, 0);
    for row in table.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        let [objective, days, share, hours, short, factor, threshold, works] = cells[..] else {
            panic!("{row}");
        };
        let minutes =
            |count: &str, each: u64| PromDuration::from_minutes(count.parse::<u64>().unwrap() * each);
        let setting = BurnSetting {
            objective: objective.parse().unwrap(),
            period: minutes(days, 24 * 60),
            scrape_interval: PromDuration::from_secs(15),
            retention: minutes("90", 24 * 60),
        };
        let (share, long): (Decimal, _) = (share.parse().unwrap(), minutes(hours, 60));
        let tier = BurnTier::DEFAULTS.iter().find(|tier| (tier.share, tier.long) == (share, long));
        match tier.unwrap_or_else(|| panic!("no default tier: {row}")).burn(&setting) {
            Ok(burn) => {
                assert_eq!(works, "yes", "{row}");
                assert_eq!(
                    (burn.factor.to_string(), burn.threshold.to_string()),
                    (factor.into(), threshold.into())
                );
                assert_eq!(burn.short, minutes(short, 1), "{row}");
                working += 1;
            }
            Err(problem) => {
                assert_eq!(works, "no", "{row}: {problem:?}");
                refused += 1;
            }
        }
    }
    assert_eq!((working, refused), (95, 25), "6 objectives × 5 periods × 4 tiers");
}
