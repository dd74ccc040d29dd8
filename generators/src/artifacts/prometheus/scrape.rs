//! `prometheus.yml`: what is scraped, which rules run, where alerts go.

use std::collections::{BTreeMap, BTreeSet};

use kpi_registry::entity::{Agent, AgentId, Catalog, Discovery, UnknownLabels};
use kpi_registry::registry::Registry;

use super::remote_write::{external_labels, remote_write};
use super::shard::{OWN, Shard};
use crate::artifact::{Artifact, File, FileKind};
use crate::wire::prometheus::{
    Alerting, Alertmanager, Config, DockerDiscovery, DockerFilter, FileDiscovery, Global, HttpDiscovery,
    Relabel, RelabelAction, ScrapeConfig, TargetGroup,
};
use crate::wire::regex_literal;

crate::documented! {
    /// Prometheus' configuration: a job for every agent (found by static list, file, HTTP or Docker) and exporter, the
    /// rule files, the Alertmanagers, the external labels and where samples are sent; `file_sd` targets in files beside
    /// it. With `shards` a file for each server, which scrapes its share of the targets and leaves rules to others.
    pub struct Scrape;
}

impl Artifact for Scrape {
    fn id(&self) -> &'static str {
        "prometheus-scrape"
    }

    fn group(&self) -> &'static str {
        "prometheus"
    }

    fn about(&self) -> &'static str {
        Self::ABOUT
    }

    fn files(&self, registry: &Registry) -> Vec<File> {
        let file = |name: &str, config: &Config| {
            File::yaml(format!("prometheus/{name}"), FileKind::PrometheusConfig, config)
        };
        let mut files: Vec<File> = match &registry.targets.shards {
            None => vec![file("prometheus.yml", &config(registry, None))],
            Some(count) => Shard::all(count.value)
                .map(|shard| file(&shard.file(), &config(registry, Some(shard))))
                .collect(),
        };
        for (_, agent) in registry.agents().filter(|(_, agent)| discovery(registry, agent) == Discovery::File)
        {
            let path = format!("prometheus/{}", targets_file(agent));
            files.push(File::yaml(path, FileKind::PrometheusTargets, &target_groups(registry, agent)));
        }
        files
    }
}

fn config(registry: &Registry, shard: Option<Shard>) -> Config {
    let interval = registry.defaults.scrape_interval.to_string();
    let evaluates = registry.targets.evaluates_rules();
    let jobs =
        registry.agents().filter_map(|(id, agent)| job(registry, id, agent)).chain(exporters(registry));
    Config {
        global: Global {
            scrape_interval: interval.clone(),
            evaluation_interval: interval,
            external_labels: external_labels(registry),
        },
        rule_files: if evaluates { vec!["rules/*.yml".into()] } else { Vec::new() },
        alerting: evaluates.then(|| alerting(registry)),
        remote_write: remote_write(registry),
        scrape_configs: jobs
            .map(|job| match shard {
                Some(shard) => shard.share(job),
                None => job,
            })
            .collect(),
    }
}

/// The Alertmanagers; replicas send them the same alerts, which only without the label that tells them apart are one.
fn alerting(registry: &Registry) -> Alerting {
    let replica = registry.targets.replica.iter().map(|_| Relabel {
        regex: Some(registry.targets.replica_label.clone()),
        action: Some(RelabelAction::LabelDrop),
        ..Relabel::default()
    });
    Alerting { alert_relabel_configs: replica.collect(), alertmanagers: alertmanagers(registry) }
}

/// A job for every exporter whose targets are known: as the registry says, and Prometheus and Alertmanager where they are.
fn exporters(registry: &Registry) -> Vec<ScrapeConfig> {
    let mut jobs: BTreeMap<Catalog, Vec<String>> = BTreeMap::new();
    let alertmanagers =
        alertmanagers(registry).into_iter().flat_map(|alertmanager| alertmanager.static_configs);
    let alertmanagers = alertmanagers.flat_map(|group| group.targets).collect();
    for (catalog, targets) in
        [(Catalog::Prometheus, vec![OWN.to_owned()]), (Catalog::Alertmanager, alertmanagers)]
    {
        if registry.uses(catalog) {
            jobs.insert(catalog, targets);
        }
    }
    for (catalog, targets) in &registry.targets.exporters {
        jobs.insert(catalog.value, targets.iter().map(|target| target.value.clone()).collect());
    }
    let is_agent = |name: &str| registry.agents.iter().any(|agent| agent.name.value == name);
    let jobs = jobs.into_iter().map(|(catalog, targets)| {
        let name = catalog.as_str();
        ScrapeConfig {
            job_name: if is_agent(name) { format!("{name}-exporter") } else { name.to_owned() },
            static_configs: vec![TargetGroup { targets, labels: BTreeMap::new() }],
            ..ScrapeConfig::default()
        }
    });
    jobs.collect()
}

fn alertmanagers(registry: &Registry) -> Vec<Alertmanager> {
    let named = &registry.targets.alertmanagers;
    let targets = if named.is_empty() {
        vec!["alertmanager:9093".to_owned()]
    } else {
        named.iter().map(|address| address.value.clone()).collect()
    };
    vec![Alertmanager { static_configs: vec![TargetGroup { targets, labels: BTreeMap::new() }] }]
}

/// The job of an agent; none when the registry doesn't say where the agent is.
fn job(registry: &Registry, id: AgentId, agent: &Agent) -> Option<ScrapeConfig> {
    let interval = agent.scrape_interval.as_ref().map(|interval| interval.value);
    let mut job = ScrapeConfig {
        job_name: agent.name.value.clone(),
        scrape_interval: interval
            .filter(|own| *own != registry.defaults.scrape_interval.value)
            .map(|own| own.to_string()),
        metrics_path: (agent.path != "/metrics").then(|| agent.path.clone()),
        metric_relabel_configs: match registry.targets.unknown_labels {
            UnknownLabels::Drop => vec![keep_known_labels(registry, id)],
            UnknownLabels::Keep => Vec::new(),
        },
        ..ScrapeConfig::default()
    };
    match discovery(registry, agent) {
        Discovery::Static => {
            job.static_configs = target_groups(registry, agent);
            if job.static_configs.is_empty() {
                return None;
            }
        }
        Discovery::File => job.file_sd_configs = vec![FileDiscovery { files: vec![targets_file(agent)] }],
        Discovery::Http => {
            job.http_sd_configs = vec![HttpDiscovery { url: discovery_url(registry, agent)? }];
            job.relabel_configs = vec![agent_label(agent), keep_own_target_labels()];
        }
        Discovery::Docker => {
            job.docker_sd_configs = vec![docker(registry, agent)];
            job.relabel_configs = agent.port.as_ref().map(|port| keep_port(port.value)).into_iter().collect();
            job.relabel_configs.push(agent_label(agent));
        }
    }
    Some(job)
}

fn discovery(registry: &Registry, agent: &Agent) -> Discovery {
    agent.discovery.unwrap_or(registry.targets.discovery)
}

/// Relative to the configuration.
fn targets_file(agent: &Agent) -> String {
    format!("targets/{}.yml", agent.name)
}

/// The addresses the registry names: those of every environment, and those of the chosen environment, or of all of
/// them when none is chosen. Without any, the agent is expected at its own name and port.
fn target_groups(registry: &Registry, agent: &Agent) -> Vec<TargetGroup> {
    let agent_label = || BTreeMap::from([("agent".to_owned(), agent.name.value.clone())]);
    let chosen = registry.targets.environment.as_ref().map(|chosen| chosen.value.as_str());
    let everywhere = (None, &agent.targets);
    let own = agent.environment_targets.iter().map(|(name, targets)| (Some(name), targets));
    let own = own.filter(|(name, _)| chosen.is_none() || name.map(String::as_str) == chosen);
    let groups: Vec<TargetGroup> = std::iter::once(everywhere)
        .chain(own)
        .filter(|(_, targets)| !targets.is_empty())
        .map(|(environment, targets)| {
            let mut labels = agent_label();
            labels.extend(environment.map(|name| ("environment".to_owned(), name.clone())));
            TargetGroup { targets: targets.iter().map(|target| target.value.clone()).collect(), labels }
        })
        .collect();
    if !groups.is_empty() {
        return groups;
    }
    let guess = agent.port.as_ref().map(|port| format!("{}:{}", agent.name, port.value));
    guess.map(|target| TargetGroup { targets: vec![target], labels: agent_label() }).into_iter().collect()
}

fn discovery_url(registry: &Registry, agent: &Agent) -> Option<String> {
    let base = &registry.targets.http_sd_url.as_ref()?.value;
    let separator = if base.contains('?') { '&' } else { '?' };
    Some(format!("{base}{separator}agent={}", agent.name))
}

/// The containers of an agent: the one of its name, or those of the Compose service that is called as the agent.
fn docker(registry: &Registry, agent: &Agent) -> DockerDiscovery {
    let filter = match &agent.container {
        Some(container) => {
            DockerFilter { name: "name".into(), values: vec![format!("^/{}$", regex_literal(container))] }
        }
        None => DockerFilter {
            name: "label".into(),
            values: vec![format!("com.docker.compose.service={}", agent.name)],
        },
    };
    DockerDiscovery {
        host: registry.targets.docker_host.clone(),
        port: agent.port.as_ref().map(|port| port.value),
        filters: vec![filter],
    }
}

/// A container is found once for every port it exposes: only the port of the agent is scraped.
fn keep_port(port: u16) -> Relabel {
    Relabel {
        source_labels: vec!["__address__".into()],
        regex: Some(format!(".+:{port}")),
        action: Some(RelabelAction::Keep),
        ..Relabel::default()
    }
}

fn agent_label(agent: &Agent) -> Relabel {
    Relabel {
        target_label: Some("agent".into()),
        replacement: Some(agent.name.replace('$', "$$")),
        ..Relabel::default()
    }
}

/// What an answering server adds to a target beyond these labels would end up on every series.
fn keep_own_target_labels() -> Relabel {
    Relabel {
        regex: Some("__.*|agent|environment|instance|job".into()),
        action: Some(RelabelAction::LabelKeep),
        ..Relabel::default()
    }
}

/// Labels that series have whatever the registry says: of the target, of Prometheus' own making and of
/// distributions.
const STRUCTURAL: &[&str] =
    &["__.*", "agent", "environment", "exported_.*", "instance", "job", "le", "quantile"];

/// Labels of the families that `kpi-runtime` exposes about itself and its process.
pub const RUNTIME_LABELS: &[&str] = &["agent_name", "family", "label", "platform", "registry", "version"];

/// Removes labels that nobody declared.
///
/// Two series of one family must still differ afterwards, so the list has every label of every family the agent
/// can expose: its KPIs, what the runtime adds, and the external metrics the registry declares.
fn keep_known_labels(registry: &Registry, agent: AgentId) -> Relabel {
    let kpis = registry.kpis_of(agent).flat_map(|(_, kpi)| &kpi.labels);
    let mut known: BTreeSet<String> =
        kpis.map(|label| regex_literal(&registry.label(label.value).name)).collect();
    known.extend(
        registry.external_metrics.iter().flat_map(|metric| &metric.labels).map(|name| regex_literal(name)),
    );
    known.extend(STRUCTURAL.iter().chain(RUNTIME_LABELS).map(|name| (*name).to_owned()));
    let names: Vec<String> = known.into_iter().collect();
    Relabel { regex: Some(names.join("|")), action: Some(RelabelAction::LabelKeep), ..Relabel::default() }
}
