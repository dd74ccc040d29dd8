//! Where families of other libraries come from.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Bridge, Gathered, LeftOut};
use crate::builtin;
use crate::conflict::{RUNTIME, Verdict};
use crate::snapshot::{Family, Kind};

type Read = Arc<dyn Fn() -> Vec<Family> + Send + Sync>;

static SOURCES: Mutex<Vec<(Bridge, Read)>> = Mutex::new(Vec::new());

/// Adds a source of families.
pub(crate) fn add(bridge: Bridge, read: Read) {
    SOURCES.lock().unwrap_or_else(PoisonError::into_inner).push((bridge, read));
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bridge, name, kept } = self;
        write!(f, "`{name}` of the crate `{bridge}` is left out of scrapes: {kept} already exposes that name")
    }
}

/// Reads all sources. Names of KPIs and of the runtime are taken; of several sources the first that was added keeps one.
pub(crate) fn gather(verdict: &Verdict) -> Gathered {
    // A source is called without the lock: it may want to add another.
    let sources: Vec<(Bridge, Read)> = SOURCES.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let mut gathered = Gathered::default();
    if sources.is_empty() {
        return gathered;
    }
    let mut by_others: BTreeMap<Cow<'static, str>, &'static str> = BTreeMap::new();
    for (bridge, read) in sources {
        // The KPIs are shown even if a collector of somebody else's panics, which its message has told by now.
        let families = catch_unwind(AssertUnwindSafe(|| read())).unwrap_or_default();
        // One without series is not exposed and needs no name.
        for family in families.into_iter().filter(|family| !family.series.is_empty()) {
            let names = names(&family);
            let owner = |name: &Cow<'_, str>| verdict.owner(name).or_else(|| by_others.get(name).copied());
            if let Some(kept) = names.iter().find_map(owner) {
                let name = family.name.into_owned();
                gathered.left_out.push(LeftOut { bridge, name, kept });
            } else {
                for name in names {
                    by_others.insert(name, bridge.as_str());
                }
                gathered.families.push((bridge, family));
            }
        }
    }
    gathered
}

/// Appends the families of all sources, and says which were left out.
pub(crate) fn append(families: &mut Vec<Family>, verdict: &Verdict) {
    let Gathered { families: foreign, mut left_out } = gather(verdict);
    families.extend(foreign.into_iter().map(|(_, family)| family));
    // That two libraries show the same about the process is no conflict.
    left_out.retain(|left_out| left_out.kept != RUNTIME);
    if !left_out.is_empty() {
        builtin::add_conflicts(families, left_out.iter().map(|left_out| left_out.name.as_str()));
        for it in &left_out {
            tell(&it.name, || it.to_string());
        }
    }
}

/// Says something about a name on standard error, once, and about very many names not of all.
pub(crate) fn tell(name: &str, what: impl FnOnce() -> String) {
    const MOST: usize = 100;
    static TOLD: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    if told.len() < MOST && !told.iter().any(|it| it == name) {
        told.push(name.to_owned());
        // Without a stderr there is nobody to tell.
        let _ = writeln!(std::io::stderr(), "kpi-runtime: {}", what());
    }
}

/// The names a family's samples and metadata use in some format.
fn names(family: &Family) -> Vec<Cow<'static, str>> {
    let name = &family.name;
    let suffixed =
        |suffixes: &[&str]| suffixes.iter().map(|suffix| format!("{name}{suffix}").into()).collect();
    let base =
        |suffix| name.strip_suffix(suffix).map(|base| Cow::Owned(base.to_owned())).into_iter().collect();
    let mut names: Vec<Cow<'static, str>> = match family.kind {
        Kind::Counter => base("_total"),
        Kind::Info => base("_info"),
        Kind::Histogram => suffixed(&["_bucket", "_sum", "_count"]),
        Kind::Summary => suffixed(&["_sum", "_count"]),
        Kind::Gauge | Kind::State | Kind::Unknown => Vec::new(),
    };
    names.push(name.clone());
    names
}
