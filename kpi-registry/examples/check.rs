//! Loads a registry and prints its findings: `cargo run -p kpi-registry --example check -- PATH`.

#![allow(clippy::print_stdout, reason = "an example that prints")]

use std::path::PathBuf;
use std::time::Instant;

use kpi_registry::load::load;
use kpi_registry::render::human;

fn main() {
    let path = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("kpi_registry.yaml"), PathBuf::from);
    let start = Instant::now();
    let loaded = load(&path);
    let took = start.elapsed();
    print!("{}", human(&loaded.diagnostics, &loaded.sources, false));
    let kpis = loaded.registry.map_or(0, |registry| registry.kpis.len());
    println!("{kpis} KPIs in {took:?}");
}
