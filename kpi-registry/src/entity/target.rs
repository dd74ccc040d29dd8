//! What to emit, and for which versions.

use crate::source::{Span, Spanned};
use std::collections::BTreeMap;

/// How Prometheus finds an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Discovery {
    /// `static`: the targets stand in the configuration.
    Static,
    /// `file_sd`: the targets stand in a file beside it, which is generated too.
    File,
    /// `http_sd`: Prometheus asks an address.
    Http,
    /// `docker_sd`: Prometheus asks the Docker engine.
    Docker,
}

impl Discovery {
    /// Every way, in the order of the reference.
    pub const ALL: &'static [Self] = &[Self::Static, Self::File, Self::Http, Self::Docker];

    /// As written in a registry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Static => "static",
            Self::File => "file_sd",
            Self::Http => "http_sd",
            Self::Docker => "docker_sd",
        }
    }
}

/// `targets:`.
#[derive(Clone, Debug)]
pub struct Targets {
    /// `prometheus: {discovery}`: how agents are found that say nothing themselves; static by default.
    pub discovery: Discovery,
    /// `prometheus: {http_sd_url}`: the address for `http_sd`; the agent's name is appended as `?agent=`.
    pub http_sd_url: Option<Spanned<String>>,
    /// `prometheus: {docker_host}`: `unix:///var/run/docker.sock` by default.
    pub docker_host: String,
    /// `prometheus: {alertmanagers}`: `host:port` list; `alertmanager:9093` by default.
    pub alertmanagers: Vec<Spanned<String>>,
    /// `prometheus: {environment}`: which environment's targets the scrape configuration uses.
    pub environment: Option<Spanned<String>>,
    /// `grafana: {prometheus_url}`: the datasource's address; `http://prometheus:9090` by default.
    pub grafana_prometheus_url: String,
    /// `grafana: {url}`: the start of panel links in alerts; none when not said.
    pub grafana_url: Option<String>,
    /// Other targets, whose artifacts are not made here: name → the versions asked for.
    pub others: BTreeMap<String, Span>,
}
