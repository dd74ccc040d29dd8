//! Burn-rate tiers of SLOs: those that can't work.

use super::prelude::*;
use crate::diagnostic::Severity;
use crate::entity::{AnySlo, BurnSetting, BurnTier, TierProblem};

check! {
    /// Burn-rate alerts compare the share of bad events with a multiple of the error budget. Of the four default tiers, those
    /// that can't work for the SLO's objective and period are left out: with a large budget the multiple exceeds 1, which no
    /// share can; over a short period the slowest tier is slower than the budget itself.
    ///
    /// ```yaml
    /// slo: {objective: 90, window: 30d, latency: 250ms}   # no tier for 2 % of the budget in an hour: 14.4 × 0.1 > 1
    /// slo: {objective: 95, window: 30d, latency: 250ms}   # all tiers
    /// ```
    SloTiers = "KPI0549", "burn-rate tiers left out", slo_tiers
}

fn slo_tiers(registry: &Registry, out: &mut Diagnostics) {
    // SLOs of one profile share its objective and period, and one finding.
    let mut seen = Index::default();
    let mut lacking: Vec<(AnySlo<'_>, BurnSetting, usize)> = Vec::new();
    for (slo, setting) in set(registry).filter(|(slo, _)| slo.slo.terms.tiers.is_none()) {
        if BurnTier::DEFAULTS.iter().all(|tier| tier.burn(&setting).is_ok()) {
            continue;
        }
        let places = (&slo.slo.terms.objective, &slo.slo.terms.window, setting.scrape_interval);
        let at = seen.first(&format!("{places:?}"), lacking.len());
        if at == lacking.len() {
            lacking.push((slo, setting, 0));
        }
        lacking[at].2 += 1;
    }
    for (slo, setting, count) in lacking {
        let (Some(objective), Some(window)) = (&slo.slo.terms.objective, &slo.slo.terms.window) else {
            continue;
        };
        let problems = BurnTier::DEFAULTS.iter().filter_map(|tier| Some((tier, tier.burn(&setting).err()?)));
        let dead: Vec<String> =
            problems.map(|(tier, problem)| format!("{}: {problem}", shown(tier))).collect();
        let left = BurnTier::DEFAULTS.len() - dead.len();
        let whose = match count {
            1 => format!("the SLO of `{}` keeps", slo.name),
            _ => format!("{count} SLOs such as that of `{}` keep", slo.name),
        };
        let message = format!("{whose} {left} of the 4 burn-rate tiers");
        let severity = if left == 0 { Severity::Warning } else { Severity::Note };
        out.push(
            Diagnostic::new(severity, SloTiers::CODE, objective.span, message)
                .label(dead.join("; "))
                .also(window.span, "the period")
                .help(if left == 0 {
                    "nobody will be told: choose another objective or period, or write `tiers` of its own"
                } else {
                    "nothing to do, or choose another objective or period, or write `tiers` of its own"
                }),
        );
    }
}

check! {
    /// A burn-rate tier that was asked for can't work. The factor is the share of the budget times the period, divided by the
    /// long window; the alert compares factor × (1 − objective) with the share of bad events. That must be below 1, or
    /// nothing can pass it; the factor must be at least 1, or the alert fires while the objective is met; the short window,
    /// a twelfth of the long one, must hold four scrapes; and Prometheus must remember the long window.
    ///
    /// ```yaml
    /// slo: {objective: 90, window: 30d, tiers: [{share: 2, long: 1h}], latency: 250ms}    # wrong: 14.4 × 10 % > 100 %
    /// slo: {objective: 99, window: 30d, tiers: [{share: 2, long: 1h}], latency: 250ms}    # right
    /// ```
    SloTierRefused = "KPI0551", "burn-rate tier that can't work", slo_tier_refused
}

fn slo_tier_refused(registry: &Registry, out: &mut Diagnostics) {
    let mut seen = Index::default();
    for (slo, setting) in set(registry) {
        let mut windows: Vec<(PromDuration, Span)> = Vec::new();
        for tier in slo.slo.terms.tiers.iter().flat_map(|tiers| &tiers.value) {
            let Some(span) = tier.span else { continue };
            let finding = |message: String| Diagnostic::error(SloTierRefused::CODE, span, message);
            if let Some((_, first)) = windows.iter().find(|(long, _)| *long == tier.long) {
                let message = format!("the SLO of `{}` has a second tier over {}", slo.name, tier.long);
                out.push(
                    finding(message).also(*first, "the first").help("keep the one with the smaller share"),
                );
            }
            windows.push((tier.long, span));
            if tier.share <= Decimal::ZERO || tier.share > Decimal::from(100) {
                let message =
                    format!("a tier of the SLO of `{}` waits for {} % of the budget", slo.name, tier.share);
                out.push(
                    finding(message)
                        .label("above 0, at most 100")
                        .help("write the share in percent, such as 2"),
                );
                continue;
            }
            let Err(problem) = tier.burn(&setting) else { continue };
            // What one profile asks for is said once.
            if !seen.insert(&format!("{span:?} {problem:?}")) {
                continue;
            }
            let message =
                format!("the SLO of `{}` can't have the tier {}: {}", slo.name, shown(tier), problem);
            let finding = finding(message).label(shown(tier)).help(instead(problem));
            out.push(match (&slo.slo.terms.objective, problem) {
                (_, TierProblem::Forgotten { .. }) => {
                    finding.also(registry.prometheus.retention.span, "how long it remembers")
                }
                (Some(objective), _) => finding.also(objective.span, "the objective"),
                (None, _) => finding,
            });
        }
    }
}

/// Every SLO whose objective and period are there and usable, with what its burn rates come from.
fn set(registry: &Registry) -> impl Iterator<Item = (AnySlo<'_>, BurnSetting)> {
    registry.every_slo().filter_map(|slo| {
        let setting = registry.burn_setting(&slo)?;
        let usable = setting.objective > Decimal::ZERO && setting.objective < Decimal::from(100);
        usable.then_some((slo, setting))
    })
}

/// `2 % in 1h`
fn shown(tier: &BurnTier) -> String {
    format!("{} % in {}", tier.share, tier.long)
}

/// What would work.
fn instead(problem: TierProblem) -> String {
    match problem {
        TierProblem::Unreachable { objective_above, share_below, .. } => format!(
            "an objective above {} % would do, or a share below {} %",
            objective_above.rounded(2, true),
            share_below.rounded(2, false)
        ),
        TierProblem::Slow { least_share, longest, .. } => {
            let share = least_share.rounded(2, true);
            let window = format!("a long window of at most {longest} would do");
            if share > Decimal::from(100) {
                window
            } else {
                format!("{window}, or a share of at least {share} %")
            }
        }
        TierProblem::FewScrapes { least_long, .. } => {
            format!("a long window of at least {least_long} would do, or a shorter scrape interval")
        }
        TierProblem::Forgotten { .. } => {
            "use a shorter window, or set `prometheus.retention` to what the server keeps".into()
        }
        TierProblem::Inexact => "write objective and share with fewer digits".into(),
    }
}
