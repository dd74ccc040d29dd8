//! The families that every endpoint exposes beside the KPIs.

use crate::conflict::Verdict;
use crate::descriptor::About;
use crate::gather;
use crate::snapshot::{Family, Kind, Series, Value};
use crate::sorted::Sorted;
use crate::store::Core;

/// Their names, in every format: no registry may take them.
pub(crate) const NAMES: &[&str] = &[
    "kpi_build",
    "kpi_build_info",
    "kpi_runtime_callback_panics",
    "kpi_runtime_callback_panics_total",
    "kpi_runtime_rejected",
    "kpi_runtime_rejected_total",
    "kpi_runtime_overflowed",
    "kpi_runtime_overflowed_total",
    CONFLICTS,
    "kpi_runtime_metrics_overflowed",
    "kpi_runtime_metrics_overflowed_total",
    "process_cpu_seconds",
    "process_cpu_seconds_total",
    "process_max_fds",
    "process_open_fds",
    "process_resident_memory_bytes",
    "process_start_time_seconds",
    "process_virtual_memory_bytes",
];

const CONFLICTS: &str = "kpi_runtime_conflicts";

/// Says that families of other libraries are left out.
#[cfg(any(feature = "metrics", feature = "prometheus"))]
pub(crate) fn add_conflicts<'a>(families: &mut [Family], names: impl Iterator<Item = &'a str>) {
    if let Some(family) = families.iter_mut().find(|family| family.name == CONFLICTS) {
        for series in names.map(conflict_over) {
            if !family.series.contains(&series) {
                family.series.push(series);
            }
        }
    }
}

fn conflict_over(name: &str) -> Series {
    Series::new(vec![("family".into(), name.to_owned().into())], Value::Whole(1))
}

/// About the registries in use and what happened to their values.
pub(crate) fn families(cores: &[&'static Core], verdict: &Verdict) -> Vec<Family> {
    let rejected = cores.iter().map(|core| gather::rejected(core, core.values())).fold(0, u64::wrapping_add);
    let conflicts = verdict.conflicts.iter().map(|conflict| conflict_over(conflict.name()));
    vec![
        family("kpi_build_info", "The registries this program was built with.", Kind::Info, build(cores)),
        family(
            "kpi_runtime_rejected_total",
            "Values that did not enter a sum because they, or the sum, were not finite numbers.",
            Kind::Counter,
            vec![Series::new(Vec::new(), Value::Whole(rejected))],
        ),
        family(
            "kpi_runtime_overflowed_total",
            "Uses of an open label with a value beyond its limit, gathered under _other.",
            Kind::Counter,
            overflowed(cores),
        ),
        family(
            "kpi_runtime_callback_panics_total",
            "Panics of functions that are called for a value, which is then left out.",
            Kind::Counter,
            panics(cores),
        ),
        family(
            CONFLICTS,
            "Families left out because another registry, or a KPI, exposes their name.",
            Kind::Gauge,
            conflicts.collect(),
        ),
        #[cfg(feature = "metrics")]
        family(
            "kpi_runtime_metrics_overflowed_total",
            "Uses of metrics of the crate metrics beyond the recorder's limits.",
            Kind::Counter,
            crate::bridge::metrics::overflowed(),
        ),
    ]
}

fn family(name: &'static str, help: &'static str, kind: Kind, series: Vec<Series>) -> Family {
    Family::new(name, kind, series).with_help(help)
}

/// A series for each registry and agent.
fn build(cores: &[&'static Core]) -> Vec<Series> {
    let mut all = Vec::new();
    for core in cores {
        let About { platform, agent, registry, version } = core.tables.about;
        let mut labels = Vec::new();
        for (name, value) in
            &[("platform", platform), ("agent_name", agent), ("registry", registry), ("version", version)]
        {
            labels.push(((*name).into(), (*value).into()));
        }
        let series = Series::new(labels, Value::Whole(1));
        if !all.contains(&series) {
            all.push(series);
        }
    }
    all
}

/// A series for each name of an open label.
fn overflowed(cores: &[&'static Core]) -> Vec<Series> {
    let mut by_label: Sorted<&'static str, u64> = Sorted::new();
    for core in cores {
        for (label, interner) in core.tables.labels.iter().zip(core.values().interners) {
            if label.is_open() {
                let count = by_label.entry(label.name);
                *count = count.wrapping_add(interner.overflowed());
            }
        }
    }
    series("label", &by_label)
}

/// A series for each family of which a function has panicked.
fn panics(cores: &[&'static Core]) -> Vec<Series> {
    let mut by_family: Sorted<&'static str, u64> = Sorted::new();
    for core in cores {
        for (cell, number) in core.values().callbacks.panics().entries() {
            let count = by_family.entry(core.family_at(*cell).map_or("", |(_, family)| family.name));
            *count = count.wrapping_add(*number);
        }
    }
    series("family", &by_family)
}

/// A series for each value of a label.
fn series(label: &'static str, numbers: &Sorted<&'static str, u64>) -> Vec<Series> {
    let mut all = Vec::new();
    for (value, number) in numbers.entries() {
        all.push(Series::new(vec![(label.into(), (*value).into())], Value::Whole(*number)));
    }
    all
}
