//! Tests don't run in production, and neither do comments and texts.

kpi_runtime::kpis!("one.yaml", agent = "neuros");

fn main() {
    // KPIS.requests.inc();
    let _ = "KPIS.requests.inc()";
}

#[cfg(test)]
mod tests {
    #[test]
    fn counts() {
        super::KPIS.requests.inc();
    }
}
