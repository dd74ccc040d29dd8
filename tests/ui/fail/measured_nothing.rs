//! What is to be measured?

#[kpi_runtime::measured]
fn work() {}

fn main() {
    work();
}
