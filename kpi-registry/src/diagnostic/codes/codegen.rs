//! `KPI08xx`: a program and its registry.

codes! {
    /// A KPI lists this agent, and the agent's code never writes to it. Dashboards and alerts would wait for it for
    /// ever. The sources are read, without what is compiled for tests only; a KPI counts as emitted where a writing
    /// method is called on it, or where the handle is passed on.
    ///
    /// ```text
    /// KPIS.hrv_rmssd.set(Milliseconds(47.2));   // emits it
    /// record(&KPIS.hrv_rmssd);                  // emits it: the handle is passed on
    /// ```
    ///
    /// Where another crate emits it, name that crate's sources: `emitted_in = ["src", "../core/src"]`. Where the agent
    /// is not meant to emit it, take the agent out of the KPI's `agents:`.
    NOT_EMITTED = "KPI0801", "KPI that is never emitted";

    /// The agent that the program claims to be is not in the registry.
    ///
    /// ```text
    /// kpi_runtime::kpis!("kpi_registry.yaml", agent = "nueros");   // wrong
    /// kpi_runtime::kpis!("kpi_registry.yaml", agent = "neuros");   // right
    /// ```
    PROGRAM_AGENT = "KPI0802", "program of an unknown agent";

    /// The program's KPIs together have more places for values than a process should set aside. Each series takes one,
    /// each series of a histogram one per bucket and a few more.
    ///
    /// ```yaml
    /// model: {open: true, limit: 10000}   # wrong beside two more labels of 100 values each
    /// model: {open: true, limit: 20}      # right: what comes after is counted under `_other`
    /// ```
    TOO_MANY_CELLS = "KPI0804", "more series than a program can hold";

    /// A place that `emitted_in` names can't be read, or holds no Rust source.
    ///
    /// ```text
    /// kpi_runtime::kpis!("kpi_registry.yaml", agent = "neuros", emitted_in = ["scr"]);   // wrong
    /// kpi_runtime::kpis!("kpi_registry.yaml", agent = "neuros", emitted_in = ["src"]);   // right
    /// ```
    ///
    /// Places are relative to the directory of the package's `Cargo.toml`.
    UNREADABLE_SOURCE = "KPI0805", "sources that can't be read";
}
