//! Where Prometheus sends what it has scraped and recorded.

use std::collections::BTreeMap;

use kpi_registry::entity::{self, Kind};
use kpi_registry::registry::Registry;

use crate::wire::prometheus::{Authorization, BasicAuth, RemoteWrite};

/// The header that names a tenant of Mimir.
const TENANT: &str = "X-Scope-OrgID";

/// Every address, with exemplars and native histograms where the registry has any.
pub(super) fn remote_write(registry: &Registry) -> Vec<RemoteWrite> {
    let send_exemplars = registry.kpis.iter().any(|kpi| kpi.trace.exemplars);
    let send_native_histograms =
        registry.kpis.iter().any(|kpi| matches!(kpi.kind.value, Kind::NativeHistogram));
    let address = |to: &entity::RemoteWrite| RemoteWrite {
        url: to.url.value.clone(),
        name: to.name.as_ref().map(|name| name.value.clone()),
        headers: to.tenant.iter().map(|tenant| (TENANT.to_owned(), tenant.clone())).collect(),
        authorization: to
            .bearer_token_file
            .clone()
            .map(|credentials_file| Authorization { credentials_file }),
        basic_auth: to.user.clone().map(|(username, password_file)| BasicAuth { username, password_file }),
        send_exemplars,
        send_native_histograms,
    };
    registry.targets.remote_write.iter().map(address).collect()
}

/// The labels of everything that leaves the server.
pub(super) fn external_labels(registry: &Registry) -> BTreeMap<String, String> {
    let said = registry.prometheus.external_labels.iter();
    let replica = registry.targets.replica.iter().map(|replica| (&registry.targets.replica_label, replica));
    said.chain(replica).map(|(name, value)| (name.clone(), value.value.clone())).collect()
}
