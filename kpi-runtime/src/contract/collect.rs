//! From the registries in use, and what others show, to the contract.

use std::borrow::Cow;

use super::{Contract, Family, Label, LabelValues, LeftOut, Origin, Type};
use crate::descriptor::{self, Values};
use crate::snapshot::{self, Snapshot};
use crate::store::{Core, linked};
use crate::{conflict, foreign, sorted};

/// What this program exposes now. It takes as long as a scrape.
pub fn contract() -> Contract {
    let cores: Vec<&'static Core> = linked().collect();
    let verdict = conflict::verdict(&cores);
    let Snapshot { families: exposed } = crate::snapshot();
    let others = foreign::gather(&verdict);
    let foreign = |number: usize| &*others.families[number].1.name;
    let by_name = sorted::order(others.families.len(), &|a, b| foreign(a).cmp(foreign(b)));

    // Those of registries are taken out of what is exposed, which is in the order of names; the rest is somebody else's.
    let mut known = vec![false; exposed.len()];
    let mut families: Vec<Family> = Vec::new();
    for (registry, core) in cores.iter().enumerate() {
        for (number, family) in core.families().iter().enumerate() {
            if verdict.exposes(registry, number) && !family.is_left_out() {
                let at = exposed.binary_search_by(|it| (*it.name).cmp(family.name)).ok();
                let series = at.map_or(0, |at| exposed[at].series.len());
                families.push(of_registry(registry, core, family, series));
                if let Some(at) = at {
                    known[at] = true;
                }
            }
        }
    }
    for (family, known) in exposed.iter().zip(known) {
        if !known {
            let bridge = by_name.binary_search_by(|number| foreign(*number).cmp(&*family.name)).ok();
            let origin = bridge.map_or(Origin::Runtime, |at| Origin::Foreign(others.families[by_name[at]].0));
            families.push(of_snapshot(family, origin));
        }
    }
    sorted::by_name(&mut families, |family| &family.name);

    let mut left_out = Vec::new();
    for it in &verdict.conflicts {
        left_out.push(LeftOut { name: it.name().to_owned(), from: it.left_out(), kept: it.kept() });
    }
    for it in others.left_out {
        left_out.push(LeftOut { name: it.name, from: it.bridge.as_str(), kept: it.kept });
    }
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
