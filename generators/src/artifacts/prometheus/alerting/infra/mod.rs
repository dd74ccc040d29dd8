//! Alerts on what KPIs run on: containers, disks, and Prometheus and Alertmanager themselves.
//!
//! They read metrics of others, so each needs its catalog under `external_metrics: {use: [...]}`.

mod container;
mod disk;
mod server;

use std::collections::BTreeMap;

use kpi_registry::entity::Severity;
use kpi_registry::promql::{BinaryOp, Expr, Matching};
use kpi_registry::value::{Decimal, PromDuration};

use super::names::Names;
use super::{Alert, Condition, Context};
use crate::artifacts::prometheus::timeline::{Labels, Motion};
use crate::wire::template::Template;

/// A condition on metrics of others, with series that show it at work.
pub(in crate::artifacts::prometheus) struct Watch {
    /// Its PromQL.
    pub(in crate::artifacts::prometheus) expr: Expr,
    /// How far it looks back.
    pub(in crate::artifacts::prometheus) window: PromDuration,
    /// The series it reads.
    pub(in crate::artifacts::prometheus) series: Vec<String>,
    /// How they move while all is well, be it only just; one after the other, and the last one again afterwards. A time
    /// of zero is one in which the alert makes up its mind.
    pub(in crate::artifacts::prometheus) fine: Vec<(PromDuration, Vec<Motion>)>,
    /// And when they are bad.
    pub(in crate::artifacts::prometheus) bad: Vec<Motion>,
    /// The labels and the value of what then fires.
    pub(in crate::artifacts::prometheus) fires: (BTreeMap<&'static str, String>, f64),
}

/// What is said about an infrastructure alert.
struct Words<'a> {
    severity: Severity,
    hold: PromDuration,
    agent: &'a str,
    owner: Option<&'a str>,
    summary: Template<'a>,
    description: Template<'a>,
}

/// Alerts on the container of every agent, by the agent's section.
pub(super) use container::alerts as container;

/// Alerts on what all agents share.
pub(super) fn shared<'a>(context: &Context<'a>, names: &mut Names) -> Vec<Alert<'a>> {
    let mut alerts = disk::alerts(context, names);
    alerts.extend(server::alerts(context, names));
    alerts
}

fn alert(name: String, watch: Watch, words: Words<'_>) -> Alert<'_> {
    let Words { severity, hold, agent, owner, summary, description } = words;
    let owner = owner.map(|owner| ("team", Template::text(owner)));
    let labels = [("severity", Template::text(severity.as_str())), ("agent", Template::text(agent))];
    Alert {
        name,
        condition: Condition::Watched(Box::new(watch)),
        hold,
        keep_firing_for: None,
        labels: labels.into_iter().chain(owner).collect(),
        annotations: [("summary", summary), ("description", description)].into(),
    }
}

/// `left and on () right`: only where there is a right side at all.
fn where_any(left: Expr, right: Expr) -> Expr {
    left.binary_matching(BinaryOp::And, Matching::on(Vec::<String>::new()), right)
}

/// Name and labels of a series.
fn series(metric: &str, labels: &BTreeMap<&'static str, String>) -> String {
    let labels: Labels<'_> = labels.iter().map(|(name, value)| (*name, value.as_str())).collect();
    crate::artifacts::prometheus::drive::series(metric, &labels)
}

/// As long as the alert takes.
const LONG: PromDuration = PromDuration::ZERO;

fn stays(value: u32) -> Motion {
    Motion::Stays(Decimal::from(value))
}

fn grows(by: u32) -> Motion {
    Motion::Grows(Decimal::from(by))
}

const fn minutes(count: u64) -> PromDuration {
    PromDuration::from_minutes(count)
}
