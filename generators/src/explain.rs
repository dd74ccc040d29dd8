//! What holds for one SLO, and where each value came from.

use kpi_registry::entity::{AnySlo, BurnTier, LabelId, SloGoal, SloTerms, TierProblem};
use kpi_registry::registry::Registry;
use kpi_registry::source::{SourceMap, Span, Spanned};
use kpi_registry::value::{Decimal, PromDuration, Rational};
use serde::Serialize;

/// One SLO, explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExplainedSlo {
    /// Its name.
    pub name: String,
    /// The value of the label `slo_id`.
    pub slo_id: String,
    /// Where it is written.
    pub place: String,
    /// Everything that decides what it means.
    pub settings: Vec<Setting>,
    /// The error budget in percent.
    pub budget: String,
    /// The same as an outage in which everything is bad.
    pub outage: String,
    /// Its burn-rate tiers.
    pub tiers: Vec<ExplainedTier>,
}

/// One value, and where it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// The key.
    pub key: &'static str,
    /// What holds.
    pub value: String,
    /// Who says so.
    pub from: String,
    /// Where it stands; nowhere for what nobody says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// One burn-rate tier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExplainedTier {
    /// The share of the budget in percent.
    pub share: String,
    /// The long window.
    pub long: String,
    /// `page` or `ticket`, with the severity.
    pub severity: &'static str,
    /// What it comes to.
    #[serde(flatten)]
    pub outcome: TierOutcome,
}

/// What a tier comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TierOutcome {
    /// It works.
    Works {
        /// The short window.
        short: String,
        /// How many times as fast as it may the budget burns at the threshold.
        factor: String,
        /// The share of bad events that both windows must exceed.
        threshold: String,
        /// After how long an outage, in which everything is bad, is told.
        detects_outage_after: String,
        /// The share of the budget that is spent by then, in percent.
        budget_spent: String,
        /// How long the budget lasts at the threshold.
        budget_lasts: String,
    },
    /// It can't work, and is left out.
    LeftOut {
        /// Why.
        why: String,
    },
}

/// Explains the SLO of a name; `None` when there is none, or it has no objective or period.
pub fn slo(registry: &Registry, sources: &SourceMap, name: &str) -> Option<ExplainedSlo> {
    let slo = registry.every_slo().find(|slo| slo.name.value == name)?;
    let setting = registry.burn_setting(&slo)?;
    let budget = Decimal::from(100).checked_sub(setting.objective)?;
    let outage = Rational::of_millis(setting.period)?.checked_mul(Rational::of(budget)?)?;
    let origins = Origins { registry, sources, slo: &slo };
    let tiers = slo.slo.tiers().iter().map(|tier| explain_tier(tier, tier.burn(&setting), setting.period));
    Some(ExplainedSlo {
        name: name.to_owned(),
        slo_id: format!("{}-{name}", registry.platform),
        place: sources.place(slo.name.span).to_string(),
        settings: origins.settings(),
        budget: budget.to_string(),
        outage: PromDuration::from_millis(outage.floor().unsigned_abs() / 100).to_string(),
        tiers: tiers.collect(),
    })
}

/// The names of all SLOs.
pub fn slo_names(registry: &Registry) -> impl Iterator<Item = &str> {
    registry.every_slo().map(|slo| slo.name.as_str())
}

fn explain_tier(
    tier: &BurnTier,
    burn: Result<kpi_registry::entity::Burn, TierProblem>,
    period: PromDuration,
) -> ExplainedTier {
    let outcome = match burn {
        Ok(burn) => TierOutcome::Works {
            short: burn.short.to_string(),
            factor: burn.factor.to_string(),
            threshold: burn.threshold.to_string(),
            detects_outage_after: burn.detects_outage_after(tier).to_string(),
            budget_spent: tier.share.to_string(),
            budget_lasts: burn.lasts(period).to_string(),
        },
        Err(problem) => TierOutcome::LeftOut { why: problem.to_string() },
    };
    ExplainedTier {
        share: tier.share.to_string(),
        long: tier.long.to_string(),
        severity: tier.severity.as_str(),
        outcome,
    }
}

/// Where the values of one SLO came from.
struct Origins<'a> {
    registry: &'a Registry,
    sources: &'a SourceMap,
    slo: &'a AnySlo<'a>,
}

impl Origins<'_> {
    fn settings(&self) -> Vec<Setting> {
        let (registry, slo) = (self.registry, self.slo.slo);
        let terms = &slo.terms;
        let kpis: Vec<&str> = self.slo.kpis.iter().map(|kpi| registry.kpi(*kpi).name.as_str()).collect();
        let mut settings = vec![
            self.said(
                "kpis",
                kpis.join(", "),
                "the SLO",
                self.slo.own.map_or(self.slo.name.span, |own| own.slo.span),
            ),
            self.said("goal", self.goal(), "the SLO", slo.span),
        ];
        for profile in &slo.profiles {
            let name = registry.slo_profiles[profile.value].name.to_string();
            settings.push(self.said("profile", name, self.namer(profile.span), profile.span));
        }
        let objective = terms.objective.map(|it| it.map(|percent| format!("{percent} %")));
        settings.push(self.term("objective", objective, |terms| terms.objective.map(|it| it.span), "nobody"));
        let window = terms.window.map(|it| it.map(|window| window.to_string()));
        settings.push(self.term("window", window, |terms| terms.window.map(|it| it.span), "nobody"));
        let tiers = terms
            .tiers
            .as_ref()
            .map(|tiers| Spanned::new(format!("{} of its own", tiers.value.len()), tiers.span));
        let of_tiers = |terms: &SloTerms| terms.tiers.as_ref().map(|tiers| tiers.span);
        settings.push(self.term("tiers", tiers, of_tiers, "4 defaults"));
        let guard = terms.low_traffic.map(|it| it.map(|most| format!("silent up to {most} bad events")));
        settings.push(self.term("low_traffic", guard, |terms| terms.low_traffic.map(|it| it.span), "off"));
        let no_data =
            terms.no_data.map(|it| it.map(|after| after.map_or("off".into(), |after| after.to_string())));
        settings.push(self.term(
            "no_data",
            no_data,
            |terms| terms.no_data.map(|it| it.span),
            &self.no_data_of_kpis(),
        ));
        if !slo.by.is_empty() {
            let name = |label: &Spanned<LabelId>| registry.label(label.value).name.as_str();
            let names: Vec<&str> = slo.by.iter().map(name).collect();
            settings.push(self.said("by", names.join(", "), "the SLO", slo.by[0].span));
        }
        settings
    }

    /// A value of the terms: from the SLO itself, from the nearest profile that has it, or from nobody.
    fn term(
        &self,
        key: &'static str,
        value: Option<Spanned<String>>,
        of: impl Fn(&SloTerms) -> Option<Span>,
        otherwise: &str,
    ) -> Setting {
        let Some(value) = value else {
            return Setting { key, value: otherwise.to_owned(), from: "the default".into(), place: None };
        };
        let profiles = self.slo.slo.profiles.iter().map(|profile| &self.registry.slo_profiles[profile.value]);
        let profile = profiles.into_iter().find(|profile| of(&profile.terms) == Some(value.span));
        let from =
            profile.map_or_else(|| "the SLO".to_owned(), |profile| format!("profile {}", profile.name));
        self.said(key, value.value, from, value.span)
    }

    fn said(&self, key: &'static str, value: String, from: impl Into<String>, at: Span) -> Setting {
        Setting { key, value, from: from.into(), place: Some(self.sources.place(at).to_string()) }
    }

    /// What holds when the SLO says nothing about missing data.
    fn no_data_of_kpis(&self) -> String {
        let each = self.slo.kpis.iter().map(|kpi| self.registry.kpi(*kpi).no_data);
        let longest = each.collect::<Option<Vec<_>>>().and_then(|each| each.into_iter().max());
        longest.map_or_else(|| "off".to_owned(), |longest| longest.to_string())
    }

    /// Who names a profile.
    fn namer(&self, at: Span) -> String {
        let agents = self.registry.agents.iter();
        let agent =
            agents.into_iter().find(|agent| agent.slo_profile.is_some_and(|profile| profile.span == at));
        if let Some(agent) = agent {
            return format!("agent {}", agent.name);
        }
        let default = self.registry.defaults.slo_profile;
        if default.is_some_and(|profile| profile.span == at) { "defaults".into() } else { "the SLO".into() }
    }

    fn goal(&self) -> String {
        match &self.slo.slo.goal {
            SloGoal::Bad(bad) => {
                let labels = bad.iter().map(|(label, values)| {
                    let values: Vec<&str> = values.iter().map(|value| value.as_str()).collect();
                    format!("{} = {}", self.registry.label(label.value).name, values.join(" or "))
                });
                format!("bad where {}", labels.collect::<Vec<_>>().join(" and "))
            }
            SloGoal::Latency(limit) => format!("bad above {limit}"),
            SloGoal::InRange { min, max } => {
                let end =
                    |end: &Option<Spanned<Decimal>>| end.map_or("…".to_owned(), |end| end.to_string());
                format!("bad outside {} to {}", end(min), end(max))
            }
            SloGoal::Missing => "nothing".into(),
        }
    }
}
