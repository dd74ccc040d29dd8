//! What Mimir and `mimirtool` read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::rules::RuleGroup;

/// A namespace of rules, for `mimirtool rules load`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Namespace<'a> {
    /// Its name.
    pub namespace: String,
    /// The groups.
    pub groups: Vec<RuleGroup<'a>>,
}

/// A part of Mimir's runtime configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuntimeConfig {
    /// Limits by tenant.
    pub overrides: BTreeMap<String, RulerLimits>,
}

/// How many rules a tenant may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulerLimits {
    /// In one group.
    pub ruler_max_rules_per_rule_group: usize,
    /// Groups.
    pub ruler_max_rule_groups_per_tenant: usize,
}
