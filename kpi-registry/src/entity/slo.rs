//! Service level objectives.

use super::decode::{Cx, check_name, named};
use super::label::OwnLabels;
use super::tier::decode_tiers;
use super::{BurnTier, KpiId, LabelId};
use crate::diagnostic::{Diagnostic, codes};
use crate::resolve::each_once;
use crate::source::{Span, Spanned};
use crate::syntax::{Fields, Node};
use crate::value::{Decimal, PromDuration};

/// What an SLO, or a profile that SLOs fall back on, may say beside the goal.
#[derive(Debug, Default)]
pub struct SloTerms {
    /// The objective in percent.
    pub objective: Option<Spanned<Decimal>>,
    /// The period.
    pub window: Option<Spanned<PromDuration>>,
    /// The burn-rate tiers; [`BurnTier::DEFAULTS`] when nobody says.
    pub tiers: Option<Spanned<Vec<BurnTier>>>,
    /// A tier with at most so many bad events in its long window stays silent; no such guard when nobody says.
    pub low_traffic: Option<Spanned<u64>>,
    /// After how long without events to alert, `None` inside for never; what the KPI says when nobody does.
    pub no_data: Option<Spanned<Option<PromDuration>>>,
}

/// A named set of SLO defaults.
#[derive(Debug)]
pub struct SloProfile {
    /// Its name.
    pub name: Spanned<String>,
    /// What it says.
    pub terms: SloTerms,
}

/// The SLO inside a KPI. What it leaves out comes from its profile, then the agent's, then that of the defaults.
#[derive(Debug)]
pub struct Slo {
    /// The profiles it falls back on, nearest first: indices into the registry's list, each where it is named.
    pub profiles: Vec<Spanned<usize>>,
    /// What holds after inheritance. A missing objective or period is an error of the checks.
    pub terms: SloTerms,
    /// Labels that are kept apart: the objective holds for each of their values. Those of the target come first.
    pub by: Vec<Spanned<LabelId>>,
    /// What counts as good or bad.
    pub goal: SloGoal,
    /// The whole value of `slo:`.
    pub span: Span,
}

/// What an SLO measures.
#[derive(Debug)]
pub enum SloGoal {
    /// A counter: series with these label values are bad events.
    Bad(Vec<(Spanned<LabelId>, Vec<Spanned<String>>)>),
    /// A histogram: observations above this duration are bad.
    Latency(Spanned<PromDuration>),
    /// A gauge: time outside this range is bad; an end left out is open.
    InRange {
        /// Lower end.
        min: Option<Spanned<Decimal>>,
        /// Upper end.
        max: Option<Spanned<Decimal>>,
    },
    /// Nothing was said.
    Missing,
}

/// An SLO over several KPIs, written under `slos:`.
#[derive(Debug)]
pub struct OwnSlo {
    /// Its name.
    pub name: Spanned<String>,
    /// What it promises.
    pub description: Option<String>,
    /// The KPIs it covers, all of one kind.
    pub kpis: Vec<Spanned<KpiId>>,
    /// The team of its alerts.
    pub owner: Option<String>,
    /// Where its runbook is.
    pub runbook: Option<String>,
    /// What to do when it is in danger.
    pub action: Option<String>,
    /// The objective, period and goal.
    pub slo: Slo,
}

/// Any SLO: inside a KPI, or over several.
#[derive(Debug)]
pub struct AnySlo<'a> {
    /// Its name: the KPI's, or its own.
    pub name: &'a Spanned<String>,
    /// The objective, period and goal.
    pub slo: &'a Slo,
    /// The KPIs it covers.
    pub kpis: Vec<KpiId>,
    /// Its entry, when it is written under `slos:`.
    pub own: Option<&'a OwnSlo>,
}

impl SloTerms {
    fn decode(fields: &mut Fields<'_>, cx: &mut Cx<'_>) -> Self {
        Self {
            objective: fields.optional("objective").and_then(|node| node.percent(cx.out)),
            window: fields.optional("window").and_then(|node| node.duration(cx.out)),
            tiers: fields.optional("tiers").map(|node| decode_tiers(node, cx)),
            low_traffic: fields.optional("low_traffic").and_then(|node| node.whole(1, u64::MAX, cx.out)),
            no_data: fields.optional("no_data").and_then(|node| decode_no_data(node, cx)),
        }
    }

    /// Takes what it leaves out.
    fn fall_back_on(&mut self, other: &Self) {
        let Self { objective, window, tiers, low_traffic, no_data } = self;
        *objective = objective.or(other.objective);
        *window = window.or(other.window);
        if tiers.is_none() {
            tiers.clone_from(&other.tiers);
        }
        *low_traffic = low_traffic.or(other.low_traffic);
        *no_data = no_data.or(other.no_data);
    }
}

/// A duration, or `off`.
pub(super) fn decode_no_data(node: &Node, cx: &mut Cx<'_>) -> Option<Spanned<Option<PromDuration>>> {
    if matches!(node.scalar(), Some("off" | "false")) {
        return Some(Spanned::new(None, node.span));
    }
    Some(node.duration(cx.out)?.map(Some))
}

impl SloProfile {
    /// `{objective, window, tiers, low_traffic, no_data}`.
    pub(crate) fn decode(name: Spanned<String>, node: &Node, cx: &mut Cx<'_>) -> Self {
        let mut terms = SloTerms::default();
        if let Some(mut fields) = Fields::of(node, "an SLO profile", cx.out) {
            terms = SloTerms::decode(&mut fields, cx);
            fields.finish(cx.out);
        }
        Self { name, terms }
    }
}

impl Slo {
    /// `{profile, objective, window, tiers, low_traffic, no_data, by}` and one of `latency: 250ms`,
    /// `bad: {status: [server_error]}` and `in_range: {min, max}`. `inherited` are the profiles to fall back on,
    /// nearest first.
    pub(crate) fn decode(
        node: &Node,
        labels: &OwnLabels,
        inherited: &[Option<Spanned<usize>>],
        profiles: &[SloProfile],
        cx: &mut Cx<'_>,
    ) -> Option<Self> {
        let mut fields = Fields::of(node, "`slo`", cx.out)?;
        let slo = Self::from_fields(&mut fields, node.span, labels, inherited, profiles, cx);
        fields.finish(cx.out);
        Some(slo)
    }

    fn from_fields(
        fields: &mut Fields<'_>,
        span: Span,
        labels: &OwnLabels,
        inherited: &[Option<Spanned<usize>>],
        profiles: &[SloProfile],
        cx: &mut Cx<'_>,
    ) -> Self {
        let own = fields.optional("profile").and_then(|node| cx.names.profile(node, cx.out));
        let mut terms = SloTerms::decode(fields, cx);
        let by = fields.optional("by").map(|node| labels.refer_all(node, cx)).unwrap_or_default();
        let goal = SloGoal::decode(fields, labels, cx);
        let chain: Vec<Spanned<usize>> = [own].iter().chain(inherited).flatten().copied().collect();
        for profile in &chain {
            if let Some(profile) = profiles.get(profile.value) {
                terms.fall_back_on(&profile.terms);
            }
        }
        Self { profiles: chain, terms, by, goal, span }
    }

    /// The burn-rate tiers that are asked for, or the defaults.
    pub fn tiers(&self) -> &[BurnTier] {
        self.terms.tiers.as_ref().map_or(&BurnTier::DEFAULTS, |tiers| &tiers.value)
    }
}

impl SloGoal {
    /// Whether it counts moments at which a value is bad, and not events.
    pub const fn is_time(&self) -> bool {
        matches!(self, Self::InRange { .. })
    }

    fn decode(fields: &mut Fields<'_>, labels: &OwnLabels, cx: &mut Cx<'_>) -> Self {
        let (latency, bad, range) =
            (fields.optional("latency"), fields.optional("bad"), fields.optional("in_range"));
        let said = [latency, bad, range];
        let mut said = said.iter().flatten();
        if let (Some(first), Some(second)) = (said.next(), said.next()) {
            cx.out.push(
                Diagnostic::error(
                    codes::SLO_GOALS,
                    second.span,
                    "an SLO has one goal, and this is a second one",
                )
                .also(first.span, "the first one")
                .help("keep one; a KPI that needs both gets the other under `slos:`"),
            );
        }
        let goal = if let Some(node) = latency {
            node.duration(cx.out).map(Self::Latency)
        } else if let Some(node) = bad {
            Some(Self::Bad(decode_bad(node, labels, cx)))
        } else {
            range.and_then(|node| decode_range(node, cx))
        };
        goal.unwrap_or(Self::Missing)
    }
}

fn decode_bad(
    node: &Node,
    labels: &OwnLabels,
    cx: &mut Cx<'_>,
) -> Vec<(Spanned<LabelId>, Vec<Spanned<String>>)> {
    let mut bad = Vec::new();
    for (name, values) in named(Some(node), "labels with their bad values", cx.out) {
        let values = match values.scalar() {
            Some(_) => cx.text(Some(values)).into_iter().collect(),
            None => cx.texts(Some(values), "label values"),
        };
        if let Some(label) = labels.refer(&name, cx.out) {
            bad.push((label, values));
        }
    }
    bad
}

fn decode_range(node: &Node, cx: &mut Cx<'_>) -> Option<SloGoal> {
    let mut fields = Fields::of(node, "`in_range`", cx.out)?;
    let mut end = |key| fields.optional(key).and_then(|node| node.number(cx.out));
    let (min, max) = (end("min"), end("max"));
    if !fields.has("min") && !fields.has("max") {
        fields.required("min");
    }
    fields.finish(cx.out);
    Some(SloGoal::InRange { min, max })
}

impl OwnSlo {
    /// `{name, description, kpis, owner, runbook, action}` and what an SLO of a KPI may say. Labels under `bad` and
    /// `by` are those of the first KPI; `labels_of` looks them up.
    pub(crate) fn decode(
        node: &Node,
        profiles: &[SloProfile],
        default: Option<Spanned<usize>>,
        labels_of: impl Fn(KpiId) -> OwnLabels,
        cx: &mut Cx<'_>,
    ) -> Option<Self> {
        let mut fields = Fields::of(node, "an SLO", cx.out)?;
        let name = cx.text(fields.required("name"));
        if let Some(name) = &name {
            check_name(name, "an SLO", cx.out);
        }
        let description = cx.words(fields.optional("description"));
        let kpis = fields
            .required("kpis")
            .map(|list| each_once(list, "KPIs", cx.out, |item, out| cx.names.kpi(item, out)))
            .unwrap_or_default();
        let labels = kpis.first().map(|kpi| labels_of(kpi.value)).unwrap_or_default();
        let owner = cx.words(fields.optional("owner"));
        let runbook = cx.words(fields.optional("runbook"));
        let action = cx.words(fields.optional("action"));
        let slo = Slo::from_fields(&mut fields, node.span, &labels, &[default], profiles, cx);
        let complete = fields.finish(cx.out);
        Some(Self { name: name.filter(|_| complete)?, description, kpis, owner, runbook, action, slo })
    }
}
