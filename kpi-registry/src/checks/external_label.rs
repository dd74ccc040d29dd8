//! Labels that Prometheus adds to everything that leaves it.

use super::label::ALERT_LABELS;
use super::prelude::*;

check! {
    /// Prometheus adds its `external_labels` to everything that leaves it, but never over a label that is there already. A
    /// label of the same name on a KPI or an alert hides which Prometheus the series came from.
    ///
    /// ```yaml
    /// prometheus: {external_labels: {region: eu1}}
    /// labels: {region: {values: [eu, us]}}          # wrong
    /// labels: {user_region: {values: [eu, us]}}     # right
    /// ```
    ExternalLabel = "KPI0348", "external label that a KPI has too", external_label
}

fn external_label(registry: &Registry, out: &mut Diagnostics) {
    let (said, targets) = (&registry.prometheus.external_labels, &registry.targets);
    let replica = targets.replica.as_ref().map(|replica| (&targets.replica_label, replica));
    let external: Vec<_> = said.iter().chain(replica).collect();
    for label in &registry.labels {
        if let Some((_, value)) = external.iter().find(|(name, _)| **name == label.name.value) {
            out.push(
                Diagnostic::warning(
                    ExternalLabel::CODE,
                    label.name.span,
                    format!("`{}` is also an external label of Prometheus", label.name),
                )
                .label("wins over the external label")
                .also(value.span, "the external label")
                .help("rename one of the two"),
            );
        }
    }
    if let Some((name, replica)) = replica
        && let Some(value) = said.get(name)
    {
        out.push(
            Diagnostic::warning(
                ExternalLabel::CODE,
                value.span,
                format!("the external label `{name}` is that of the replica"),
            )
            .label("replaced by the replica")
            .also(replica.span, "the replica")
            .help("remove one of the two, or choose another `replica_label`"),
        );
    }
    for (name, value) in external {
        if ALERT_LABELS.contains(&name.as_str()) || matches!(name.as_str(), "job" | "instance" | "agent") {
            out.push(
                Diagnostic::warning(
                    ExternalLabel::CODE,
                    value.span,
                    format!("the external label `{name}` is set on series or alerts already"),
                )
                .label("will be hidden")
                .help("choose another name for the external label"),
            );
        }
    }
}
