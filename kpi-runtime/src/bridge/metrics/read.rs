//! From what was recorded to families.

use std::sync::{Arc, Mutex, PoisonError};

use super::cells::Cell;
use super::name::{self, Exposed, Suffix};
use super::store::{self, Kind, Store};
use crate::foreign::{self, Bridge};
use crate::snapshot::{self, Family, Series, Value};

/// The stores that are exposed.
static STORES: Mutex<Vec<Arc<Store>>> = Mutex::new(Vec::new());

/// Exposes what a store keeps.
pub(super) fn expose(store: &Arc<Store>) {
    STORES.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(store));
    let store = Arc::clone(store);
    foreign::add(Bridge::Metrics, Arc::new(move || families(&store)));
}

/// How often a limit was met; nothing as long as there is no recorder.
pub(crate) fn overflowed() -> Vec<Series> {
    let stores = STORES.lock().unwrap_or_else(PoisonError::into_inner);
    let number = stores.iter().map(|store| store.overflowed()).fold(0, u64::wrapping_add);
    let series = (!stores.is_empty()).then(|| Series::new(Vec::new(), Value::Whole(number)));
    series.into_iter().collect()
}

pub(super) fn families(store: &Store) -> Vec<Family> {
    let mut families = Vec::new();
    append(&mut families, &store.counters, snapshot::Kind::Counter, Suffix::Total);
    append(&mut families, &store.gauges, snapshot::Kind::Gauge, Suffix::None);
    append(&mut families, &store.histograms, snapshot::Kind::Histogram, Suffix::None);
    families
}

fn append<C: Cell>(families: &mut Vec<Family>, kind: &Kind<C>, exposed_as: snapshot::Kind, suffix: Suffix) {
    kind.read(|names| {
        // What is only described is not there.
        let used = names.iter().filter(|(_, family)| !family.series.is_empty());
        let exposed = name::exposed(used.clone().map(|(name, _)| name.as_str()), suffix);
        for (exposed, (_, family)) in exposed.into_iter().zip(used) {
            if exposed.is_escaped {
                let Exposed { name, text, .. } = &exposed;
                foreign::tell(name, || {
                    format!("`{name}` of the crate `metrics` is exposed as `{text}`: another of its metrics has its name")
                });
            }
            families.push(to_family(exposed, family, exposed_as));
        }
    });
}

fn to_family<C: Cell>(exposed: Exposed<'_>, family: &store::Family<C>, kind: snapshot::Kind) -> Family {
    let series = family.series.iter().map(|(labels, cell)| {
        let labels = labels.iter().map(|(name, value)| (name.clone().into(), value.clone().into()));
        Series::new(labels.collect(), cell.value())
    });
    let unit = family.unit.filter(|unit| *unit != ::metrics::Unit::Count);
    let unit = unit.map_or("", |unit| unit.as_str());
    Family::new(exposed.text, kind, series.collect()).with_help(family.help.clone()).with_unit(unit)
}
