//! Rules for Mimir's ruler.

use std::collections::BTreeMap;

use kpi_registry::registry::Registry;

use super::prometheus::Rules;
use crate::artifact::{Artifact, File, FileKind};
use crate::wire::mimir::{Namespace, RulerLimits, RuntimeConfig};

crate::documented! {
    /// With `targets: {mimir: …}`: the rules as one namespace for `mimirtool rules load`, and the limits that its tenant
    /// needs for them, as a part of Mimir's runtime configuration.
    pub struct Mimir;
}

/// What Mimir grants to whom its configuration doesn't name.
const DEFAULT: RulerLimits =
    RulerLimits { ruler_max_rules_per_rule_group: 20, ruler_max_rule_groups_per_tenant: 70 };

/// The tenant of a Mimir without tenants.
const ANONYMOUS: &str = "anonymous";

impl Artifact for Mimir {
    fn id(&self) -> &'static str {
        "mimir-rules"
    }

    fn group(&self) -> &'static str {
        "mimir"
    }

    fn about(&self) -> &'static str {
        Self::ABOUT
    }

    fn files(&self, registry: &Registry) -> Vec<File> {
        let Some(settings) = &registry.targets.mimir else { return Vec::new() };
        let rules = Rules::new(registry);
        let namespace = Namespace {
            namespace: settings.namespace.clone().unwrap_or_else(|| registry.platform.value.clone()),
            groups: rules.groups(),
        };
        let tenant = settings.tenant.clone().unwrap_or_else(|| ANONYMOUS.to_owned());
        let limits = RuntimeConfig { overrides: BTreeMap::from([(tenant, limits(&namespace))]) };
        vec![
            File::yaml("mimir/rules.yaml", FileKind::MimirRules, &namespace),
            File::yaml("mimir/overrides.yaml", FileKind::MimirRuntime, &limits),
        ]
    }
}

/// What a namespace needs, and no less than the default: the tenant may have others.
fn limits(namespace: &Namespace<'_>) -> RulerLimits {
    let rules = namespace.groups.iter().map(|group| group.rules.len()).max().unwrap_or_default();
    RulerLimits {
        ruler_max_rules_per_rule_group: rules.max(DEFAULT.ruler_max_rules_per_rule_group),
        ruler_max_rule_groups_per_tenant: DEFAULT.ruler_max_rule_groups_per_tenant + namespace.groups.len(),
    }
}
