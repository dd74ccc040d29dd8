//! An open label takes any text.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    let model = String::from("gpt-4");
    KPIS.tokens.with(Model(&model)).inc_by(12u64);
    KPIS.tokens.with(Model("claude")).inc();
    assert_eq!(KPIS.tokens.with(Model("gpt-4")).get(), 12);
}
