//! Inside a macro of the user's, with the path as its argument.

macro_rules! registry {
    ($module:ident, $path:literal) => {
        mod $module {
            kpi_runtime::kpis!($path);
        }
    };
}

registry!(kpis, "registry.yaml");

fn main() {
    kpis::KPIS.waiting.inc();
    assert_eq!(kpis::KPIS.waiting.get(), Some(kpis::Requests(1.0)));
}
