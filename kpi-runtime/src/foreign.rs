//! Families of other libraries, added to this program's endpoint.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::snapshot::{Family, Kind};

type Source = Arc<dyn Fn() -> Vec<Family> + Send + Sync>;

static SOURCES: Mutex<Vec<Source>> = Mutex::new(Vec::new());

/// Adds a source of families.
pub(crate) fn add(source: Source) {
    SOURCES.lock().unwrap_or_else(PoisonError::into_inner).push(source);
}

/// Appends the families of all sources, but for those whose names are taken already: by a registry, by the families that
/// are there, or by a source before.
pub(crate) fn append(families: &mut Vec<Family>, is_taken: impl Fn(&str) -> bool) {
    // A source is called without the lock: it may want to add another.
    let sources: Vec<Source> = SOURCES.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if sources.is_empty() {
        return;
    }
    let mut taken: BTreeSet<String> = families.iter().flat_map(names).collect();
    for family in sources.iter().flat_map(|source| source()) {
        let names = names(&family);
        if names.iter().all(|name| !is_taken(name) && !taken.contains(name)) {
            taken.extend(names);
            families.push(family);
        }
    }
}

/// The names a family's samples and metadata use in some format.
fn names(family: &Family) -> Vec<String> {
    let name = &family.name;
    let suffixed = |suffixes: &[&str]| suffixes.iter().map(|suffix| format!("{name}{suffix}")).collect();
    let mut names: Vec<String> = match family.kind {
        Kind::Counter => name.strip_suffix("_total").map(str::to_owned).into_iter().collect(),
        Kind::Info => name.strip_suffix("_info").map(str::to_owned).into_iter().collect(),
        Kind::Histogram => suffixed(&["_bucket", "_sum", "_count"]),
        Kind::Summary => suffixed(&["_sum", "_count"]),
        Kind::Gauge | Kind::State | Kind::Unknown => Vec::new(),
    };
    names.push(name.clone().into_owned());
    names
}
