//! Functions take the program's KPIs and a test's own alike.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    let own = Kpis::new();
    work(&own);
    work(&own);
    work(&KPIS);
    assert_eq!(own.requests.with(Route::Analyze, Status::Ok).get(), 2);
    assert_eq!(KPIS.requests.with(Route::Analyze, Status::Ok).get(), 1);
}

fn work(kpis: &Kpis) {
    kpis.requests.with(Route::Analyze, Status::Ok).inc();
    kpis.waiting.set(Requests(3.0));
    kpis.waiting.dec();
    kpis.received.inc_by(Bytes::whole(512));
    kpis.cost.inc_by(NonNegative::clamped(Usd(0.02)));
    kpis.breaker.set(BreakerState::Open);
    let _timer = kpis.analyze_duration.with(Route::Health).start_timer();
}
