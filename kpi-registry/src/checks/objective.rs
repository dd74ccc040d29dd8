//! Service level objectives: how much of it, and over which time.

use super::prelude::*;
use super::slo::slos;

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

/// The most digits after the point of an objective: its hundredth must still be exact.
const DIGITS: u32 = 12;

fn slo_objective(registry: &Registry, out: &mut Diagnostics) {
    for slo in registry.every_slo() {
        let (name, slo) = (slo.name, slo.slo);
        let finding = match &slo.terms.objective {
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
            Some(objective) if objective.value.scale() > DIGITS => Diagnostic::error(
                SloObjective::CODE,
                objective.span,
                format!("the SLO of `{name}` has an objective with {} decimals", objective.value.scale()),
            )
            .label("too many to be exact")
            .help(format!("write at most {DIGITS} digits after the point")),
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
    /// An SLO holds over a period of at least an hour, and Prometheus must keep samples that long: `prometheus.retention`.
    ///
    /// ```yaml
    /// prometheus: {retention: 15d}
    /// slo: {objective: 99.9, window: 30d, latency: 250ms}   # half of the period is forgotten
    /// prometheus: {retention: 40d}                          # right, if the server has it
    /// ```
    SloWindow = "KPI0544", "SLO period missing, too short or beyond retention", slo_window
}

/// The shortest period: burn rates are measured over minutes.
const SHORTEST: PromDuration = PromDuration::from_minutes(60);

fn slo_window(registry: &Registry, out: &mut Diagnostics) {
    let retention = &registry.prometheus.retention;
    let mut windows = Index::default();
    let mut beyond: Vec<(Span, PromDuration, &Spanned<String>, usize)> = Vec::new();
    for slo in registry.every_slo() {
        let (name, slo) = (slo.name, slo.slo);
        match &slo.terms.window {
            None => out.push(
                Diagnostic::error(SloWindow::CODE, slo.span, format!("the SLO of `{name}` has no period"))
                    .label("over which time?")
                    .help("add `window: 30d`, or a `profile` that has one"),
            ),
            Some(window) if window.value < SHORTEST => out.push(
                Diagnostic::error(
                    SloWindow::CODE,
                    window.span,
                    format!("the SLO of `{name}` has a period of {window}"),
                )
                .label("hardly a promise")
                .help(format!("write a period of at least {SHORTEST}; 30d is usual")),
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
    let mut mark = |profile: &Spanned<usize>| {
        if let Some(used) = used.get_mut(profile.value) {
            *used = true;
        }
    };
    for (_, slo) in slos(registry) {
        for profile in &slo.profiles {
            mark(profile);
        }
    }
    for agent in &registry.agents {
        agent.slo_profile.iter().for_each(&mut mark);
    }
    registry.defaults.slo_profile.iter().for_each(&mut mark);
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

check! {
    /// An SLO under `slos:` has the name of a KPI that has an SLO itself: records, alerts and `kpi explain slo` could not
    /// tell the two apart.
    ///
    /// ```yaml
    /// kpis: [{name: requests, slo: {profile: standard, bad: {status: [server_error]}}}]
    /// slos: [{name: requests, kpis: [requests]}]      # wrong
    /// slos: [{name: answers, kpis: [requests]}]       # right
    /// ```
    SloNameTaken = "KPI0552", "SLO named like that of a KPI", slo_name_taken
}

fn slo_name_taken(registry: &Registry, out: &mut Diagnostics) {
    let with_slo = || registry.kpis.iter().filter(|kpi| kpi.slo.is_some());
    let names = Index::of(with_slo().map(|kpi| kpi.name.as_str()));
    for own in &registry.slos {
        let Some(kpi) = names.get(&own.name).and_then(|at| with_slo().nth(at)) else { continue };
        out.push(
            Diagnostic::error(
                SloNameTaken::CODE,
                own.name.span,
                format!("the SLO `{}` has the name of a KPI with an SLO", own.name),
            )
            .label("could not be told apart")
            .also(kpi.name.span, "the KPI")
            .help("rename the SLO"),
        );
    }
}
