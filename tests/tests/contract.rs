//! `/kpi/contract` says of a program what its registry says.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what is unexpected fails the test")]

mod kpis {
    kpi_runtime::kpis!("../../examples/auren/kpi_registry.yaml", agent = "neuros", emitted_in = []);
}

use kpi_registry::entity::{Kind, LabelValues};
use kpi_registry::load::load;
use kpi_tests::repository;
use serde_json::{Value, json};

#[test]
fn every_kpi_of_the_agent_is_in_the_contract_as_the_registry_has_it() {
    kpis::KPIS.init().unwrap();
    let contract: Value = serde_json::from_str(&kpi_runtime::contract().to_json()).unwrap();
    let loaded = load(&repository().join("examples/auren/kpi_registry.yaml"));
    let (registry, sources) = (loaded.registry.unwrap(), loaded.sources);

    let about = &contract["registries"][0];
    assert_eq!(
        (&about["platform"], &about["agent"], &about["hash"]),
        (&json!(registry.platform.value), &json!("neuros"), &json!(registry.hash))
    );

    let agent = registry.agent_named("neuros").unwrap();
    let kpis = registry.kpis_of(agent).map(|(_, kpi)| kpi);
    let kpis = kpis.filter(|kpi| !matches!(kpi.kind.value, Kind::Derived(_)));
    let mut expected: Vec<Value> = kpis
        .map(|kpi| {
            let labels = kpi.labels.iter().map(|label| {
                let label = registry.label(label.value);
                match &label.values {
                    LabelValues::Closed(values) => {
                        let values: Vec<&String> = values.iter().map(|value| &value.value).collect();
                        json!({"name": label.name.value, "values": values})
                    }
                    LabelValues::Open { limit } => json!({"name": label.name.value, "limit": limit.value}),
                }
            });
            let place = sources.place(kpi.name.span);
            json!({
                "name": kpi.metric.value,
                "help": kpi.description.value,
                "type": kpi.kind.value.name().as_str(),
                "unit": kpi.unit.value.suffix(),
                "labels": labels.collect::<Vec<_>>(),
                "in_registry": true,
                "registry": 0,
                "kpi": kpi.name.value,
                "declared": format!("{}:{}", place.name, place.at.line),
            })
        })
        .collect();
    expected.sort_by_key(|family| family["name"].as_str().unwrap().to_owned());
    assert!(!expected.is_empty());

    let mut families = contract["families"].as_array().unwrap().clone();
    families.retain(|family| family["in_registry"] == true);
    for family in &mut families {
        assert!(family.as_object_mut().unwrap().remove("series").unwrap().is_u64());
    }
    assert_eq!(families, expected);
}
