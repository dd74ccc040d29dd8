//! What a Prometheus server reads.

mod alerting;
mod derived;
mod drive;
mod recording_rules;
mod remote_write;
mod rule_tests;
mod rules;
mod scrape;
mod shard;
mod slo;
mod threshold_alerts;
mod timeline;

pub(super) use alerting::names_of_agents_down;
pub use alerting::{AlertLabels, alert_labels};
pub use derived::DerivedRules;
pub use recording_rules::RecordingRules;
pub use rule_tests::RuleTests;
pub(super) use rules::{Rules, Section};
pub use scrape::{RUNTIME_LABELS, Scrape};
pub(super) use slo::label_sets as slo_label_sets;
pub(super) use slo::{PAGE, TICKET, promises};
pub use slo::{SloRules, SloTests};
pub use threshold_alerts::ThresholdAlerts;

/// Where rule files are, relative to the output directory; the scrape configuration reads every `*.yml` there.
pub const RULES: &str = "prometheus/rules";

/// Where tests of rules are, relative to the output directory.
pub const TESTS: &str = "prometheus/tests";

/// The way from there to the rule files.
const RULES_FROM_TESTS: &str = "../rules";
