//! Reading is not emitting.

kpi_runtime::kpis!("one.yaml", agent = "neuros");

fn main() {
    assert_eq!(KPIS.requests.get(), 0);
}
