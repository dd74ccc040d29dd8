//! What can be wrong between a registry and the program it is generated for.

use super::Options;
use super::emitted::Sources;
use super::plan::{HandleKind, Plan};
use crate::diagnostic::{Diagnostic, codes};
use crate::entity::{Agent, AgentId, Kind, Kpi};
use crate::registry::Registry;
use crate::suggest::nearest;

/// Places for values in one program at most: 32 MiB of them.
const MOST_CELLS: u64 = 1 << 22;
/// Places of a histogram's series beside its buckets.
const HISTOGRAM_EXTRA: u64 = 4;

/// The agent the program claims to be.
pub(crate) fn agent(registry: &Registry, options: &Options) -> Result<Option<AgentId>, Box<Diagnostic>> {
    let Some(name) = &options.agent else { return Ok(None) };
    registry.agent_named(name).map(Some).ok_or_else(|| {
        let message = format!("the registry has no agent `{name}`");
        let diagnostic = Diagnostic::error(codes::PROGRAM_AGENT, None, message);
        let names: Vec<&str> = registry.agents.iter().map(|agent| agent.name.value.as_str()).collect();
        Box::new(match nearest(name, names.iter().copied()) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None if names.is_empty() => diagnostic.help("declare it under `agents:`"),
            None => diagnostic.help(format!("known agents: {}", names.join(", "))),
        })
    })
}

/// More places for values than a program should have.
pub(crate) fn too_many_cells(plan: &Plan<'_>) -> Option<Diagnostic> {
    let cells_of = |handle: &super::plan::Handle<'_>| {
        let width = match handle.kind {
            HandleKind::Histogram(_, buckets) => plan.buckets[buckets].len() as u64 + HISTOGRAM_EXTRA,
            HandleKind::Info | HandleKind::State => return 1,
            _ => 1,
        };
        let rows = handle.labels.iter().map(|label| plan.labels[*label].label.values.cardinality());
        rows.fold(width, u64::saturating_mul)
    };
    let all = plan.handles.iter().map(cells_of).fold(0, u64::saturating_add);
    let worst = plan.handles.iter().max_by_key(|handle| cells_of(handle))?;
    (all > MOST_CELLS).then(|| {
        let message = format!("the program's KPIs need {all} places for values, more than {MOST_CELLS}");
        Diagnostic::error(codes::TOO_MANY_CELLS, worst.kpi.name.span, message)
            .label(format!("{} of them", cells_of(worst)))
            .help("give it fewer labels, fewer values, or a lower `limit`")
    })
}

/// What the agent must emit and does not, in one finding.
pub(crate) fn never_emitted(
    registry: &Registry,
    plan: &Plan<'_>,
    agent: AgentId,
    program: &Sources,
) -> Option<Diagnostic> {
    let Agent { name: agent_name, .. } = registry.agent(agent);
    let is_due =
        |kpi: &Kpi| kpi.deprecated.is_none() && kpi.agents.iter().any(|listed| listed.value == agent);
    let missing: Vec<_> = plan
        .handles
        .iter()
        .filter(|handle| {
            is_due(handle.kpi) && !program.fields.contains(handle.field.trim_start_matches("r#"))
        })
        .collect();
    let first = missing.first()?;
    let message = match missing.len() {
        1 => format!("agent `{agent_name}` never emits `{}`", first.kpi.name),
        count => format!("agent `{agent_name}` never emits {count} of its KPIs"),
    };
    let label = |kpi: &Kpi| format!("no code writes to `{}`", kpi.name);
    let mut diagnostic =
        Diagnostic::error(codes::NOT_EMITTED, first.kpi.name.span, message).label(label(first.kpi));
    for handle in &missing[1..] {
        diagnostic = diagnostic.also(handle.kpi.name.span, label(handle.kpi));
    }
    let example = match &first.kpi.kind.value {
        _ if !first.labels.is_empty() && first.kind != HandleKind::State => "with(..)",
        Kind::Counter => "inc()",
        Kind::Histogram(_) | Kind::NativeHistogram => "observe(..)",
        _ => "set(..)",
    };
    Some(
        diagnostic
            .help(format!("write to it where it is known, such as `KPIS.{}.{example}`", first.field))
            .help("if another crate does, name its sources: `emitted_in = [\"src\", \"../core/src\"]`")
            .help(format!("if `{agent_name}` is not meant to, take it out of the KPI's `agents:`")),
    )
}
