//! What is right for any inhibition, proven over the alerts that the rules can make.
//!
//! Alertmanager takes a label that is missing on both sides as equal. So a rule with `equal: [slo_id]` lets an alert without
//! `slo_id` silence every other one without it. A rule is safe when every label of `equal` is on every alert that it can
//! match, or is demanded by a matcher.

use crate::artifacts::prometheus::AlertLabels;
use crate::wire::alertmanager::{Inhibition, Matcher, Operator};

/// Something that is wrong with an inhibition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A label of `equal` may be missing on an alert that the rule matches.
    MayBeMissing {
        /// The label.
        label: String,
        /// The alert.
        alert: String,
    },
    /// No alert can be a source, or none a target: the rule does nothing.
    Idle,
}

/// Everything that is wrong with some inhibitions, each beside its rule.
pub fn faults<'i>(rules: &'i [Inhibition], alerts: &[AlertLabels]) -> Vec<(&'i Inhibition, Fault)> {
    let mut found = Vec::new();
    for rule in rules {
        for matchers in [&rule.source_matchers, &rule.target_matchers] {
            let matched: Vec<&AlertLabels> =
                alerts.iter().filter(|alert| can_match(matchers, alert)).collect();
            if matched.is_empty() {
                found.push((rule, Fault::Idle));
            }
            for label in rule.equal.iter().filter(|label| !demands(matchers, label)) {
                let missing = matched.iter().find(|alert| !alert.has(label));
                found.extend(missing.map(|alert| {
                    let alert = alert.fixed.get("alertname").cloned().unwrap_or_default();
                    (rule, Fault::MayBeMissing { label: label.clone(), alert })
                }));
            }
        }
    }
    found
}

impl AlertLabels {
    /// Whether every alert of the rule has a label.
    fn has(&self, label: &str) -> bool {
        self.fixed.get(label).is_some_and(|value| !value.is_empty()) || self.always.contains(label)
    }
}

/// Whether a matcher lets only alerts pass that have the label.
fn demands(matchers: &[Matcher], label: &str) -> bool {
    matchers.iter().filter(|matcher| matcher.label == label).any(|matcher| match matcher.operator {
        Operator::Equal => !matcher.value.is_empty(),
        Operator::NotEqual => matcher.value.is_empty(),
        Operator::Matches => !alternatives(matcher).any(str::is_empty),
    })
}

/// Whether an alert of a rule may meet all conditions.
fn can_match(matchers: &[Matcher], alert: &AlertLabels) -> bool {
    matchers.iter().all(|matcher| {
        if let Some(value) = alert.fixed.get(&matcher.label) {
            return meets(matcher, value);
        }
        // A value that is not known may be any but none; a label that is not known may be anything.
        let is_there = alert.always.contains(&matcher.label);
        let wants_none = matcher.operator == Operator::Equal && matcher.value.is_empty();
        if is_there { !wants_none } else { alert.open || meets(matcher, "") }
    })
}

fn meets(matcher: &Matcher, value: &str) -> bool {
    match matcher.operator {
        Operator::Equal => value == matcher.value,
        Operator::NotEqual => value != matcher.value,
        Operator::Matches => alternatives(matcher).any(|one| one == crate::wire::regex_literal(value)),
    }
}

/// The texts that a pattern stands for: none of ours is more than a list of literals.
fn alternatives(matcher: &Matcher) -> impl Iterator<Item = &str> {
    matcher.value.split('|')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert(name: &str, fixed: &[(&str, &str)], always: &[&str]) -> AlertLabels {
        let all = fixed.iter().copied().chain([("alertname", name)]);
        AlertLabels {
            fixed: all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            always: always.iter().map(|label| (*label).to_owned()).collect(),
            open: false,
        }
    }

    fn rule(source: Vec<Matcher>, target: Vec<Matcher>, equal: &str) -> Inhibition {
        Inhibition { source_matchers: source, target_matchers: target, equal: vec![equal.to_owned()] }
    }

    #[test]
    fn a_label_that_may_be_missing_is_found() {
        let alerts = [
            alert("Page", &[("severity", "critical"), ("slo_id", "a")], &[]),
            alert("Other", &[("severity", "critical")], &[]),
            alert("Ticket", &[("severity", "warning")], &["slo_id"]),
        ];
        let sides = || {
            [Matcher::equal("severity", "critical"), Matcher::equal("severity", "warning")].map(|it| vec![it])
        };
        let [source, target] = sides();
        let trap = rule(source, target, "slo_id");
        let missing = Fault::MayBeMissing { label: "slo_id".into(), alert: "Other".into() };
        assert_eq!(faults(std::slice::from_ref(&trap), &alerts), [(&trap, missing)]);

        let [mut source, target] = sides();
        source.push(Matcher::present("slo_id"));
        assert_eq!(faults(&[rule(source, target, "slo_id")], &alerts), []);
    }

    #[test]
    fn a_rule_that_matches_nothing_is_found() {
        let alerts = [alert("A", &[("severity", "warning")], &["agent"])];
        let nothing =
            rule(vec![Matcher::equal("agent", "")], vec![Matcher::equal("severity", "warning")], "severity");
        assert_eq!(faults(std::slice::from_ref(&nothing), &alerts), [(&nothing, Fault::Idle)]);
    }
}
