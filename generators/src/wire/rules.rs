//! Rule files and tests of rules, as Prometheus and promtool read them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A file of rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// How often it is evaluated, when not the server's own interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<String>,
    /// The rules, in order of evaluation.
    pub rules: Vec<Rule<'a>>,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Rule<'a> {
    /// Stores the values of an expression under a new name.
    Record(Record<'a>),
    /// Fires while an expression has values.
    Alert(Alert<'a>),
}

impl Rule<'_> {
    /// The expression.
    pub fn expr(&self) -> &str {
        match self {
            Self::Record(record) => &record.expr,
            Self::Alert(alert) => &alert.expr,
        }
    }
}

/// A recording rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record<'a> {
    /// The new name.
    pub record: String,
    /// The expression.
    pub expr: String,
    /// Labels to add or replace.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<Cow<'a, str>, Cow<'a, str>>,
}

/// An alerting rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alert<'a> {
    /// Its name.
    pub alert: Cow<'a, str>,
    /// The expression.
    pub expr: String,
    /// How long the expression must have had a value.
    #[serde(rename = "for", default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<String>,
    /// How long it goes on firing when the expression has no value any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_firing_for: Option<String>,
    /// Labels to add or replace; values are templates.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<Cow<'a, str>, Cow<'a, str>>,
    /// Texts for people; values are templates.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<Cow<'a, str>, Cow<'a, str>>,
}

impl<'a> RuleGroup<'a> {
    /// A group that is evaluated as often as the server says.
    pub fn new(name: String, rules: Vec<Rule<'a>>) -> Self {
        Self { name, interval: None, rules }
    }
}

/// A file of tests, for `promtool test rules`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestFile<'a> {
    /// The rule files under test, relative to this file.
    pub rule_files: Vec<String>,
    /// How often rules are evaluated.
    pub evaluation_interval: String,
    /// The tests; each starts with an empty database.
    pub tests: Vec<Test<'a>>,
}

/// One test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Test<'a> {
    /// What is tested.
    pub name: String,
    /// The time between two samples.
    pub interval: String,
    /// The samples.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub input_series: Vec<InputSeries>,
    /// What is expected to fire.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alert_rule_test: Vec<AlertTest<'a>>,
    /// What expressions are expected to give.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promql_expr_test: Vec<ExprTest>,
}

/// What an expression is expected to give at one time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExprTest {
    /// The expression.
    pub expr: String,
    /// The time since the first sample.
    pub eval_time: String,
    /// Every sample; none is the same as an empty list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exp_samples: Vec<ExpectedSample>,
}

/// A sample that an expression gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedSample {
    /// Its labels, as a selector.
    pub labels: String,
    /// Its value, a whole number: no other is sure to come out to the last digit.
    pub value: i64,
}

/// A series of samples.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputSeries {
    /// Name and labels.
    pub series: String,
    /// The samples, in promtool's notation: `20x40 _x4 stale`.
    pub values: String,
}

/// What is expected of the alerts of one name at one time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertTest<'a> {
    /// The time since the first sample.
    pub eval_time: String,
    /// The name of the alert.
    pub alertname: Cow<'a, str>,
    /// Every alert that fires; none is the same as an empty list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exp_alerts: Vec<ExpectedAlert<'a>>,
}

/// An alert that fires.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedAlert<'a> {
    /// Its labels, without the name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub exp_labels: BTreeMap<Cow<'a, str>, Cow<'a, str>>,
    /// Its texts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub exp_annotations: BTreeMap<Cow<'a, str>, Cow<'a, str>>,
}
