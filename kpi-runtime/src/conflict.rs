//! Several registries in one program: which families are exposed when two want one name.

use std::borrow::Cow;
use std::fmt;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use crate::descriptor::{Family, Kind};
use crate::sorted;
use crate::store::{Core, linked};

/// In the place of a place: who owns the names that are nobody's KPIs.
pub(crate) const RUNTIME: &str = "kpi-runtime itself";

/// Two registries of one program expose a family of the same name. The first one that was in use keeps it, the other
/// family is left out of scrapes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    kpi: &'static str,
    name: &'static str,
    kept: &'static str,
    left_out: &'static str,
}

impl Conflict {
    /// The KPI whose family is left out.
    pub fn kpi(&self) -> &str {
        self.kpi
    }

    /// The exposed name of the family that is left out.
    pub fn name(&self) -> &str {
        self.name
    }

    /// Where the family that is exposed was declared, as `file:line`.
    pub fn kept(&self) -> &'static str {
        self.kept
    }

    /// Where the family that is left out was declared, as `file:line`.
    pub fn left_out(&self) -> &'static str {
        self.left_out
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kpi, name, kept, left_out } = self;
        write!(
            f,
            "KPI `{kpi}` ({left_out}) would expose `{name}`, whose name {kept} already exposes; rename one of them"
        )
    }
}

impl std::error::Error for Conflict {}

/// A name that is wanted.
struct Claim {
    name: Cow<'static, str>,
    /// The registry and the number of its family; `None` if it is nobody's KPI.
    family: Option<(usize, usize)>,
    /// `file:line` of the KPI, or a word for what else there is.
    owner: &'static str,
}

/// The families left out of scrapes, for registries in the order they came.
#[derive(Default)]
pub(crate) struct Verdict {
    /// In ascending order.
    left_out: Vec<(usize, usize)>,
    owners: Vec<usize>,
    /// Every name that is spoken for, in ascending order, and by whom: what bridges ask.
    #[cfg(any(feature = "metrics", feature = "prometheus", test))]
    taken: Vec<(Cow<'static, str>, &'static str)>,
    /// Registry and number of each exposed family, in the order of their names.
    pub(crate) order: Vec<(usize, usize)>,
    pub(crate) conflicts: Vec<Conflict>,
}

impl Verdict {
    /// Whether the family of this number of the registry of this number is exposed.
    pub(crate) fn exposes(&self, core: usize, family: usize) -> bool {
        self.left_out.binary_search(&(core, family)).is_err()
    }

    /// Who exposes a name: `file:line` of a KPI, or [`RUNTIME`].
    #[cfg(any(feature = "metrics", feature = "prometheus", test))]
    pub(crate) fn owner(&self, name: &str) -> Option<&'static str> {
        let at = self.taken.binary_search_by(|(taken, _)| (**taken).cmp(name)).ok()?;
        Some(self.taken[at].1)
    }

    /// Judges families in the order they came. Names within one registry are its own checks' business.
    pub(crate) fn over(registries: &[&[Family]]) -> Self {
        let mut verdict = Self::default();
        let mut claims: Vec<Claim> = Vec::new();
        for name in crate::builtin::NAMES {
            claims.push(Claim { name: Cow::Borrowed(name), family: None, owner: RUNTIME });
        }
        for (core, families) in registries.iter().enumerate() {
            for (index, family) in families.iter().enumerate().filter(|(_, family)| !family.is_left_out()) {
                for name in self::claims(family) {
                    claims.push(Claim { name, family: Some((core, index)), owner: family.place });
                }
            }
        }

        // Equal names are one, known by its first claim; who holds it is known by a claim too.
        let name_of = sorted::first_alike(claims.len(), &|a, b| claims[a].name.cmp(&claims[b].name));
        let mut holders: Vec<Option<usize>> = vec![None; claims.len()];
        let mut begin = 0;
        while begin < claims.len() {
            let wanted_by = claims[begin].family;
            let mut end = begin;
            let mut kept = None;
            while end < claims.len() && claims[end].family == wanted_by {
                let holder = holders[name_of[end]].map(|holder| &claims[holder]);
                kept = kept.or(holder.filter(|it| it.family.map(|it| it.0) != wanted_by.map(|it| it.0)));
                end += 1;
            }
            if let (Some((core, index)), Some(kept)) = (wanted_by, kept) {
                let Family { kpi, name, place: left_out, .. } = registries[core][index];
                verdict.left_out.push((core, index));
                verdict.owners.push(core);
                verdict.conflicts.push(Conflict { kpi, name, kept: kept.owner, left_out });
            } else {
                (begin..end).for_each(|claim| holders[name_of[claim]] = Some(claim));
                verdict.order.extend(wanted_by);
            }
            begin = end;
        }

        #[cfg(any(feature = "metrics", feature = "prometheus", test))]
        verdict.take(&claims, &holders);
        sorted::by_name(&mut verdict.order, |(core, family)| registries[*core][*family].name);
        verdict
    }

    #[cfg(any(feature = "metrics", feature = "prometheus", test))]
    fn take(&mut self, claims: &[Claim], holders: &[Option<usize>]) {
        for (name, holder) in holders.iter().enumerate() {
            if let Some(holder) = holder {
                self.taken.push((claims[name].name.clone(), claims[*holder].owner));
            }
        }
        sorted::by_name(&mut self.taken, |(name, _)| name);
    }
}

/// The names that a family's samples and metadata use in some format.
fn claims(family: &Family) -> Vec<Cow<'static, str>> {
    let name = family.name;
    let mut claims = vec![Cow::Borrowed(name)];
    match family.shape.kind {
        Kind::Counter | Kind::FloatCounter => claims.extend(name.strip_suffix("_total").map(Cow::Borrowed)),
        Kind::Info => claims.extend(name.strip_suffix("_info").map(Cow::Borrowed)),
        Kind::Histogram(_) | Kind::NativeHistogram => {
            for suffix in ["_bucket", "_sum", "_count"] {
                claims.push(Cow::Owned(format!("{name}{suffix}")));
            }
        }
        Kind::Gauge | Kind::State => {}
    }
    claims
}

/// The verdict on the registries linked so far, made once for each number of them.
struct Cache {
    cores: usize,
    told: usize,
    verdict: Option<Arc<Verdict>>,
}

static CACHE: Mutex<Cache> = Mutex::new(Cache { cores: 0, told: 0, verdict: None });

/// The verdict on these registries, the linked ones from the first on. New conflicts are told once on stderr.
pub(crate) fn verdict(cores: &[&'static Core]) -> Arc<Verdict> {
    let (verdict, told) = judge(cores);
    tell(verdict.conflicts.iter().skip(told));
    verdict
}

/// Links a registry; the error is its first conflict, which is then not told again.
pub(crate) fn init(core: &'static Core) -> Result<(), Conflict> {
    core.link();
    let cores: Vec<&Core> = linked().collect();
    let (verdict, told) = judge(&cores);
    let own = cores.iter().position(|linked| std::ptr::eq(*linked, core));
    let first = verdict.owners.iter().position(|owner| Some(*owner) == own);
    let others = verdict.conflicts.iter().enumerate().skip(told).filter(|(i, _)| Some(*i) != first);
    tell(others.map(|(_, conflict)| conflict));
    first.and_then(|i| verdict.conflicts.get(i)).map_or(Ok(()), |conflict| Err(conflict.clone()))
}

fn tell<'a>(conflicts: impl Iterator<Item = &'a Conflict>) {
    for conflict in conflicts {
        // Without a stderr there is nobody to tell.
        let _ = writeln!(std::io::stderr(), "kpi-runtime: {conflict}");
    }
}

/// The first conflict among the registries in use; the others are told.
pub(crate) fn first() -> Option<Conflict> {
    let cores: Vec<&Core> = linked().collect();
    let (verdict, told) = judge(&cores);
    tell(verdict.conflicts.iter().skip(told.max(1)));
    verdict.conflicts.first().cloned()
}

/// The verdict, and how many of its conflicts were known before.
fn judge(cores: &[&'static Core]) -> (Arc<Verdict>, usize) {
    let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(verdict) = cache.verdict.as_ref().filter(|_| cache.cores == cores.len()) {
        return (Arc::clone(verdict), verdict.conflicts.len());
    }
    let verdict = Arc::new(Verdict::over(&cores.iter().map(|core| core.families()).collect::<Vec<_>>()));
    // A scrape that counted the registries before the last one came is told nothing anew, and makes nobody tell again.
    let told = cache.told;
    cache.told = told.max(verdict.conflicts.len());
    (cache.cores, cache.verdict) = (cores.len(), Some(Arc::clone(&verdict)));
    (verdict, told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::descriptor::Shape;

    fn family(name: &'static str, shape: &'static Shape, place: &'static str) -> Family {
        Family { kpi: name, name, help: "", place, shape }
    }

    const fn shape(kind: Kind) -> Shape {
        Shape { kind, unit: "", labels: &[], lazy: false, debug: false }
    }

    static COUNTER: Shape = shape(Kind::Counter);
    static GAUGE: Shape = shape(Kind::Gauge);
    static HISTOGRAM: Shape = shape(Kind::Histogram(&[]));

    #[test]
    fn the_first_registry_keeps_a_name() {
        let first = [family("a_total", &COUNTER, "a:1"), family("h", &HISTOGRAM, "a:2")];
        let second = [family("a", &GAUGE, "b:1"), family("h_sum", &GAUGE, "b:2"), family("c", &GAUGE, "b:3")];
        let verdict = Verdict::over(&[&first, &second]);
        assert_eq!(
            [verdict.exposes(1, 0), verdict.exposes(1, 1), verdict.exposes(1, 2)],
            [false, false, true]
        );
        assert!(verdict.exposes(0, 0) && verdict.exposes(0, 1));
        assert_eq!(
            ["a", "h_sum", "c", "process_open_fds", "b"].map(|name| verdict.owner(name)),
            [Some("a:1"), Some("a:2"), Some("b:3"), Some(RUNTIME), None]
        );
        assert_eq!(
            verdict.conflicts[0].to_string(),
            "KPI `a` (b:1) would expose `a`, whose name a:1 already exposes; rename one of them"
        );
    }

    #[test]
    fn names_of_the_runtime_are_taken() {
        assert!(!Verdict::over(&[&[family("process_open_fds", &GAUGE, "a:1")]]).exposes(0, 0));
    }
}
