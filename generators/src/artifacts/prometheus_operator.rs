//! Rules for the Prometheus Operator.

use kpi_registry::registry::Registry;

use super::kubernetes::objects;
use super::prometheus::Rules;
use crate::artifact::{Artifact, File, FileKind};
use crate::wire::kubernetes::{ApiVersion, Kind};

crate::documented! {
    /// With `targets: {prometheus_operator: …}`: the rules as objects `PrometheusRule` of the Prometheus Operator, at least
    /// one for each rule file, none near the 512 KiB it takes.
    pub struct PrometheusOperator;
}

impl Artifact for PrometheusOperator {
    fn id(&self) -> &'static str {
        "prometheus-operator-rules"
    }

    fn group(&self) -> &'static str {
        "prometheus-operator"
    }

    fn about(&self) -> &'static str {
        Self::ABOUT
    }

    fn files(&self, registry: &Registry) -> Vec<File> {
        let Some(settings) = &registry.targets.prometheus_operator else { return Vec::new() };
        let rules = Rules::new(registry);
        let kind = (ApiVersion::Monitoring, Kind::PrometheusRule);
        let files = objects(registry, rules.sections(), kind, settings).into_iter().map(|object| {
            let path = format!("prometheus-operator/{}.yaml", object.metadata.name);
            File::yaml(path, FileKind::PrometheusRuleObject, &object)
        });
        files.collect()
    }
}
