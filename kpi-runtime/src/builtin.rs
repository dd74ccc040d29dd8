//! The families that every endpoint exposes beside the KPIs.

/// Their names, in every format: no registry may take them.
pub(crate) const NAMES: &[&str] = &[
    "kpi_build",
    "kpi_build_info",
    "kpi_runtime_rejected",
    "kpi_runtime_rejected_total",
    "kpi_runtime_overflowed",
    "kpi_runtime_overflowed_total",
    "kpi_runtime_conflicts",
    "process_cpu_seconds",
    "process_cpu_seconds_total",
    "process_max_fds",
    "process_open_fds",
    "process_resident_memory_bytes",
    "process_start_time_seconds",
    "process_virtual_memory_bytes",
];
