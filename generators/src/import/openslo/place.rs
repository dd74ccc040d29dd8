//! Where promises stand in a registry: inside of their KPI, or under `slos:`.

use std::collections::{BTreeMap, BTreeSet};

use kpi_registry::diagnostic::{Diagnostic, codes};
use kpi_registry::entity::{AgentId, AnySlo, BurnSetting, KpiId};
use kpi_registry::source::Span;

use super::Cx;
use super::goal::Scope;
use super::object::twice;
use super::promise::Promise;
use super::terms::Terms;

/// A promise in its place.
#[derive(Debug)]
pub(super) struct Entry<'r> {
    /// The KPI it stands in; `None` under `slos:`.
    pub(super) kpi: Option<KpiId>,
    pub(super) promise: Promise,
    pub(super) terms: Terms<'r>,
}

/// Puts every promise in its place; a finding for those that have none.
pub(super) fn entries<'r>(promises: Vec<Promise>, cx: &mut Cx<'r>) -> Vec<Entry<'r>> {
    let mut placed: Vec<(Option<KpiId>, Promise)> = Vec::new();
    let mut of_one_agent: Vec<Group> = Vec::new();
    for promise in promises {
        match place(&promise, cx) {
            Place::Kpi(kpi) => placed.push((Some(kpi), promise)),
            Place::Own => placed.push((None, promise)),
            Place::Shared(kpi, agent) => {
                let same =
                    of_one_agent.iter_mut().find(|group| group.kpi == kpi && group.promises_as(&promise));
                match same {
                    Some(group) => group.add(agent, promise, cx),
                    None => of_one_agent.push(Group { kpi, of: vec![(agent, promise)] }),
                }
            }
            Place::Nowhere => {
                let message = "these KPIs have several agents, and an SLO over several KPIs counts all of them together";
                let finding = Diagnostic::error(codes::OPENSLO_AGENTS, promise.name.span, message);
                cx.out.push(finding.help("leave `agent` out of the queries, or make an SLO of each KPI"));
            }
        }
    }
    placed.extend(of_one_agent.into_iter().filter_map(|group| group.whole(cx)));
    refuse_doubles(&placed, cx);
    let registry = cx.registry;
    placed
        .into_iter()
        .map(|(kpi, promise)| {
            let terms = Terms::of(registry, kpi, promise.objective, promise.period);
            let intervals = promise.measure.kpis.iter().map(|kpi| registry.scrape_interval(*kpi));
            let setting = BurnSetting {
                objective: promise.objective,
                period: promise.period,
                scrape_interval: intervals.max().unwrap_or(registry.defaults.scrape_interval.value),
                retention: registry.prometheus.retention.value,
            };
            for condition in &promise.alerts {
                condition.compare(terms.tiers, &setting, cx);
            }
            Entry { kpi, promise, terms }
        })
        .collect()
}

/// Where a promise stands.
enum Place {
    Kpi(KpiId),
    Own,
    /// In the KPI, if every other agent promises it as well.
    Shared(KpiId, AgentId),
    Nowhere,
}

fn place(promise: &Promise, cx: &Cx<'_>) -> Place {
    let kpis = &promise.measure.kpis;
    let only = match kpis.as_slice() {
        [only] => Some(*only),
        _ => None,
    };
    let agents: BTreeSet<AgentId> = kpis.iter().flat_map(|kpi| cx.registry.agents_of(*kpi)).collect();
    // Where one agent emits all of it, what it promises and what all promise together is the same.
    let is_of_one = agents.len() == 1;
    match (promise.measure.scope, only) {
        (Scope::All, _) => Place::Own,
        (Scope::Each | Scope::Agent(_), Some(kpi)) if is_of_one => {
            let is_called_so = cx.registry.kpi(kpi).name.value == promise.name.value;
            if is_called_so { Place::Kpi(kpi) } else { Place::Own }
        }
        (Scope::Each | Scope::Agent(_), None) if is_of_one => Place::Own,
        (Scope::Each, Some(kpi)) => Place::Kpi(kpi),
        (Scope::Agent(agent), Some(kpi)) => Place::Shared(kpi, agent),
        (Scope::Each | Scope::Agent(_), None) => Place::Nowhere,
    }
}

/// The same promise of several agents.
struct Group {
    kpi: KpiId,
    of: Vec<(AgentId, Promise)>,
}

impl Group {
    /// Whether it promises the same but for the agent.
    fn promises_as(&self, other: &Promise) -> bool {
        self.of.first().is_some_and(|(_, first)| {
            (first.objective, first.period) == (other.objective, other.period)
                && first.measure.goal == other.measure.goal
                && first.measure.by == other.measure.by
        })
    }

    fn add(&mut self, agent: AgentId, promise: Promise, cx: &mut Cx<'_>) {
        match self.of.iter().find(|(known, _)| *known == agent) {
            Some((_, first)) => cx.out.push(twice(&promise.name, "SLO of this agent", first.name.span)),
            None => self.of.push((agent, promise)),
        }
    }

    /// The SLO of the KPI, when all its agents promise it.
    fn whole(self, cx: &mut Cx<'_>) -> Option<(Option<KpiId>, Promise)> {
        let kpi = cx.registry.kpi(self.kpi);
        let is_silent = |agent: &AgentId| self.of.iter().all(|(known, _)| known != agent);
        let silent: Vec<AgentId> = cx.registry.agents_of(self.kpi).into_iter().filter(is_silent).collect();
        let names: Vec<String> =
            silent.iter().map(|agent| format!("`{}`", cx.registry.agent(*agent).name)).collect();
        if !names.is_empty() {
            for (_, promise) in &self.of {
                let message = format!(
                    "`{}` is emitted by {} too, where nothing like this is promised",
                    kpi.name,
                    names.join(", ")
                );
                let finding = Diagnostic::error(codes::OPENSLO_AGENTS, promise.name.span, message);
                cx.out.push(finding.also(kpi.name.span, "the KPI").help(
                    "import what they promise with it, with the same objective and period; or leave `agent` out of the \
                     queries to count all of them together",
                ));
            }
            return None;
        }
        let mut promises = self.of.into_iter().map(|(_, promise)| promise);
        let mut first = promises.next()?;
        for other in promises {
            let new: Vec<String> =
                other.lines.into_iter().filter(|line| !first.lines.contains(line)).collect();
            first.lines.extend(new);
            first.alerts.extend(other.alerts);
        }
        Some((Some(self.kpi), first))
    }
}

/// Complains about SLOs of one name, or in one KPI, among themselves and with those of the registry.
fn refuse_doubles(placed: &[(Option<KpiId>, Promise)], cx: &mut Cx<'_>) {
    let registry = cx.registry;
    let name = |kpi: Option<KpiId>, promise: &Promise| match kpi {
        Some(kpi) => registry.kpi(kpi).name.value.clone(),
        None => promise.name.value.clone(),
    };
    let taken: BTreeMap<&str, AnySlo<'_>> =
        registry.every_slo().map(|slo| (slo.name.as_str(), slo)).collect();
    let mut known: BTreeMap<String, Span> = BTreeMap::new();
    for (kpi, promise) in placed {
        let name = name(*kpi, promise);
        if let Some(there) = taken.get(name.as_str()) {
            let is_in_place = there.own.is_none() == kpi.is_some();
            let message = format!("the registry has an SLO `{name}` already");
            let finding = if is_in_place {
                Diagnostic::warning(codes::OPENSLO_TAKEN, promise.name.span, message)
                    .help("put the imported one in its place")
            } else {
                Diagnostic::error(codes::OPENSLO_TAKEN, promise.name.span, message).help("rename the object")
            };
            cx.out.push(finding.also(there.slo.span, "there"));
        }
        match known.get(&name) {
            Some(first) => {
                let what = if kpi.is_some() { "SLO of the KPI" } else { "SLO that would be called" };
                let double = promise.name.clone().map(|_| name);
                cx.out.push(twice(&double, what, *first));
            }
            None => {
                known.insert(name, promise.name.span);
            }
        }
    }
}
