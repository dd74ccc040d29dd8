//! A function that can't fail has no errors to count.

kpi_runtime::kpis!("one.yaml");

#[kpi_runtime::measured(errors = KPIS.requests)]
fn work() {}

fn main() {
    work();
}
