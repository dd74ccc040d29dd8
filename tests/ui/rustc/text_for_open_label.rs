//! An open label's text wants its name, so that two can't be swapped.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    KPIS.tokens.with("gpt-4").inc();
}
