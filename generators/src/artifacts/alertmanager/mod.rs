//! `alertmanager.yml`: who is told about which alert, and which alert makes another needless.

mod inhibition;
mod receiver;
mod route;
mod route_tests;

use kpi_registry::registry::Registry;

use crate::artifact::{Artifact, File, FileKind};
use crate::wire::alertmanager::{Config, Inhibition};

crate::documented! {
    /// Alertmanager's configuration: routes by severity and owner to the registry's receivers, a route for the
    /// heartbeat, and inhibitions: critical over warning, page over ticket of one SLO, upstream KPIs over those that
    /// depend on them, an agent that is down over what follows. Beside it a test of the routes, run by `kpi test`.
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
        vec![
            File::yaml(CONFIG, FileKind::AlertmanagerConfig, &config(registry)),
            File::json(
                "alertmanager/routes.test.json",
                FileKind::AlertmanagerRoutes,
                &route_tests::all(registry),
            ),
        ]
    }
}

/// Where the configuration is, relative to the output directory.
pub const CONFIG: &str = "alertmanager/alertmanager.yml";

/// Which alerts silence which.
pub fn inhibitions(registry: &Registry) -> Vec<Inhibition> {
    inhibition::rules(registry)
}

fn config(registry: &Registry) -> Config {
    Config {
        route: route::tree(registry),
        inhibit_rules: inhibitions(registry),
        receivers: receiver::all(registry),
    }
}
