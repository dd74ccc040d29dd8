//! The resolved registry: what codegen and generators read.

use crate::entity::{
    Agent, AgentId, AnySlo, BurnSetting, Catalog, Defaults, ExternalMetric, Funnel, Kpi, KpiId, Label,
    LabelId, Level, OwnAlert, OwnDashboard, OwnSlo, PrometheusSettings, Receiver, SloProfile, Targets,
    Threshold,
};
use crate::source::Spanned;
use crate::value::PromDuration;

/// A whole registry. The order of every list is the order of the files, sorted by path, and of the lines in them.
#[derive(Debug)]
pub struct Registry {
    /// The prefix of metric names, uids and rule groups.
    pub platform: Spanned<String>,
    /// Shown name of the file, or of the directory, that was loaded.
    pub source: String,
    /// SHA-like 64-bit FNV-1a hash over all files' names and bytes, as 16 hexadecimal digits.
    pub hash: String,
    /// Declared environments.
    pub environments: Vec<Spanned<String>>,
    /// Defaults.
    pub defaults: Defaults,
    /// The Prometheus that is declared.
    pub prometheus: PrometheusSettings,
    /// All labels: the shared vocabulary first, then those written inside KPIs.
    pub labels: Vec<Label>,
    /// SLO profiles.
    pub slo_profiles: Vec<SloProfile>,
    /// Agents.
    pub agents: Vec<Agent>,
    /// KPIs.
    pub kpis: Vec<Kpi>,
    /// Catalogs of external metrics in use.
    pub catalogs: Vec<Spanned<Catalog>>,
    /// External metrics declared here.
    pub external_metrics: Vec<ExternalMetric>,
    /// Alerts written by hand.
    pub alerts: Vec<OwnAlert>,
    /// SLOs over several KPIs.
    pub slos: Vec<OwnSlo>,
    /// Receivers of alerts.
    pub receivers: Vec<Receiver>,
    /// Funnels.
    pub funnels: Vec<Funnel>,
    /// Dashboards composed by hand.
    pub dashboards: Vec<OwnDashboard>,
    /// What to emit.
    pub targets: Targets,
}

impl Registry {
    /// The KPI of an id.
    pub fn kpi(&self, id: KpiId) -> &Kpi {
        &self.kpis[id.index()]
    }

    /// The label of an id.
    pub fn label(&self, id: LabelId) -> &Label {
        &self.labels[id.index()]
    }

    /// The agent of an id.
    pub fn agent(&self, id: AgentId) -> &Agent {
        &self.agents[id.index()]
    }

    /// Every KPI with its id.
    pub fn kpis(&self) -> impl Iterator<Item = (KpiId, &Kpi)> {
        self.kpis.iter().enumerate().map(|(index, kpi)| (KpiId::new(index), kpi))
    }

    /// Every agent with its id.
    pub fn agents(&self) -> impl Iterator<Item = (AgentId, &Agent)> {
        self.agents.iter().enumerate().map(|(index, agent)| (AgentId::new(index), agent))
    }

    /// Every label with its id.
    pub fn labels(&self) -> impl Iterator<Item = (LabelId, &Label)> {
        self.labels.iter().enumerate().map(|(index, label)| (LabelId::new(index), label))
    }

    /// The agent of a name, in any case: version 1 wrote `NEUROS` for `neuros`.
    pub fn agent_named(&self, name: &str) -> Option<AgentId> {
        self.agents().find(|(_, agent)| agent.name.value.eq_ignore_ascii_case(name)).map(|(id, _)| id)
    }

    /// The KPIs an agent's program has: those that list it, and those that list nobody. Derived ones too.
    pub fn kpis_of(&self, agent: AgentId) -> impl Iterator<Item = (KpiId, &Kpi)> {
        self.kpis().filter(move |(_, kpi)| kpi.is_of(agent))
    }

    /// The agents that may emit a KPI: those it lists, or all.
    pub fn agents_of(&self, kpi: KpiId) -> Vec<AgentId> {
        let listed = &self.kpi(kpi).agents;
        if listed.is_empty() {
            self.agents().map(|(id, _)| id).collect()
        } else {
            listed.iter().map(|agent| agent.value).collect()
        }
    }

    /// The team that owns a KPI as these agents emit it: its own owner, or the one its agents share, or the default.
    /// No agents stand for all that may emit it.
    pub fn owner_of(&self, kpi: KpiId, agents: &[AgentId]) -> Option<&str> {
        let all = if agents.is_empty() { self.agents_of(kpi) } else { agents.to_vec() };
        let mut owners = all.iter().map(|agent| self.agent(*agent).owner.as_deref());
        let first = owners.next().flatten();
        let shared = first.filter(|_| owners.all(|owner| owner == first));
        self.kpi(kpi).owner.as_deref().or(shared).or(self.defaults.owner.as_deref())
    }

    /// The team of an SLO: what it says itself, or what its KPIs agree on, or the default.
    pub fn owner_of_slo<'a>(&'a self, slo: &AnySlo<'a>) -> Option<&'a str> {
        if let Some(owner) = slo.own.and_then(|own| own.owner.as_deref()) {
            return Some(owner);
        }
        let mut owners = slo.kpis.iter().map(|kpi| self.owner_of(*kpi, &[]));
        let first = owners.next().flatten();
        first.filter(|_| owners.all(|owner| owner == first)).or(self.defaults.owner.as_deref())
    }

    /// The threshold that holds for an agent: its own view's, or the KPI's.
    pub fn threshold(&self, kpi: KpiId, agent: AgentId, level: Level) -> Option<&Threshold> {
        let view = self.agent(agent).kpis.iter().find(|view| view.kpi.value == kpi);
        view.and_then(|view| view.thresholds.get(level)).or_else(|| self.kpi(kpi).thresholds.get(level))
    }

    /// The longest scrape interval of the agents that emit a KPI.
    pub fn scrape_interval(&self, kpi: KpiId) -> PromDuration {
        let default = self.defaults.scrape_interval.value;
        let own = |agent: &Agent| agent.scrape_interval.map_or(default, |interval| interval.value);
        let longest = match self.kpi(kpi).agents.as_slice() {
            [] => self.agents.iter().map(own).max(),
            listed => listed.iter().map(|agent| own(self.agent(agent.value))).max(),
        };
        longest.unwrap_or(default)
    }

    /// Whether metrics of a catalog may be used.
    pub fn uses(&self, catalog: Catalog) -> bool {
        self.catalogs.iter().any(|used| used.value == catalog)
    }

    /// Every SLO: those inside KPIs, then those over several.
    pub fn every_slo(&self) -> impl Iterator<Item = AnySlo<'_>> {
        let inside = self.kpis().filter_map(|(id, kpi)| {
            Some(AnySlo { name: &kpi.name, slo: kpi.slo.as_ref()?, kpis: vec![id], own: None })
        });
        inside.chain(self.slos.iter().map(|own| AnySlo {
            name: &own.name,
            slo: &own.slo,
            kpis: own.kpis.iter().map(|kpi| kpi.value).collect(),
            own: Some(own),
        }))
    }

    /// What burn rates of an SLO are computed from; `None` without objective or period, which the checks refuse.
    pub fn burn_setting(&self, slo: &AnySlo<'_>) -> Option<BurnSetting> {
        let intervals = slo.kpis.iter().map(|kpi| self.scrape_interval(*kpi));
        Some(BurnSetting {
            objective: slo.slo.terms.objective?.value,
            period: slo.slo.terms.window?.value,
            scrape_interval: intervals.max().unwrap_or(self.defaults.scrape_interval.value),
            retention: self.prometheus.retention.value,
        })
    }

    /// The most series a KPI can have in one process, not counting buckets.
    pub fn cardinality(&self, kpi: KpiId) -> u64 {
        let labels = self.kpi(kpi).labels.iter();
        labels.map(|label| self.label(label.value).values.cardinality()).fold(1, u64::saturating_mul)
    }
}
