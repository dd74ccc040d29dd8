//! A crate that has no prelude, and whose names mean something else than everybody's.
#![no_implicit_prelude]
#![allow(dead_code, non_camel_case_types)]

mod kpis {
    pub struct u64;
    pub struct u8;
    pub struct u16;
    pub struct u32;
    pub struct f64;
    pub struct usize;
    pub struct str;
    pub struct bool;
    ::kpi_runtime::kpis!("awkward.yaml");
}

fn main() {
    kpis::KPIS.awkward.with(kpis::Type::All, kpis::OptionLabel::Some, kpis::ResultLabel::Ok, kpis::KpisLabel::Kpi).inc();
}
