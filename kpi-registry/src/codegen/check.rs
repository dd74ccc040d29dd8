//! What can be wrong between a registry and the program it is generated for.

use super::Options;
use super::emitted::Sources;
use super::plan::{HandleKind, Plan};
use crate::diagnostic::{Diagnostic, codes};
use crate::entity::{Agent, AgentId, Kind, Kpi};
use crate::registry::Registry;
use crate::suggest::nearest;
use crate::value::Version;

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

/// KPIs that were to be gone by the version of the crate.
pub(crate) fn removals(plan: &Plan<'_>, options: &Options) -> Vec<Diagnostic> {
    let Some(release) = options.version.as_deref().and_then(release) else { return Vec::new() };
    plan.handles.iter().filter_map(|handle| past_removal(handle.kpi, release)).collect()
}

/// A release, and whether it is before its final version.
fn release(version: &str) -> Option<(Version, bool)> {
    let version = version.split('+').next()?;
    let (release, pre) = version.split_once('-').map_or((version, false), |(release, _)| (release, true));
    Some((release.parse().ok()?, pre))
}

fn past_removal(kpi: &Kpi, (release, is_pre): (Version, bool)) -> Option<Diagnostic> {
    let deprecation = kpi.deprecated.as_ref()?;
    let remove_in = deprecation.remove_in.as_ref()?;
    if release < remove_in.value || (release == remove_in.value && is_pre) {
        return None;
    }
    let message = format!("`{}` was to go in {}, and this crate is {release}", kpi.name, remove_in.value);
    let diagnostic = Diagnostic::error(codes::PAST_REMOVAL, remove_in.span, message).label("reached");
    Some(match &deprecation.use_instead {
        Some(name) => {
            diagnostic.help(format!("write to `{name}` instead, then delete the entry of `{}`", kpi.name))
        }
        None => diagnostic.help("delete the entry; it has no replacement"),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases() {
        let version = |text: &str| text.parse::<Version>().ok();
        assert_eq!(release("1.2.3").map(|(v, pre)| (Some(v), pre)), Some((version("1.2.3"), false)));
        assert_eq!(release("2.0.0-rc.1+x").map(|(v, pre)| (Some(v), pre)), Some((version("2.0.0"), true)));
        assert_eq!(release("x"), None);
    }
}
