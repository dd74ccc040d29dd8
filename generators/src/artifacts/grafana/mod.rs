//! What Grafana reads.

mod board;
mod canvas;
mod chrome;
mod dashboard;
mod exclusion;
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
    /// of every name under `dashboards:` or a KPI's `dashboard:`. Classic model, for Grafana 12 and 13. Beside them
    /// the exclusions that dashboard-linter needs, each with its reason.
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
        let mut titles = dashboard::Titles::default();
        let mut exclusions = Vec::new();
        let mut files = Vec::new();
        for board in &boards {
            let (dashboard, excluded) = dashboard::dashboard(registry, &ids, &mut titles, board);
            let path = format!("grafana/dashboards/{}.json", dashboard.uid);
            files.push(File::json(path, FileKind::GrafanaDashboard, &dashboard));
            exclusions.push((dashboard.title, excluded));
        }
        files.push(exclusion::file(&exclusions));
        files
    }
}
