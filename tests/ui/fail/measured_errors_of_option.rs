//! An `Option` has no errors.

kpi_runtime::kpis!("one.yaml");

#[kpi_runtime::measured(errors = KPIS.requests)]
fn half(number: u32) -> Option<u32> {
    number.is_multiple_of(2).then_some(number / 2)
}

fn main() {
    half(2);
}
