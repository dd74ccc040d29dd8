//! A method without a body does nothing that could be measured.

kpi_runtime::kpis!("one.yaml");

trait Works {
    #[kpi_runtime::measured(calls = KPIS.requests)]
    fn work(&self);
}

fn main() {}
