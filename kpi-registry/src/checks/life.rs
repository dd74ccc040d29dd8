//! Where a KPI comes from, what it rests on and when it goes.

use super::prelude::*;
use crate::entity::{Deprecation, KpiId};
use crate::value::Version;

check! {
    /// A KPI's alerts are muted while those of the KPIs it depends on fire. In a circle of dependencies each would mute the
    /// other, and nobody would hear of the fault.
    ///
    /// ```yaml
    /// - {name: a, depends_on: [b]}
    /// - {name: b, depends_on: [a]}   # wrong: remove one of the two
    /// ```
    DependencyCycle = "KPI0254", "KPIs depend on each other in a circle", dependency_cycle
}

/// Where the search is with a KPI.
#[derive(Clone, Copy, PartialEq)]
enum Visit {
    New,
    Open,
    Done,
}

fn dependency_cycle(registry: &Registry, out: &mut Diagnostics) {
    let mut state = vec![Visit::New; registry.kpis.len()];
    for (root, _) in registry.kpis() {
        if state[root.index()] != Visit::New {
            continue;
        }
        state[root.index()] = Visit::Open;
        let mut path: Vec<(KpiId, usize)> = vec![(root, 0)];
        while let Some((id, next)) = path.last_mut() {
            let id = *id;
            let Some(edge) = registry.kpi(id).depends_on.get(*next) else {
                state[id.index()] = Visit::Done;
                path.pop();
                continue;
            };
            *next += 1;
            match state[edge.value.index()] {
                Visit::Done => {}
                Visit::New => {
                    state[edge.value.index()] = Visit::Open;
                    path.push((edge.value, 0));
                }
                Visit::Open => out.push(cycle(registry, &path, edge)),
            }
        }
    }
}

fn cycle(registry: &Registry, path: &[(KpiId, usize)], edge: &Spanned<KpiId>) -> Diagnostic {
    let start = path.iter().position(|(id, _)| *id == edge.value).unwrap_or(0);
    let mut names: Vec<&str> = path[start..].iter().map(|(id, _)| registry.kpi(*id).name.as_str()).collect();
    names.push(&registry.kpi(edge.value).name);
    let message = if names.len() == 2 {
        format!("`{}` depends on itself", names[0])
    } else {
        format!("KPIs depend on each other: {}", names.join(" → "))
    };
    let mut finding = Diagnostic::error(DependencyCycle::CODE, edge.span, message)
        .label("this closes the circle")
        .help("remove one of the `depends_on` entries");
    for (id, next) in path[start..path.len() - 1].iter().take(8) {
        let kpi = registry.kpi(*id);
        if let Some(link) = kpi.depends_on.get(next.saturating_sub(1)) {
            finding = finding.also(link.span, format!("`{}` depends on this", kpi.name));
        }
    }
    finding
}

/// Every KPI that is on its way out.
fn deprecated(registry: &Registry) -> impl Iterator<Item = (&Kpi, &Deprecation)> {
    registry.kpis.iter().filter_map(|kpi| Some((kpi, kpi.deprecated.as_ref()?)))
}

check! {
    /// `use` names the KPI that takes the place of a deprecated one; the compiler passes the name on to whoever still uses
    /// the old one. It must exist, be another one, and not be on its way out too.
    ///
    /// ```yaml
    /// - {name: hrv, deprecated: {since: "1.2", use: hrv_rmsd}}    # wrong: no such KPI
    /// - {name: hrv, deprecated: {since: "1.2", use: hrv_rmssd}}   # right
    /// ```
    Replacement = "KPI0255", "replacement that can't be used", replacement
}

fn replacement(registry: &Registry, out: &mut Diagnostics) {
    if deprecated(registry).next().is_none() {
        return;
    }
    let by_name = Index::of(registry.kpis.iter().map(|kpi| kpi.name.as_str()));
    for (kpi, deprecation) in deprecated(registry) {
        let Some(wanted) = &deprecation.use_instead else { continue };
        let finding = |message: String| Diagnostic::error(Replacement::CODE, wanted.span, message);
        let Some(found) = by_name.get(wanted).map(|at| &registry.kpis[at]) else {
            let others = by_name.texts().filter(|name| *name != kpi.name.as_str());
            let message = format!("`{}` is to be replaced by `{wanted}`, which is not defined", kpi.name);
            out.push(match nearest(wanted, others) {
                Some(meant) => finding(format!("{message}, did you mean `{meant}`?"))
                    .label("no KPI of this name")
                    .replace(wanted.span, meant),
                None => finding(message).label("no KPI of this name").help("name a KPI, or remove `use`"),
            });
            continue;
        };
        if std::ptr::eq(found, kpi) {
            out.push(
                finding(format!("`{}` is to be replaced by itself", kpi.name))
                    .label("this is the deprecated KPI")
                    .help("name another KPI, or remove `use`"),
            );
        } else if let Some(next) = &found.deprecated {
            let help = match &next.use_instead {
                Some(last) => format!("name its own replacement: `use: {last}`"),
                None => "name a KPI that stays, or remove `use`".into(),
            };
            out.push(
                Diagnostic::warning(
                    Replacement::CODE,
                    wanted.span,
                    format!("`{}` is to be replaced by `{wanted}`, which is deprecated too", kpi.name),
                )
                .label("on its way out")
                .also(next.span, "deprecated here")
                .help(help),
            );
        }
    }
}

check! {
    /// A KPI is removed after it was deprecated, so that its users have a release in which to move.
    ///
    /// ```yaml
    /// deprecated: {since: "1.4", remove_in: "1.4"}   # wrong
    /// deprecated: {since: "1.4", remove_in: "2.0"}   # right
    /// ```
    RemovalOrder = "KPI0256", "removed before it was deprecated", removal_order
}

fn removal_order(registry: &Registry, out: &mut Diagnostics) {
    for (kpi, deprecation) in deprecated(registry) {
        let (Some(since), Some(remove_in)) = (deprecation.since, &deprecation.remove_in) else { continue };
        if remove_in.value <= since {
            out.push(
                Diagnostic::error(
                    RemovalOrder::CODE,
                    remove_in.span,
                    format!("`{}` is deprecated since {since} and removed in {remove_in}", kpi.name),
                )
                .label("not after the release that deprecated it")
                .help("leave at least one release between the two"),
            );
        }
    }
}

check! {
    /// The KPI's time is over: the newest release this registry speaks of, in any `since`, is the one in which it was to be
    /// removed, or a later one. Programs that use it must move before the registry goes on.
    ///
    /// ```yaml
    /// - {name: hrv, deprecated: {since: "1.2", use: hrv_rmssd, remove_in: "2.0"}}   # wrong, because of the next line
    /// - {name: strain, since: "2.0"}                                                # the registry is at 2.0
    /// ```
    Removed = "KPI0257", "KPI that should be gone", removed
}

fn removed(registry: &Registry, out: &mut Diagnostics) {
    if deprecated(registry).next().is_none() {
        return;
    }
    let since = |kpi: &Kpi| kpi.since.max(kpi.deprecated.as_ref().and_then(|deprecation| deprecation.since));
    let mut newest: Option<(Version, &Kpi)> = None;
    for kpi in &registry.kpis {
        if let Some(version) = since(kpi).filter(|version| newest.is_none_or(|(known, _)| known <= *version))
        {
            newest = Some((version, kpi));
        }
    }
    let Some((release, witness)) = newest else { return };
    for (kpi, deprecation) in deprecated(registry) {
        let Some(remove_in) = deprecation.remove_in.as_ref().filter(|version| version.value <= release)
        else {
            continue;
        };
        // Then its order is wrong, which is a finding of its own.
        if deprecation.since.is_some_and(|since| remove_in.value <= since) {
            continue;
        }
        let help = match &deprecation.use_instead {
            Some(other) => {
                format!("use `{other}` instead and remove the KPI, or move `remove_in` to a later release")
            }
            None => "remove the KPI, or move `remove_in` to a later release".into(),
        };
        out.push(
            Diagnostic::error(
                Removed::CODE,
                remove_in.span,
                format!("`{}` was to be removed in {remove_in}, and the registry is at {release}", kpi.name),
            )
            .label("this release has come")
            .also(witness.name.span, format!("speaks of release {release}"))
            .help(help),
        );
    }
}

check! {
    /// `renamed_from` is a name that no longer exists: its series are kept alive as an alias of the new one. A KPI that
    /// still has the name, or a second one that claims it, would make the alias ambiguous.
    ///
    /// ```yaml
    /// - {name: hrv}
    /// - {name: hrv_rmssd, renamed_from: hrv}   # wrong while `hrv` is still there
    /// ```
    RenamedFrom = "KPI0258", "former name that is still taken", renamed_from
}

fn renamed_from(registry: &Registry, out: &mut Diagnostics) {
    let mut names = Index::default();
    let mut former: Vec<(&str, Vec<(&Kpi, Span)>)> = Vec::new();
    for kpi in &registry.kpis {
        if let Some(old) = &kpi.renamed_from {
            let at = names.first(old, former.len());
            if at == former.len() {
                former.push((old.as_str(), Vec::new()));
            }
            former[at].1.push((kpi, old.span));
        }
    }
    if former.is_empty() {
        return;
    }
    for kpi in &registry.kpis {
        for (renamed, span) in names.get(&kpi.name).into_iter().flat_map(|at| &former[at].1) {
            let message = if std::ptr::eq(*renamed, kpi) {
                format!("`{}` is its own former name", kpi.name)
            } else {
                format!("`{}` was renamed from `{}`, which still exists", renamed.name, kpi.name)
            };
            out.push(
                Diagnostic::error(RenamedFrom::CODE, *span, message)
                    .label("a former name")
                    .also(kpi.name.span, "still here")
                    .help("remove the old KPI, or `renamed_from`"),
            );
        }
    }
    for (old, claims) in former {
        for (kpi, span) in claims.iter().skip(1) {
            out.push(
                Diagnostic::error(
                    RenamedFrom::CODE,
                    *span,
                    format!("`{}` and `{}` were both renamed from `{old}`", claims[0].0.name, kpi.name),
                )
                .label("claimed a second time")
                .also(claims[0].1, "claimed first here")
                .help("let one of them be the successor"),
            );
        }
    }
}
