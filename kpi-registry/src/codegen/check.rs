//! What can be wrong between a registry and the program it is generated for.

use super::Options;
use super::emitted::Sources;
use super::plan::{Handle, HandleKind, Plan, UnitType};
use crate::diagnostic::{Diagnostic, codes};
use crate::entity::{Agent, AgentId, Kpi};
use crate::registry::Registry;
use crate::suggest::nearest;
use crate::value::BuiltinUnit;

/// Places for values in one program at most: 32 MiB of them.
const MOST_CELLS: u64 = 1 << 22;
/// Places of a histogram's series beside its buckets.
const HISTOGRAM_EXTRA: u64 = 4;
/// Places of a native histogram's series: its head, zero, and 64 octaves of eight buckets.
const NATIVE_HISTOGRAM: u64 = 3 + 1 + 64 * 8;

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
    let all = plan.handles.iter().map(|handle| cells_of(handle, plan)).fold(0, u64::saturating_add);
    let worst = plan.handles.iter().max_by_key(|handle| cells_of(handle, plan))?;
    (all > MOST_CELLS).then(|| {
        let message = format!("the program's KPIs need {all} places for values, more than {MOST_CELLS}");
        Diagnostic::error(codes::TOO_MANY_CELLS, worst.kpi.name.span, message)
            .label(format!("{} of them", cells_of(worst, plan)))
            .help("give it fewer labels, fewer values, or a lower `limit`")
    })
}

/// Places of a KPI's values. An info keeps which series is on, a state which of its states.
fn cells_of(handle: &Handle<'_>, plan: &Plan<'_>) -> u64 {
    let width = match handle.kind {
        HandleKind::Histogram(_, buckets) => plan.buckets[buckets].len() as u64 + HISTOGRAM_EXTRA,
        HandleKind::NativeHistogram(_) => NATIVE_HISTOGRAM,
        _ => 1,
    };
    let labels = match handle.kind {
        HandleKind::Info => &[],
        HandleKind::State => handle.labels.split_last().map_or([].as_slice(), |(_, outer)| outer),
        _ => handle.labels.as_slice(),
    };
    let rows = labels.iter().map(|label| plan.labels[*label].label.values.cardinality());
    rows.fold(width, u64::saturating_mul)
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
    let mut missing = Vec::new();
    for handle in &plan.handles {
        if is_due(handle.kpi) && !program.fields.contains(handle.field.trim_start_matches("r#")) {
            missing.push(handle);
        }
    }
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
    let example = match (first.kind, first.labels.as_slice()) {
        (HandleKind::Info, _) | (HandleKind::State, [] | [_]) | (HandleKind::Gauge(_), []) => "set(..)",
        (_, [_, ..]) => "with(..)",
        (HandleKind::Counter(UnitType::Builtin(BuiltinUnit::Bytes)) | HandleKind::FloatCounter(_), []) => {
            "inc_by(..)"
        }
        (HandleKind::Counter(_), []) => "inc()",
        (HandleKind::Histogram(..) | HandleKind::NativeHistogram(_), []) => "observe(..)",
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
    use super::super::generate;
    use super::*;
    use crate::load::load_bytes;
    use std::path::Path;

    fn findings(yaml: &str) -> Vec<String> {
        let loaded = load_bytes(Path::new("kpis.yaml"), yaml.as_bytes().to_vec());
        let registry = loaded.registry.expect("is a registry");
        // A directory without any write.
        let emitted_in = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/codegen")];
        let options = Options { agent: Some("neuros".to_owned()), emitted_in, ..Options::default() };
        let generated = generate(&registry, &loaded.sources, &options);
        generated
            .diagnostics
            .iter()
            .flat_map(|fault| [fault.message.clone()].into_iter().chain(fault.help.iter().take(1).cloned()))
            .collect()
    }

    #[test]
    fn states_by_other_labels_take_places_too() {
        let registry = |kpi: &str| {
            format!(
                "version: 2\nplatform: auren\nagents: {{neuros: {{}}}}\nlabels:\n  a: {{open: true, limit: 3000}}\n  \
                 b: {{open: true, limit: 3000}}\n  state: {{values: [x, y]}}\n\
                 kpis:\n  - {{name: k, description: Something, unit: count, {kpi}}}\n"
            )
        };
        let findings_of_many = findings(&registry("type: state, labels: [a, b, state]"));
        assert!(
            findings_of_many.iter().any(|text| text.contains("places for values")),
            "{findings_of_many:?}"
        );
        // 516 places for each of 9,003 series.
        let findings_of_native = findings(
            &registry("type: native_histogram, labels: [a, state], unit: ms")
                .replace("unit: count, ", "")
                .replace("limit: 3000", "limit: 9000"),
        );
        assert!(
            findings_of_native.iter().any(|text| text.contains("places for values")),
            "{findings_of_native:?}"
        );
        for kpi in ["type: state, labels: [a, state]", "type: info, labels: [a, b]"] {
            assert_eq!(findings(&registry(kpi)), [""; 0], "{kpi}");
        }
    }

    #[test]
    fn the_example_is_how_that_kind_is_written_to() {
        let cases = [
            ("type: info, labels: [a]", "set(..)"),
            ("type: state, labels: [state]", "set(..)"),
            ("type: state, labels: [a, state]", "with(..)"),
            ("type: counter, labels: [a]", "with(..)"),
            ("type: counter", "inc()"),
            ("type: counter, unit: bytes", "inc_by(..)"),
            ("type: counter, unit: usd", "inc_by(..)"),
            ("type: gauge", "set(..)"),
        ];
        for (kpi, method) in cases {
            let unit = if kpi.contains("unit:") { "" } else { "unit: count, " };
            let findings = findings(&format!(
                "version: 2\nplatform: auren\nagents: {{neuros: {{}}}}\nlabels:\n  a: {{values: [x, y]}}\n  \
                 state: {{values: [x, y]}}\nkpis:\n  - {{name: k, description: Something, agents: [neuros], {unit}{kpi}}}\n"
            ));
            let example = format!("`KPIS.k.{method}`");
            assert!(findings.iter().any(|text| text.contains(&example)), "{kpi}: {findings:?}");
        }
    }
}
