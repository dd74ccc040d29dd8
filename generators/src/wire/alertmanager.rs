//! Alertmanager's configuration, as far as it is generated; every field is known to Alertmanager 0.25.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The whole configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The route that every alert enters.
    pub route: Route,
    /// Which alerts silence which.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inhibit_rules: Vec<Inhibition>,
    /// Where alerts go.
    pub receivers: Vec<Receiver>,
}

/// A node of the route tree.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Which alerts enter; all of them when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub matchers: Vec<Matcher>,
    /// Where alerts go that no child takes; the parent's when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receiver: Option<String>,
    /// The labels that make a group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group_by: Vec<String>,
    /// How long a new group waits for more alerts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_wait: Option<String>,
    /// How long until a changed group is sent again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_interval: Option<String>,
    /// How long until an unchanged group is sent again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat_interval: Option<String>,
    /// Whether routes after this one may take the alert as well.
    #[serde(default, rename = "continue", skip_serializing_if = "std::ops::Not::not")]
    pub goes_on: bool,
    /// The children; the first that matches takes the alert.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<Route>,
}

/// While a source fires, targets with equal labels are silent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inhibition {
    /// The alerts that silence.
    pub source_matchers: Vec<Matcher>,
    /// The alerts that are silenced.
    pub target_matchers: Vec<Matcher>,
    /// The labels that must be equal. A label missing on both sides counts as equal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub equal: Vec<String>,
}

/// A named place alerts go to; without integrations it swallows them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receiver {
    /// The name that routes use.
    pub name: String,
    /// Services of `PagerDuty`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pagerduty_configs: Vec<PagerDuty>,
    /// Slack channels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slack_configs: Vec<Slack>,
    /// Opsgenie accounts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opsgenie_configs: Vec<Opsgenie>,
    /// Webhooks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub webhook_configs: Vec<Webhook>,
    /// Mail addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub email_configs: Vec<Email>,
}

/// A service of `PagerDuty`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PagerDuty {
    /// Whether the end of an alert is sent too.
    pub send_resolved: bool,
    /// File with the integration key.
    pub routing_key_file: String,
}

/// A Slack channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slack {
    /// Whether the end of an alert is sent too.
    pub send_resolved: bool,
    /// File with the webhook's address.
    pub api_url_file: String,
    /// The channel; the webhook's own when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The message's title.
    pub title: String,
    /// The message.
    pub text: String,
}

/// An Opsgenie account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opsgenie {
    /// Whether the end of an alert is sent too.
    pub send_resolved: bool,
    /// File with the key.
    pub api_key_file: String,
}

/// A webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// Whether the end of an alert is sent too.
    pub send_resolved: bool,
    /// The address.
    pub url: String,
}

/// A mail address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Email {
    /// Whether the end of an alert is sent too.
    pub send_resolved: bool,
    /// The recipient.
    pub to: String,
    /// The sender.
    pub from: String,
    /// `host:port` of the mail server.
    pub smarthost: String,
}

/// Tests of the routes; `kpi test` runs each through `amtool config routes test`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteTests {
    /// The tests.
    pub tests: Vec<RouteTest>,
}

/// Who must get an alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteTest {
    /// The labels of the alert that matter.
    pub labels: BTreeMap<String, String>,
    /// Every receiver that gets it, in order.
    pub receivers: Vec<String>,
}

/// A condition on one label, written `name="value"`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Matcher {
    /// The label.
    pub label: String,
    /// How it is compared.
    pub operator: Operator,
    /// With what.
    pub value: String,
}

/// How a [`Matcher`] compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`
    Matches,
}

impl Matcher {
    /// The label has this value; with an empty one, the alert has no such label.
    pub fn equal(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), operator: Operator::Equal, value: value.into() }
    }

    /// The alert has such a label.
    pub fn present(label: impl Into<String>) -> Self {
        Self { label: label.into(), operator: Operator::NotEqual, value: String::new() }
    }

    /// The label has one of these values.
    pub fn one_of<'a>(label: impl Into<String>, values: impl IntoIterator<Item = &'a str>) -> Self {
        let values: Vec<String> = values.into_iter().map(super::regex_literal).collect();
        Self { label: label.into(), operator: Operator::Matches, value: values.join("|") }
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operator = match self.operator {
            Operator::Equal => "=",
            Operator::NotEqual => "!=",
            Operator::Matches => "=~",
        };
        write!(f, "{}{operator}\"", self.label)?;
        for c in self.value.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                '\n' => f.write_str("\\n")?,
                c => write!(f, "{c}")?,
            }
        }
        f.write_str("\"")
    }
}

impl From<Matcher> for String {
    fn from(matcher: Matcher) -> Self {
        matcher.to_string()
    }
}

/// The text is not a matcher as [`Matcher`] writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MatcherError;

impl fmt::Display for MatcherError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a matcher such as `severity=\"critical\"`")
    }
}

impl std::error::Error for MatcherError {}

impl FromStr for Matcher {
    type Err = MatcherError;

    fn from_str(text: &str) -> Result<Self, MatcherError> {
        let name = text.find(['=', '!']).ok_or(MatcherError)?;
        let (label, rest) = text.split_at(name);
        let operators = [("!=", Operator::NotEqual), ("=~", Operator::Matches), ("=", Operator::Equal)];
        let (rest, operator) = operators
            .into_iter()
            .find_map(|(sign, operator)| Some((rest.strip_prefix(sign)?, operator)))
            .ok_or(MatcherError)?;
        let quoted = rest.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).ok_or(MatcherError)?;
        let mut value = String::new();
        let mut chars = quoted.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some('n') => value.push('\n'),
                    Some(escaped @ ('"' | '\\')) => value.push(escaped),
                    _ => return Err(MatcherError),
                },
                '"' => return Err(MatcherError),
                c => value.push(c),
            }
        }
        Ok(Self { label: label.to_owned(), operator, value })
    }
}

impl TryFrom<String> for Matcher {
    type Error = MatcherError;

    fn try_from(text: String) -> Result<Self, MatcherError> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matchers_come_back() {
        let awkward = "a\"b\\c\nd|é";
        for matcher in
            [Matcher::equal("x", awkward), Matcher::present("x"), Matcher::one_of("x", [awkward, "b.c"])]
        {
            assert_eq!(matcher.to_string().parse(), Ok(matcher));
        }
        assert_eq!(Matcher::one_of("x", ["a.b", "c"]).to_string(), r#"x=~"a\\.b|c""#);
        for text in ["", "x", "x=", "x=1", r#"x="a"b""#, r#"x="\q""#] {
            assert_eq!(text.parse::<Matcher>(), Err(MatcherError), "{text}");
        }
    }
}
