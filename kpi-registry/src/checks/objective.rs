//! Service level objectives: how much of it, and over which time.

use super::prelude::*;
use super::slo::slos;
use crate::entity::Slo;

/// Every SLO once, with a word for it.
fn each(registry: &Registry) -> impl Iterator<Item = (&Spanned<String>, &Slo)> {
    let inside = registry.kpis.iter().filter_map(|kpi| Some((&kpi.name, kpi.slo.as_ref()?)));
    inside.chain(registry.slos.iter().map(|own| (&own.name, &own.slo)))
}

check! {
    /// The objective is a percentage between 0 and 100, both excluded: 100 leaves no error budget to burn, and 0 promises
    /// nothing. It comes from the SLO, its profile, the agent or the defaults.
    ///
    /// ```yaml
    /// slo: {objective: 100, window: 30d, latency: 250ms}    # wrong
    /// slo: {objective: 99.9, window: 30d, latency: 250ms}   # right
    /// ```
    SloObjective = "KPI0543", "SLO without a usable objective", slo_objective
}

fn slo_objective(registry: &Registry, out: &mut Diagnostics) {
    for (name, slo) in each(registry) {
        let finding = match &slo.objective {
            None => Diagnostic::error(
                SloObjective::CODE,
                slo.span,
                format!("the SLO of `{name}` has no objective"),
            )
            .label("how much of it?")
            .help("add `objective: 99.9`, or a `profile` that has one"),
            Some(objective) if objective.value <= Decimal::ZERO || objective.value >= Decimal::from(100) => {
                let help = if objective.value > Decimal::ZERO {
                    "99.9 leaves a budget of one in a thousand"
                } else {
                    "write it in percent, such as 99.9"
                };
                Diagnostic::error(
                    SloObjective::CODE,
                    objective.span,
                    format!("the SLO of `{name}` has the objective {objective} %"),
                )
                .label("between 0 and 100, both excluded")
                .help(help)
            }
            Some(objective) if objective.value <= Decimal::ONE => Diagnostic::warning(
                SloObjective::CODE,
                objective.span,
                format!("the SLO of `{name}` promises {objective} %"),
            )
            .label("percent, not a ratio")
            .help("write 99.9 for 0.999"),
            Some(_) => continue,
        };
        out.push(finding);
    }
}

check! {
    /// An SLO holds over a period, and Prometheus must keep samples at least that long: `prometheus.retention`.
    ///
    /// ```yaml
    /// prometheus: {retention: 15d}
    /// slo: {objective: 99.9, window: 30d, latency: 250ms}   # half of the period is forgotten
    /// prometheus: {retention: 40d}                          # right, if the server has it
    /// ```
    SloWindow = "KPI0544", "SLO period missing or beyond retention", slo_window
}

fn slo_window(registry: &Registry, out: &mut Diagnostics) {
    let retention = &registry.prometheus.retention;
    let mut windows = Index::default();
    let mut beyond: Vec<(Span, PromDuration, &Spanned<String>, usize)> = Vec::new();
    for (name, slo) in each(registry) {
        match &slo.window {
            None => out.push(
                Diagnostic::error(SloWindow::CODE, slo.span, format!("the SLO of `{name}` has no period"))
                    .label("over which time?")
                    .help("add `window: 30d`, or a `profile` that has one"),
            ),
            // SLOs of one profile share its window, and one finding.
            Some(window) if window.value > retention.value => {
                let at = windows.first(&format!("{:?}", window.span), beyond.len());
                if at == beyond.len() {
                    beyond.push((window.span, window.value, name, 0));
                }
                beyond[at].3 += 1;
            }
            Some(_) => {}
        }
    }
    for (span, window, name, count) in beyond {
        let whose = if count == 1 { format!("the SLO of `{name}`") } else { format!("{count} SLOs") };
        out.push(
            Diagnostic::warning(
                SloWindow::CODE,
                span,
                format!("the period of {whose} is {window}, and Prometheus keeps samples for {retention}"),
            )
            .label("beyond `prometheus.retention`")
            .help(format!("set `prometheus: {{retention: {window}}}` if the server keeps that much, or shorten the period")),
        );
    }
}

check! {
    /// An SLO over several KPIs covers at least one, all of one type, and has a name of its own.
    ///
    /// ```yaml
    /// slos:
    ///   - {name: answers, kpis: [requests, latency], bad: {status: [server_error]}}   # wrong: two types
    ///   - {name: answers, kpis: [requests, streams], bad: {status: [server_error]}}   # right: two counters
    /// ```
    OwnSloKpis = "KPI0548", "SLO over KPIs of several types", own_slo_kpis
}

fn own_slo_kpis(registry: &Registry, out: &mut Diagnostics) {
    for own in &registry.slos {
        let Some(first) = own.kpis.first() else {
            out.push(
                Diagnostic::error(
                    OwnSloKpis::CODE,
                    own.name.span,
                    format!("the SLO `{}` covers no KPI", own.name),
                )
                .label("over what?")
                .help("list KPIs of one type under `kpis`"),
            );
            continue;
        };
        let kind = registry.kpi(first.value).kind.name();
        if let Some(other) = own.kpis.iter().find(|kpi| registry.kpi(kpi.value).kind.name() != kind) {
            let (a, b) = (registry.kpi(first.value), registry.kpi(other.value));
            out.push(
                Diagnostic::error(
                    OwnSloKpis::CODE,
                    other.span,
                    format!(
                        "the SLO `{}` mixes the {} `{}` and the {} `{}`",
                        own.name,
                        kind_word(a),
                        a.name,
                        kind_word(b),
                        b.name
                    ),
                )
                .label("of another type")
                .also(first.span, "the first KPI")
                .help("give each type an SLO of its own"),
            );
        }
    }
}

check! {
    /// Burn-rate alerts compare the share of bad events with a multiple of the error budget. With a large budget the multiple
    /// exceeds 1, which no share can: that tier of the alerts is left out, and only the slower ones remain.
    ///
    /// ```yaml
    /// slo: {objective: 90, window: 30d, latency: 250ms}   # no tier for 2 % of the budget in an hour: 14.4 × 0.1 > 1
    /// slo: {objective: 95, window: 30d, latency: 250ms}   # all tiers
    /// ```
    SloTiers = "KPI0549", "burn-rate tiers that can't fire", slo_tiers
}

/// Share of the budget in percent, and the long window in hours, of each burn-rate tier.
const TIERS: [(u64, u64); 4] = [(2, 1), (5, 6), (10, 24), (10, 72)];

fn slo_tiers(registry: &Registry, out: &mut Diagnostics) {
    for (name, slo) in each(registry) {
        let (Some(objective), Some(window)) = (&slo.objective, &slo.window) else { continue };
        if objective.value <= Decimal::ZERO || objective.value >= Decimal::from(100) {
            continue;
        }
        let dead: Vec<String> = TIERS
            .iter()
            .filter_map(|(share, hours)| tier_problem(*share, *hours, objective.value, window.value))
            .collect();
        if !dead.is_empty() {
            out.push(
                Diagnostic::note(
                    SloTiers::CODE,
                    objective.span,
                    format!(
                        "the SLO of `{name}` goes without {} of its {} burn-rate tiers",
                        dead.len(),
                        TIERS.len()
                    ),
                )
                .label(dead.join(", "))
                .also(window.span, "the period")
                .help("nothing to do, or choose a higher objective or another period"),
            );
        }
    }
}

/// Why a tier makes no sense: its factor is below 1, or factor × budget reaches 1.
fn tier_problem(share: u64, hours: u64, objective: Decimal, window: PromDuration) -> Option<String> {
    let long = hours * 3_600_000 * 100;
    let burnt = window.as_millis().saturating_mul(share);
    if burnt < long {
        return Some(format!("{share} % in {hours}h is slower than the budget itself"));
    }
    let number = |value: u64| i64::try_from(value).ok().map(|value| Decimal::new(value, 0));
    let budget = Decimal::from(100).checked_sub(objective)?;
    let reached = number(burnt)?.checked_mul(budget)?;
    (reached >= number(long)?.checked_mul(Decimal::from(100))?)
        .then(|| format!("{share} % in {hours}h would need more than all events to be bad"))
}

check! {
    /// No SLO uses this profile, neither by name nor through an agent or the defaults.
    ///
    /// ```yaml
    /// slo_profiles: {standard: {objective: 99.9, window: 30d}}
    /// kpis:
    ///   - {name: requests, slo: {profile: standard, bad: {status: [server_error]}}}   # right: it is used
    /// ```
    UnusedProfile = "KPI0550", "SLO profile that nothing uses", unused_profile
}

fn unused_profile(registry: &Registry, out: &mut Diagnostics) {
    let mut used = vec![false; registry.slo_profiles.len()];
    let mut mark = |profile: &Option<Spanned<usize>>| {
        if let Some(used) = profile.as_ref().and_then(|profile| used.get_mut(profile.value)) {
            *used = true;
        }
    };
    for (_, slo) in slos(registry) {
        mark(&slo.profile);
    }
    for agent in &registry.agents {
        mark(&agent.slo_profile);
    }
    mark(&registry.defaults.slo_profile);
    for (profile, _) in registry.slo_profiles.iter().zip(used).filter(|(_, used)| !used) {
        out.push(
            Diagnostic::note(
                UnusedProfile::CODE,
                profile.name.span,
                format!("no SLO uses `{}`", profile.name),
            )
            .label("unused")
            .help(format!("write `profile: {}` in an `slo`, or remove it", profile.name)),
        );
    }
}
