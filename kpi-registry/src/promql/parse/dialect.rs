//! Which PromQL is read.

use crate::value::PrometheusVersion;

/// Which PromQL is read.
#[derive(Clone, Copy, Debug)]
pub struct Dialect {
    /// The release that evaluates it.
    pub version: PrometheusVersion,
    /// Whether variables of Grafana may stand in it.
    pub variables: bool,
}

impl Dialect {
    /// That of the rules of a Prometheus.
    pub const fn rules(version: PrometheusVersion) -> Self {
        Self { version, variables: false }
    }

    /// That of the panels of a Grafana that asks a Prometheus.
    pub const fn panels(version: PrometheusVersion) -> Self {
        Self { version, variables: true }
    }

    pub(super) const fn has(self, major: u32, minor: u32) -> bool {
        self.version.major > major || (self.version.major == major && self.version.minor >= minor)
    }
}
