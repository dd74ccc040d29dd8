//! `alertmanager.yml`: who is told about which alert, and which alert makes another needless.

mod inhibition;
mod receiver;
mod route;

use kpi_registry::registry::Registry;

use crate::artifact::{Artifact, File, FileKind};
use crate::wire::alertmanager::Config;

crate::documented! {
    /// Alertmanager's configuration: routes by severity and owner to the registry's receivers, a route for the
    /// heartbeat, and inhibitions: critical over warning, and upstream KPIs over those that depend on them.
    pub struct Alertmanager;
}

impl Artifact for Alertmanager {
    fn id(&self) -> &'static str {
        "alertmanager-config"
    }

    fn group(&self) -> &'static str {
        "alertmanager"
    }

    fn about(&self) -> &'static str {
        Self::ABOUT
    }

    fn files(&self, registry: &Registry) -> Vec<File> {
        let path = "alertmanager/alertmanager.yml";
        vec![File::yaml(path, FileKind::AlertmanagerConfig, &config(registry))]
    }
}

fn config(registry: &Registry) -> Config {
    Config {
        route: route::tree(registry),
        inhibit_rules: inhibition::rules(registry),
        receivers: receiver::all(registry),
    }
}
