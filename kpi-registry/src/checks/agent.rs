//! Agents, and how Prometheus reaches them.

use super::prelude::*;
use super::ruler::keeps_firing;
use crate::diagnostic::Severity;
use crate::entity::{Catalog, Discovery};

check! {
    /// With static or file discovery, Prometheus scrapes the targets that the registry names. An agent without any is never
    /// scraped, and all its KPIs stay empty.
    ///
    /// ```yaml
    /// agents: {neuros: {description: CNS optimisation}}   # wrong
    /// agents: {neuros: {targets: ["neuros:8000"]}}        # right
    /// ```
    NoTargets = "KPI0640", "agent that nobody scrapes", no_targets
}

fn no_targets(registry: &Registry, out: &mut Diagnostics) {
    for agent in &registry.agents {
        let listed = matches!(
            agent.discovery.unwrap_or(registry.targets.discovery),
            Discovery::Static | Discovery::File
        );
        let has_targets =
            !agent.targets.is_empty() || agent.environment_targets.values().any(|own| !own.is_empty());
        if !listed || has_targets {
            continue;
        }
        let (message, help) = match &agent.port {
            Some(port) => (
                format!("`{}` has a port and no targets: it will not be scraped", agent.name),
                format!("add `targets: [\"{}:{port}\"]`", agent.name),
            ),
            None => (
                format!("`{}` has neither targets nor a port: it will not be scraped", agent.name),
                format!("add `targets: [\"{}:8000\"]`", agent.name),
            ),
        };
        out.push(
            Diagnostic::warning(NoTargets::CODE, agent.name.span, message).label("no targets").help(help),
        );
    }
}

check! {
    /// Two agents have one target in the same environment. Prometheus scrapes it twice, and every series of the process
    /// appears under both jobs.
    ///
    /// ```yaml
    /// agents:
    ///   neuros: {targets: ["platform:8000"]}
    ///   nutros: {targets: ["platform:8000"]}   # wrong
    ///   nutros: {targets: ["platform:8001"]}   # right
    /// ```
    TargetTwice = "KPI0641", "target of two agents", target_twice
}

fn target_twice(registry: &Registry, out: &mut Diagnostics) {
    let mut index = Index::default();
    let mut seen: Vec<(Span, &str)> = Vec::new();
    for agent in &registry.agents {
        let everywhere = agent.targets.iter().map(|target| ("", target));
        let somewhere = agent
            .environment_targets
            .iter()
            .flat_map(|(name, targets)| targets.iter().map(move |target| (name.as_str(), target)));
        for (environment, target) in everywhere.chain(somewhere) {
            let at = index.first(&format!("{environment}\n{target}"), seen.len());
            let Some((first, owner)) = seen.get(at).copied() else {
                seen.push((target.span, &agent.name));
                continue;
            };
            let message = if owner == agent.name.as_str() {
                format!("`{owner}` has the target `{target}` twice")
            } else {
                format!("`{owner}` and `{}` both have the target `{target}`", agent.name)
            };
            out.push(
                Diagnostic::warning(TargetTwice::CODE, target.span, message)
                    .label("scraped a second time")
                    .also(first, "first here")
                    .help("remove one of the two"),
            );
        }
    }
}

check! {
    /// Every KPI lists other agents, so this one has none: its program exposes nothing of the registry.
    ///
    /// ```yaml
    /// agents: {neuros: {port: 8000}, nutros: {port: 8001}}
    /// kpis:
    ///   - {name: hrv_rmssd, agents: [neuros]}   # nutros has no KPI
    /// ```
    IdleAgent = "KPI0642", "agent without KPIs", idle_agent
}

fn idle_agent(registry: &Registry, out: &mut Diagnostics) {
    if registry.kpis.iter().any(|kpi| kpi.agents.is_empty()) {
        return;
    }
    let mut busy = vec![false; registry.agents.len()];
    for agent in registry.kpis.iter().flat_map(|kpi| &kpi.agents) {
        busy[agent.value.index()] = true;
    }
    for (agent, _) in registry.agents.iter().zip(busy).filter(|(_, busy)| !busy) {
        out.push(
            Diagnostic::warning(IdleAgent::CODE, agent.name.span, format!("`{}` has no KPI", agent.name))
                .label("listed by none")
                .help("list it under a KPI's `agents`, or remove it"),
        );
    }
}

check! {
    /// An agent's own view concerns a KPI that other agents emit. Its thresholds would be those of series that never carry
    /// this agent's name, so their alerts could never fire: with thresholds it is an error.
    ///
    /// ```yaml
    /// agents:
    ///   nutros: {kpis: {hrv_rmssd: {thresholds: {critical: "< 25"}}}}   # wrong while only neuros emits it
    /// kpis:
    ///   - {name: hrv_rmssd, agents: [neuros]}
    /// ```
    ForeignView = "KPI0643", "view of another agent's KPI", foreign_view
}

fn foreign_view(registry: &Registry, out: &mut Diagnostics) {
    for (id, agent) in registry.agents() {
        for view in &agent.kpis {
            let kpi = registry.kpi(view.kpi.value);
            if kpi.is_of(id) {
                continue;
            }
            let owners: Vec<&str> =
                kpi.agents.iter().map(|owner| registry.agent(owner.value).name.as_str()).collect();
            let owners = listed(&owners);
            let (severity, what) = if view.thresholds.is_empty() {
                (Severity::Warning, "a view of")
            } else {
                (Severity::Error, "alerts on")
            };
            let message = format!("`{}` has {what} `{}`, which {owners} emits", agent.name, kpi.name);
            out.push(
                Diagnostic::new(severity, ForeignView::CODE, view.kpi.span, message)
                    .label("never emitted by this agent")
                    .also(kpi.name.span, "the KPI")
                    .help(format!("add `{}` to the KPI's `agents`, or remove the view", agent.name)),
            );
        }
    }
}

check! {
    /// Prometheus forgets a series five minutes after its last sample: with a scrape interval above two minutes, one lost
    /// scrape makes it vanish. Below a second, scraping costs more than it tells.
    ///
    /// ```yaml
    /// defaults: {scrape_interval: 10m}   # wrong
    /// defaults: {scrape_interval: 15s}   # right
    /// ```
    ScrapeInterval = "KPI0644", "unusual scrape interval", scrape_interval
}

fn scrape_interval(registry: &Registry, out: &mut Diagnostics) {
    let own = registry.agents.iter().filter_map(|agent| agent.scrape_interval.as_ref());
    for interval in std::iter::once(&registry.defaults.scrape_interval).chain(own) {
        let finding = if interval.value < PromDuration::from_secs(1) {
            Diagnostic::warning(
                ScrapeInterval::CODE,
                interval.span,
                format!("a scrape every {interval} is a load on every agent"),
            )
            .label("less than a second")
        } else if interval.value > PromDuration::from_minutes(2) {
            Diagnostic::warning(
                ScrapeInterval::CODE,
                interval.span,
                format!("with a scrape every {interval}, one lost scrape makes series vanish"),
            )
            .label("more than two minutes")
        } else {
            continue;
        };
        out.push(finding.help("15s is usual"));
    }
}

check! {
    /// The generated rules use functions and options of Prometheus 2.40 and later, and `keep_firing_for` came with 2.42.
    ///
    /// ```yaml
    /// prometheus: {version: "2.26"}   # wrong
    /// prometheus: {version: "2.42"}   # right
    /// ```
    OldPrometheus = "KPI0645", "Prometheus is too old", old_prometheus
}

fn old_prometheus(registry: &Registry, out: &mut Diagnostics) {
    let version = &registry.prometheus.version;
    let (oldest, what) = if keeps_firing(registry) {
        ((2, 42), "`keep_firing_for`")
    } else {
        ((2, 40), "the rules this registry makes")
    };
    if (version.major, version.minor) < oldest {
        let (major, minor) = oldest;
        out.push(
            Diagnostic::error(
                OldPrometheus::CODE,
                version.span,
                format!("Prometheus {version} can't load {what}"),
            )
            .label("too old")
            .help(format!("{major}.{minor} is the oldest that can; say the version the server has")),
        );
    }
}

check! {
    /// Alerts link to their runbook, so its address is one that a browser opens.
    ///
    /// ```yaml
    /// defaults: {runbook_base: runbooks/kpi}                          # wrong
    /// defaults: {runbook_base: "https://runbooks.auren.example/kpi"}  # right
    /// ```
    Runbook = "KPI0646", "runbook that no browser opens", runbook
}

fn runbook(registry: &Registry, out: &mut Diagnostics) {
    let opens = |address: &str| {
        ["https://", "http://"].iter().any(|scheme| {
            address.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        })
    };
    let base = registry.defaults.runbook_base.as_ref();
    if let Some(base) = base.filter(|base| !opens(base)) {
        out.push(
            Diagnostic::warning(
                Runbook::CODE,
                base.span,
                format!("`runbook_base` is `{base}`, which no browser opens"),
            )
            .label("every runbook begins with it")
            .help("begin it with `https://`"),
        );
        return;
    }
    for kpi in &registry.kpis {
        if let Some(address) = kpi.runbook.as_deref().filter(|address| !opens(address)) {
            out.push(
                Diagnostic::warning(
                    Runbook::CODE,
                    kpi.name.span,
                    format!("the runbook of `{}` is `{address}`, which no browser opens", kpi.name),
                )
                .label("alerts link to it")
                .help("begin it with `https://`"),
            );
        }
    }
}

check! {
    /// Alerts on a container (gone, out of memory, throttled, in a crash loop) read metrics of cAdvisor. Without its
    /// catalog none are made, and the container is only looked for by `docker_sd`.
    ///
    /// ```yaml
    /// agents: {neuros: {container: neuros}}                                             # no alerts on it
    /// external_metrics: {use: [cadvisor]}                                               # right
    /// targets: {prometheus: {exporters: {cadvisor: ["cadvisor:8080"]}}}                 # and where it is scraped
    /// ```
    UnwatchedContainer = "KPI0647", "container that nobody watches", unwatched_container
}

fn unwatched_container(registry: &Registry, out: &mut Diagnostics) {
    if registry.uses(Catalog::Cadvisor) || registry.uses(Catalog::KubeStateMetrics) {
        return;
    }
    for agent in &registry.agents {
        let discovery = agent.discovery.unwrap_or(registry.targets.discovery);
        let Some(container) = agent.container.as_ref().filter(|_| discovery != Discovery::Docker) else {
            continue;
        };
        out.push(
            Diagnostic::note(
                UnwatchedContainer::CODE,
                container.span,
                format!("no alerts are made on the container of `{}`", agent.name),
            )
            .label("nobody watches it")
            .help("use the catalog of who does: `external_metrics: {use: [cadvisor]}`"),
        );
    }
}
