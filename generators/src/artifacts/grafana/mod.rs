//! What Grafana reads.

mod board;
mod canvas;
mod chrome;
mod dashboard;
mod layout;
mod look;
mod overview;
mod panel;
mod provisioning;
mod query;
mod scale;
mod text;
mod view;

use kpi_registry::registry::Registry;

use crate::artifact::{Artifact, File, FileKind};
use crate::ids::PanelIds;

pub use provisioning::Provisioning;

crate::documented! {
    /// Grafana dashboards: one of every agent, with an overview and a row for every category of its KPIs, and one
    /// of every name under `dashboards:` or a KPI's `dashboard:`. Classic model, for Grafana 12 and 13.
    pub struct Dashboards;
}

impl Artifact for Dashboards {
    fn id(&self) -> &'static str {
        "grafana-dashboards"
    }

    fn group(&self) -> &'static str {
        "grafana"
    }

    fn about(&self) -> &'static str {
        Self::ABOUT
    }

    fn files(&self, registry: &Registry) -> Vec<File> {
        let ids = PanelIds::new(registry);
        let boards = board::boards(registry);
        let dashboards = boards.iter().map(|board| dashboard::dashboard(registry, &ids, board));
        dashboards
            .map(|dashboard| {
                let path = format!("grafana/dashboards/{}.json", dashboard.uid);
                File::json(path, FileKind::GrafanaDashboard, &dashboard)
            })
            .collect()
    }
}
