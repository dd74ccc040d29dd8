//! A function that only passes a future on would measure how long it takes to make it.

use std::pin::Pin;

kpi_runtime::kpis!("one.yaml");

async fn work() {}

#[kpi_runtime::measured(calls = KPIS.requests)]
fn passes_on() -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(work())
}

fn main() {
    drop(passes_on());
}
