//! `KPI09xx`: the first version of the registry.

codes! {
    /// The file is written in version 1. It is read with the same meaning, and everything version 1 can't say (types,
    /// labels with bounds, SLOs, panels) gets its default. `kpi migrate` rewrites it and keeps the comments.
    ///
    /// ```text
    /// kpi migrate --registry kpi_registry.yaml
    /// ```
    VERSION_1 = "KPI0901", "registry of version 1";

    /// A key of version 1 has no counterpart and is left out.
    ///
    /// ```yaml
    /// export_config: {influxdb: {enabled: true}}     # not read
    /// export_config: {prometheus: {prefix: auren_}}  # read
    /// ```
    V1_LEFT_OUT = "KPI0902", "part of version 1 is left out";

    /// An export label of version 1 has no bound: every user, every moment would make a series of its own on every KPI.
    /// It is left out.
    ///
    /// ```yaml
    /// export_config: {prometheus: {labels: [user_id]}}               # version 1: unbounded
    /// labels: {measurement_source: {values: [watch, ring, manual]}}  # version 2: bounded
    /// ```
    V1_UNBOUNDED_LABEL = "KPI0903", "export label without a bound";

    /// A condition of version 1 is more than a comparison with a number, and no threshold can carry it. It is left
    /// out; write it as an alert of one's own.
    ///
    /// ```yaml
    /// caution_if_drop_pct: ">= 10 over 7d"   # version 1
    /// alerts:                                # version 2
    ///   - {name: HrvFalling, expr: "...", severity: warning}
    /// ```
    V1_CONDITION = "KPI0904", "condition that no threshold can carry";

    /// A binding draws the line elsewhere than the registry. Each of the two may be meant, but not both: the agent's own
    /// line holds for its alerts, the registry's for everybody else's.
    ///
    /// ```yaml
    /// risk_thresholds: {critical: {condition: "< 20"}}   # the registry
    /// alerting: {risk_if: "< 25"}                        # the binding
    /// ```
    V1_DISAGREES = "KPI0905", "binding and registry disagree";

    /// A KPI breaks a rule that the registry's own `validation_rules` set.
    ///
    /// ```yaml
    /// validation_rules:
    ///   - {field: unit, allowed_values: [milliseconds, hours]}
    /// kpis:
    ///   - {name: debt, unit: minutes}   # wrong by that rule
    /// ```
    V1_RULE = "KPI0906", "validation rule is broken";

    /// A file without `version: 2` uses a key of version 2. Both forms in one file would leave it open which meaning
    /// the rest has.
    ///
    /// ```yaml
    /// version: "1.1"   # wrong beside `thresholds:`
    /// version: 2       # right
    /// ```
    V1_NEWER_KEY = "KPI0907", "key of version 2 in a file of version 1";

    /// Alerts of version 1 had names for three levels; this condition falls on a threshold that another one has taken.
    ///
    /// ```yaml
    /// risk_thresholds:
    ///   warning: {condition: "> 4"}
    ///   elevated: {condition: "> 3"}   # also a warning above: left out
    /// ```
    V1_LEVEL_TAKEN = "KPI0908", "two conditions for one level";
}
