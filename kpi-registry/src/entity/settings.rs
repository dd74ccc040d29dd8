//! Settings of the whole registry.

use crate::source::Spanned;
use crate::value::{PromDuration, PrometheusVersion};
use std::collections::BTreeMap;

/// `defaults:`: what entities get that say nothing themselves.
#[derive(Clone, Debug)]
pub struct Defaults {
    /// The team that owns what nobody else does.
    pub owner: Option<String>,
    /// How often Prometheus scrapes; 15s when not said.
    pub scrape_interval: Spanned<PromDuration>,
    /// Start of runbook addresses; `/` and the KPI's name follow.
    pub runbook_base: Option<String>,
    /// Series an agent's process may expose; 10000 when not said.
    pub series_budget: u64,
    /// SLO profile of SLOs that name none: index into the registry's list.
    pub slo_profile: Option<Spanned<usize>>,
}

/// `prometheus:`: the server that rules and windows are checked against.
#[derive(Clone, Debug)]
pub struct PrometheusSettings {
    /// Its version; 2.42 when not said.
    pub version: PrometheusVersion,
    /// How long it keeps samples; 15d, its own default, when not said.
    pub retention: Spanned<PromDuration>,
    /// Labels it adds to everything that leaves it.
    pub external_labels: BTreeMap<String, Spanned<String>>,
}
