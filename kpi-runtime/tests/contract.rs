//! What a program says it exposes, and that this is what it exposes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may fail loudly")]

mod kpis {
    kpi_runtime::kpis!("support/shop.yaml", agent = "checkout", emitted_in = []);
}

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::{env, fs};

use kpi_runtime::contract::{Origin, Type};
use kpi_runtime::snapshot;
use kpis::{KPIS, Model, Route, Status};
use serde_json::Value;

/// The KPIs of `support/shop.yaml` as `support/shop.contract.json` has them; `KPI_BLESS=1` writes it.
#[test]
fn the_registry_becomes_the_contract() {
    KPIS.init().unwrap();
    KPIS.asked.with(Model("gpt")).inc();
    KPIS.in_flight.with(Route::Order).inc();

    let mut contract = kpi_runtime::contract();
    contract.families.retain(|family| family.origin.is_registry());
    let json = contract.to_json();
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/shop.contract.json");
    if env::var_os("KPI_BLESS").is_some() {
        fs::write(golden, &json).unwrap();
    }
    // Of the hash and the version it only matters that they are there.
    let [mut json, mut expected]: [Value; 2] =
        [json, fs::read_to_string(golden).unwrap()].map(|text| serde_json::from_str(&text).unwrap());
    for document in [&mut json, &mut expected] {
        let registry = document["registries"][0].as_object_mut().unwrap();
        assert!(registry.remove("hash").unwrap().as_str().is_some_and(|hash| !hash.is_empty()));
        assert!(registry.remove("version").unwrap().is_string());
        assert!(document.as_object_mut().unwrap().remove("runtime").unwrap().is_string());
    }
    assert_eq!(json, expected);
}

#[test]
fn every_family_of_a_scrape_is_in_the_contract() {
    KPIS.requests.with(Route::Order, Status::Ok).inc();
    let contract = kpi_runtime::contract();
    for family in snapshot().families {
        let listed = contract.family(&family.name).unwrap_or_else(|| panic!("{} is missing", family.name));
        let labels: BTreeSet<&str> = listed.labels.iter().map(|label| &*label.name).collect();
        for series in &family.series {
            assert!(series.labels.iter().all(|(name, _)| labels.contains(&**name)), "{}", family.name);
        }
        assert_eq!((&listed.unit, &listed.help), (&family.unit, &family.help), "{}", family.name);
    }
    let process = contract.family("process_start_time_seconds").unwrap();
    assert_eq!((process.origin, process.kind, process.series), (Origin::Runtime, Type::Gauge, 1));
    assert!(contract.families.is_sorted_by(|a, b| a.name < b.name));
    assert!(contract.left_out.is_empty());
}

#[test]
fn the_endpoint_answers_with_it() {
    KPIS.init().unwrap();
    let server = kpi_runtime::serve("127.0.0.1:0").unwrap();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.write_all(b"GET /kpi/contract HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(
        head.starts_with("HTTP/1.1 200 ") && head.contains("Content-Type: application/json\r\n"),
        "{head}"
    );
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!((&body["contract"], &body["registries"][0]["platform"]), (&1.into(), &"shop".into()));
}
