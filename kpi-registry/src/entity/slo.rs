//! Service level objectives.

use super::decode::{Cx, named};
use super::label::OwnLabels;
use super::{KpiId, LabelId};
use crate::diagnostic::{Diagnostic, codes};
use crate::resolve::each_once;
use crate::source::{Span, Spanned};
use crate::syntax::{Fields, Node};
use crate::value::{Decimal, PromDuration};

/// A named set of SLO defaults.
#[derive(Clone, Debug)]
pub struct SloProfile {
    /// Its name.
    pub name: Spanned<String>,
    /// The objective in percent.
    pub objective: Option<Spanned<Decimal>>,
    /// The period.
    pub window: Option<Spanned<PromDuration>>,
}

/// The SLO inside a KPI. What it leaves out comes from the profile, then the agent, then the defaults.
#[derive(Clone, Debug)]
pub struct Slo {
    /// Index of its profile in the registry's list.
    pub profile: Option<Spanned<usize>>,
    /// The objective in percent, after inheritance; `None` when nobody says (an error of the checks).
    pub objective: Option<Spanned<Decimal>>,
    /// The period, after inheritance; `None` when nobody says.
    pub window: Option<Spanned<PromDuration>>,
    /// What counts as good or bad.
    pub goal: SloGoal,
    /// The whole value of `slo:`.
    pub span: Span,
}

/// What an SLO measures.
#[derive(Clone, Debug)]
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
#[derive(Clone, Debug)]
pub struct OwnSlo {
    /// Its name.
    pub name: Spanned<String>,
    /// What it promises.
    pub description: Option<String>,
    /// The KPIs it covers, all of one kind.
    pub kpis: Vec<Spanned<KpiId>>,
    /// The objective, period and goal.
    pub slo: Slo,
}

impl SloProfile {
    /// `{objective, window}`.
    pub(crate) fn decode(name: Spanned<String>, node: &Node, cx: &mut Cx<'_>) -> Self {
        let (mut objective, mut window) = (None, None);
        if let Some(mut fields) = Fields::of(node, "an SLO profile", cx.out) {
            objective = fields.optional("objective").and_then(|node| percent(node, cx));
            window = fields.optional("window").and_then(|node| node.duration(cx.out));
            fields.finish(cx.out);
        }
        Self { name, objective, window }
    }
}

impl Slo {
    /// `{profile, objective, window}` and one of `latency: 250ms`, `bad: {status: [server_error]}` and
    /// `in_range: {min, max}`. `inherited` are the profiles to fall back on, nearest first.
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
        let objective = fields.optional("objective").and_then(|node| percent(node, cx));
        let window = fields.optional("window").and_then(|node| node.duration(cx.out));
        let goal = SloGoal::decode(fields, labels, cx);
        let chain: Vec<Spanned<usize>> = [own].iter().chain(inherited).flatten().copied().collect();
        let inherit = |profile: &Spanned<usize>| profiles.get(profile.value);
        Self {
            profile: chain.first().copied(),
            objective: objective
                .or_else(|| chain.iter().filter_map(inherit).find_map(|profile| profile.objective)),
            window: window.or_else(|| chain.iter().filter_map(inherit).find_map(|profile| profile.window)),
            goal,
            span,
        }
    }
}

impl SloGoal {
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

/// A percentage: `99.9`, or `99.9%`.
fn percent(node: &Node, cx: &mut Cx<'_>) -> Option<Spanned<Decimal>> {
    if let Some(number) =
        node.scalar().and_then(|text| text.strip_suffix('%')).and_then(|text| text.trim().parse().ok())
    {
        return Some(Spanned::new(number, node.span));
    }
    node.number(cx.out)
}

impl OwnSlo {
    /// `{name, description, kpis, profile, objective, window, latency | bad | in_range}`. Labels under `bad` are those
    /// of the first KPI; `labels_of` looks them up.
    pub(crate) fn decode(
        node: &Node,
        profiles: &[SloProfile],
        default: Option<Spanned<usize>>,
        labels_of: impl Fn(KpiId) -> OwnLabels,
        cx: &mut Cx<'_>,
    ) -> Option<Self> {
        let mut fields = Fields::of(node, "an SLO", cx.out)?;
        let name = cx.text(fields.required("name"));
        let description = cx.words(fields.optional("description"));
        let kpis = fields
            .required("kpis")
            .map(|list| each_once(list, "KPIs", cx.out, |item, out| cx.names.kpi(item, out)))
            .unwrap_or_default();
        let labels = kpis.first().map(|kpi| labels_of(kpi.value)).unwrap_or_default();
        let slo = Slo::from_fields(&mut fields, node.span, &labels, &[default], profiles, cx);
        let complete = fields.finish(cx.out);
        Some(Self { name: name.filter(|_| complete)?, description, kpis, slo })
    }
}
