//! A function outlives the place it is written in: it owns what it reads.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    let queue = vec![1, 2, 3];
    KPIS.waiting.read_with(|| Requests(queue.len() as f64)).forever();
}
