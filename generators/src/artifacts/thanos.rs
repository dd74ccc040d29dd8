//! Rules for Thanos Ruler.

use kpi_registry::entity::PartialResponse;
use kpi_registry::registry::Registry;

use super::prometheus::Rules;
use crate::artifact::{Artifact, File, FileKind};
use crate::wire::thanos::{PartialResponseStrategy, RuleFile, RuleGroup};

crate::documented! {
    /// With `targets: {thanos: …}`: the rule files of Thanos Ruler, each group with what it does with an answer that a
    /// source is missing from.
    pub struct Thanos;
}

impl Artifact for Thanos {
    fn id(&self) -> &'static str {
        "thanos-rules"
    }

    fn group(&self) -> &'static str {
        "thanos"
    }

    fn about(&self) -> &'static str {
        Self::ABOUT
    }

    fn files(&self, registry: &Registry) -> Vec<File> {
        let strategy = match registry.targets.thanos {
            None => return Vec::new(),
            Some(PartialResponse::Abort) => PartialResponseStrategy::Abort,
            Some(PartialResponse::Warn) => PartialResponseStrategy::Warn,
        };
        let rules = Rules::new(registry);
        let files = rules.sections().into_iter().map(|section| {
            let groups = section.groups.into_iter().map(|group| RuleGroup::new(group, strategy)).collect();
            let path = format!("thanos/rules/{}.yml", section.name);
            File::yaml(path, FileKind::ThanosRules, &RuleFile { groups })
        });
        files.collect()
    }
}
