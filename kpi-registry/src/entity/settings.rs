//! Settings of the whole registry.

use super::decode::{Cx, named};
use crate::source::{Span, Spanned};
use crate::syntax::{Fields, Node};
use crate::value::{ByText, PromDuration, PrometheusVersion};

/// `defaults:`: what entities get that say nothing themselves.
#[derive(Debug)]
pub struct Defaults {
    /// The team that owns what nobody else does.
    pub owner: Option<String>,
    /// How often Prometheus scrapes; 15s when not said.
    pub scrape_interval: Spanned<PromDuration>,
    /// Start of runbook addresses; `/` and the KPI's name follow.
    pub runbook_base: Option<Spanned<String>>,
    /// Series an agent's process may expose; 10000 when not said.
    pub series_budget: u64,
    /// SLO profile of SLOs that name none: index into the registry's list.
    pub slo_profile: Option<Spanned<usize>>,
}

/// `prometheus:`: the server that rules and windows are checked against.
#[derive(Debug)]
pub struct PrometheusSettings {
    /// Its version; 2.42 when not said.
    pub version: Spanned<PrometheusVersion>,
    /// How long it keeps samples; 15d, its own default, when not said.
    pub retention: Spanned<PromDuration>,
    /// Labels it adds to everything that leaves it.
    pub external_labels: ByText<Spanned<String>>,
}

impl Defaults {
    /// What holds when the registry says nothing; `at` stands for the place.
    pub(crate) fn new(at: Span) -> Self {
        Self {
            owner: None,
            scrape_interval: Spanned::new(PromDuration::from_secs(15), at),
            runbook_base: None,
            series_budget: 10_000,
            slo_profile: None,
        }
    }

    /// `{owner, scrape_interval, runbook_base, series_budget, slo_profile}`.
    pub(crate) fn decode(node: &Node, cx: &mut Cx<'_>) -> Self {
        let mut defaults = Self::new(node.span);
        let Some(mut fields) = Fields::of(node, "`defaults`", cx.out) else { return defaults };
        defaults.owner = cx.words(fields.optional("owner"));
        if let Some(interval) = fields.optional("scrape_interval").and_then(|node| node.duration(cx.out)) {
            defaults.scrape_interval = interval;
        }
        defaults.runbook_base = cx
            .text(fields.optional("runbook_base"))
            .map(|base| base.map(|base| base.trim_end_matches('/').to_owned()));
        if let Some(budget) =
            fields.optional("series_budget").and_then(|node| node.whole(1, u64::MAX, cx.out))
        {
            defaults.series_budget = budget.value;
        }
        defaults.slo_profile = fields.optional("slo_profile").and_then(|node| cx.names.profile(node, cx.out));
        fields.finish(cx.out);
        defaults
    }
}

impl PrometheusSettings {
    /// What holds when the registry says nothing; `at` stands for the place.
    pub(crate) fn new(at: Span) -> Self {
        Self {
            version: Spanned::new(PrometheusVersion::DEFAULT, at),
            retention: Spanned::new(PromDuration::from_secs(15 * 86_400), at),
            external_labels: ByText::default(),
        }
    }

    /// `{version, retention, external_labels}`.
    pub(crate) fn decode(node: &Node, cx: &mut Cx<'_>) -> Self {
        let mut settings = Self::new(node.span);
        let Some(mut fields) = Fields::of(node, "`prometheus`", cx.out) else { return settings };
        if let Some(version) = fields.optional("version").and_then(|node| node.version(cx.out)) {
            settings.version = version.map(Into::into);
        }
        if let Some(retention) = fields.optional("retention").and_then(|node| node.duration(cx.out)) {
            settings.retention = retention;
        }
        for (name, value) in named(fields.optional("external_labels"), "labels", cx.out) {
            if let Some(value) = value.text(cx.out) {
                settings.external_labels.insert(name.value, value);
            }
        }
        fields.finish(cx.out);
        settings
    }
}
