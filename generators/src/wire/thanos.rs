//! Rule files as Thanos Ruler reads them.

use serde::{Deserialize, Serialize};

use super::rules::{self, Rule};

/// A file of rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile<'a> {
    /// The groups; each is evaluated by itself.
    pub groups: Vec<RuleGroup<'a>>,
}

/// Rules that are evaluated one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleGroup<'a> {
    /// Unique in the file.
    pub name: String,
    /// How often it is evaluated, when not the ruler's own interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<String>,
    /// What is done with an answer that a source is missing from.
    pub partial_response_strategy: PartialResponseStrategy,
    /// The rules, in order of evaluation.
    pub rules: Vec<Rule<'a>>,
}

/// What is done with an answer that a source is missing from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PartialResponseStrategy {
    /// The rule fails.
    Abort,
    /// The rule takes what there is.
    Warn,
}

impl<'a> RuleGroup<'a> {
    /// A group of Prometheus with a strategy.
    pub fn new(group: rules::RuleGroup<'a>, partial_response_strategy: PartialResponseStrategy) -> Self {
        let rules::RuleGroup { name, interval, rules } = group;
        Self { name, interval, partial_response_strategy, rules }
    }
}
