//! What Grafana needs to find Prometheus and the dashboards at its start.

use kpi_registry::registry::Registry;

use crate::artifact::{Artifact, File, FileKind};
use crate::wire::grafana::provisioning::{
    DashboardProvider, DashboardProviders, DataSource, DataSources, PrometheusData, ProviderOptions, literal,
};

crate::documented! {
    /// Grafana's provisioning files: the Prometheus data source, and a provider that shows the dashboards in one
    /// folder, read from `/var/lib/grafana/dashboards/<platform>`.
    pub struct Provisioning;
}

impl Artifact for Provisioning {
    fn id(&self) -> &'static str {
        "grafana-provisioning"
    }

    fn group(&self) -> &'static str {
        "grafana"
    }

    fn about(&self) -> &'static str {
        Self::ABOUT
    }

    fn files(&self, registry: &Registry) -> Vec<File> {
        let file = |directory: &str| format!("grafana/provisioning/{directory}/{}.yml", registry.platform);
        let kind = FileKind::GrafanaProvisioning;
        vec![
            File::yaml(file("datasources"), kind, &datasources(registry)),
            File::yaml(file("dashboards"), kind, &providers(registry)),
        ]
    }
}

/// The uid of the data source that dashboards choose at first.
pub(super) fn datasource_uid(registry: &Registry) -> String {
    [&registry.platform, "-prometheus"].concat()
}

/// Not the default of its Grafana: a second default would keep Grafana from starting, and dashboards name theirs.
fn datasources(registry: &Registry) -> DataSources {
    let source = DataSource {
        name: literal(&["Prometheus (", &registry.platform, ")"].concat()),
        uid: datasource_uid(registry),
        kind: "prometheus".into(),
        access: "proxy".into(),
        url: literal(&registry.targets.grafana_prometheus_url),
        is_default: false,
        editable: false,
        json_data: PrometheusData {
            http_method: "POST".into(),
            time_interval: registry.defaults.scrape_interval.to_string(),
            prometheus_type: "Prometheus".into(),
            prometheus_version: format!("{}.0", registry.prometheus.version),
        },
    };
    DataSources { api_version: 1, datasources: vec![source] }
}

fn providers(registry: &Registry) -> DashboardProviders {
    let platform = registry.platform.value.clone();
    let provider = DashboardProvider {
        name: platform.clone(),
        org_id: 1,
        folder: super::text::title(&platform),
        folder_uid: platform.clone(),
        kind: "file".into(),
        disable_deletion: false,
        allow_ui_updates: false,
        update_interval_seconds: 10,
        options: ProviderOptions { path: ["/var/lib/grafana/dashboards/", &platform].concat() },
    };
    DashboardProviders { api_version: 1, providers: vec![provider] }
}
