//! What an SLO falls back on.

use kpi_registry::entity::{BurnTier, KpiId, SloProfile};
use kpi_registry::registry::Registry;
use kpi_registry::value::{Decimal, PromDuration};

/// What an SLO has of the registry.
#[derive(Debug)]
pub(super) struct Terms<'r> {
    /// The profile with its objective and period.
    pub(super) profile: Option<&'r SloProfile>,
    /// The burn-rate tiers that hold.
    pub(super) tiers: &'r [BurnTier],
}

impl<'r> Terms<'r> {
    /// Those of an objective over a period, inside of a KPI or not.
    pub(super) fn of(
        registry: &'r Registry,
        kpi: Option<KpiId>,
        objective: Decimal,
        period: PromDuration,
    ) -> Self {
        let of_agents = kpi.and_then(|kpi| {
            let agents = &registry.kpi(kpi).agents;
            agents.iter().find_map(|agent| registry.agent(agent.value).slo_profile)
        });
        let inherited = [of_agents, registry.defaults.slo_profile];
        let inherited: Vec<&SloProfile> = inherited
            .iter()
            .flatten()
            .filter_map(|profile| registry.slo_profiles.get(profile.value))
            .collect();
        let says = |profile: &&&SloProfile| {
            let (of, over) = (profile.terms.objective, profile.terms.window);
            of.is_some_and(|it| it.value == objective) && over.is_some_and(|it| it.value == period)
        };
        let all: Vec<&SloProfile> = registry.slo_profiles.iter().collect();
        let profile = inherited.iter().chain(&all).find(says).copied();
        let tiers = profile.iter().chain(&inherited).find_map(|profile| profile.terms.tiers.as_ref());
        Self { profile, tiers: tiers.map_or(&BurnTier::DEFAULTS, |tiers| &tiers.value) }
    }
}
