//! A module in which the prelude's names mean something else.
#![allow(dead_code, unused_macros)]

mod kpis {
    pub struct Option;
    pub struct Result;
    pub struct Some;
    pub struct String;
    pub struct Vec;
    pub struct Box;
    pub struct Default;
    pub mod core {}
    pub mod std {}
    pub mod kpi_runtime {}
    ::kpi_runtime::kpis!("registry.yaml");
}

fn main() {
    kpis::KPIS.waiting.inc();
}
