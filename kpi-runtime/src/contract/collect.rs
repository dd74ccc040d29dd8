//! From the registries in use, and what others show, to the contract.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Contract, Family, Label, LabelValues, LeftOut, Origin, Type};
use crate::descriptor::{self, Values};
use crate::snapshot::{self, Snapshot};
use crate::store::{Core, linked};
use crate::{conflict, foreign};

/// What this program exposes now. It takes as long as a scrape.
pub fn contract() -> Contract {
    let cores: Vec<&'static Core> = linked().collect();
    let verdict = conflict::verdict(&cores);
    let Snapshot { families: exposed } = crate::snapshot();
    let others = foreign::gather(&verdict);

    let series: BTreeMap<&str, usize> = exposed.iter().map(|it| (&*it.name, it.series.len())).collect();
    let mut families: Vec<Family> = Vec::new();
    for (registry, core) in cores.iter().enumerate() {
        for (number, family) in core.families().iter().enumerate() {
            if verdict.exposes(registry, number) {
                let series = series.get(family.name).copied().unwrap_or_default();
                families.push(of_registry(registry, core, family, series));
            }
        }
    }
    let bridges: BTreeMap<&str, Origin> =
        others.families.iter().map(|(bridge, it)| (&*it.name, Origin::Foreign(*bridge))).collect();
    let known: BTreeMap<&str, usize> = families.iter().enumerate().map(|(at, it)| (&*it.name, at)).collect();
    let rest = exposed.iter().filter(|it| !known.contains_key(&*it.name));
    let rest: Vec<Family> =
        rest.map(|it| of_snapshot(it, bridges.get(&*it.name).copied().unwrap_or(Origin::Runtime))).collect();
    families.extend(rest);
    families.sort_by(|a, b| a.name.cmp(&b.name));

    let of_registries = verdict.conflicts.iter().map(|it| LeftOut {
        name: it.name().to_owned(),
        from: it.left_out(),
        kept: it.kept(),
    });
    let of_others = others.left_out.into_iter().map(|it| LeftOut {
        name: it.name,
        from: it.bridge.as_str(),
        kept: it.kept,
    });
    let left_out = of_registries.chain(of_others).collect();
    Contract { registries: cores.iter().map(|core| core.tables.about).collect(), families, left_out }
}

/// A KPI.
fn of_registry(registry: usize, core: &Core, family: &descriptor::Family, series: usize) -> Family {
    let labels = family.shape.labels.iter().filter_map(|label| core.tables.labels.get(usize::from(*label)));
    let label = |label: &descriptor::LabelDescriptor| Label {
        name: label.name.into(),
        values: match label.values {
            Values::Closed(values) => LabelValues::Closed(values),
            Values::Open(limit) => LabelValues::Open(limit),
        },
    };
    Family {
        name: family.name.into(),
        help: family.help.into(),
        kind: match family.shape.kind {
            descriptor::Kind::Counter | descriptor::Kind::FloatCounter => Type::Counter,
            descriptor::Kind::Gauge => Type::Gauge,
            descriptor::Kind::Histogram(_) => Type::Histogram,
            descriptor::Kind::NativeHistogram => Type::NativeHistogram,
            descriptor::Kind::State => Type::State,
            descriptor::Kind::Info => Type::Info,
        },
        unit: family.shape.unit.into(),
        labels: labels.map(label).collect(),
        series,
        origin: Origin::Registry { registry, kpi: family.kpi, place: family.place },
    }
}

/// A family that only the snapshot knows.
fn of_snapshot(family: &snapshot::Family, origin: Origin) -> Family {
    let mut names: Vec<Cow<'static, str>> = Vec::new();
    for (name, _) in family.series.iter().flat_map(|series| &series.labels) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    Family {
        name: family.name.clone(),
        help: family.help.clone(),
        kind: match family.kind {
            snapshot::Kind::Counter => Type::Counter,
            snapshot::Kind::Gauge => Type::Gauge,
            snapshot::Kind::Histogram => Type::Histogram,
            snapshot::Kind::Summary => Type::Summary,
            snapshot::Kind::State => Type::State,
            snapshot::Kind::Info => Type::Info,
            snapshot::Kind::Unknown => Type::Unknown,
        },
        unit: family.unit.clone(),
        labels: names.into_iter().map(|name| Label { name, values: LabelValues::Unknown }).collect(),
        series: family.series.len(),
        origin,
    }
}
