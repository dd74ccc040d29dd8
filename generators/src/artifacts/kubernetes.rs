//! Rules as objects of Kubernetes, none of which is too large.

use kpi_registry::entity::RuleObjects;
use kpi_registry::registry::Registry;

use super::prometheus::Section;
use crate::ids::dns_label;
use crate::wire::compact_json;
use crate::wire::kubernetes::{ApiVersion, Kind, Metadata, RuleObject};
use crate::wire::rules::{RuleFile, RuleGroup};

/// The most bytes of groups in one object, as JSON. `kubectl apply` keeps the whole object in an annotation, which ends at
/// 256 KiB, and the Prometheus Operator refuses rule files of 512 KiB.
const MOST: usize = 192 << 10;

/// The most of a group whose rules read each other, and so stay together: what the operator takes, less what its own YAML
/// adds.
const MOST_ORDERED: usize = 384 << 10;

/// The objects that hold some sections, each named after its section.
pub(super) fn objects<'a>(
    registry: &Registry,
    sections: Vec<Section<'a>>,
    (api_version, kind): (ApiVersion, Kind),
    settings: &RuleObjects,
) -> Vec<RuleObject<'a>> {
    let metadata = |name: &str| Metadata {
        name: dns_label(&format!("{}-{}", registry.platform, name.replace('.', "-"))),
        namespace: settings.namespace.clone(),
        labels: settings.labels.iter().map(|(key, value)| (key.clone(), value.value.clone())).collect(),
    };
    let mut objects = Vec::new();
    for section in sections {
        let most = if section.is_ordered { MOST_ORDERED } else { MOST };
        let parts = section.groups.into_iter().flat_map(|group| parts(group, most));
        for (number, groups) in packed(parts).into_iter().enumerate() {
            let metadata = metadata(&numbered(&section.name, number));
            objects.push(RuleObject { api_version, kind, metadata, spec: RuleFile { groups } });
        }
    }
    objects
}

/// The first keeps its name.
fn numbered(name: &str, number: usize) -> String {
    if number == 0 { name.to_owned() } else { format!("{name}-{}", number + 1) }
}

/// A group and its size, or several with the same rules in the same order where it is larger than `most`.
fn parts(group: RuleGroup<'_>, most: usize) -> Vec<(RuleGroup<'_>, usize)> {
    let RuleGroup { name, interval, rules } = group;
    let mut parts: Vec<(RuleGroup<'_>, usize)> = Vec::new();
    for rule in rules {
        let size = compact_json(&rule).len();
        if let Some((part, sum)) = parts.last_mut().filter(|(_, sum)| sum + size <= most) {
            part.rules.push(rule);
            *sum += size;
        } else {
            let name = numbered(&name, parts.len());
            parts.push((RuleGroup { name, interval: interval.clone(), rules: vec![rule] }, size));
        }
    }
    parts
}

/// Groups by object, in order.
fn packed<'a>(groups: impl Iterator<Item = (RuleGroup<'a>, usize)>) -> Vec<Vec<RuleGroup<'a>>> {
    let mut objects: Vec<(Vec<RuleGroup<'a>>, usize)> = Vec::new();
    for (group, size) in groups {
        match objects.last_mut().filter(|(_, sum)| sum + size <= MOST) {
            Some((groups, sum)) => {
                groups.push(group);
                *sum += size;
            }
            None => objects.push((vec![group], size)),
        }
    }
    objects.into_iter().map(|(groups, _)| groups).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::rules::{Record, Rule};

    fn group(name: &str, rules: usize) -> RuleGroup<'static> {
        let rule = |number: usize| {
            Rule::Record(Record {
                record: format!("r{number}"),
                expr: "x".repeat(1000),
                labels: std::collections::BTreeMap::new(),
            })
        };
        RuleGroup::new(name.to_owned(), (0..rules).map(rule).collect())
    }

    #[test]
    fn a_group_that_fits_stays_whole() {
        let parts = parts(group("g", 100), MOST);
        assert_eq!((parts.len(), parts[0].0.rules.len(), parts[0].0.name.as_str()), (1, 100, "g"));
        assert!(parts[0].1 > 100_000);
    }

    #[test]
    fn a_group_that_does_not_is_cut_in_order() {
        let parts = parts(group("g", 1000), MOST);
        let names: Vec<&str> = parts.iter().map(|(part, _)| part.name.as_str()).collect();
        assert_eq!(names, ["g", "g-2", "g-3", "g-4", "g-5", "g-6"]);
        let rules: Vec<_> = parts.iter().flat_map(|(part, _)| part.rules.clone()).collect();
        assert_eq!(rules, group("g", 1000).rules);
        assert!(parts.iter().all(|(_, size)| *size <= MOST));
    }

    #[test]
    fn objects_are_filled_in_order() {
        let groups = ["a", "b", "c", "d"].map(|name| parts(group(name, 80), MOST).remove(0));
        let names = |groups: &Vec<RuleGroup<'_>>| groups.iter().map(|group| group.name.clone()).collect();
        let objects: Vec<Vec<String>> = packed(groups.into_iter()).iter().map(names).collect();
        assert_eq!(objects, [["a", "b"], ["c", "d"]]);
    }
}
