//! A layer over KPIs with labels and without.

use kpi_runtime::bridge::tower::{Class, KpiLayer, Outcome, RequestKpis};

kpi_runtime::kpis!("registry.yaml");

impl From<Outcome> for Status {
    fn from(outcome: Outcome) -> Self {
        match outcome.class() {
            Class::Informational | Class::Success | Class::Redirection => Status::Ok,
            Class::ClientError | Class::Cancelled => Status::ClientError,
            Class::ServerError => Status::ServerError,
        }
    }
}

fn layer() -> KpiLayer<impl RequestKpis> {
    KpiLayer::new(|request| if request.uri.path() == "/health" { Route::Health } else { Route::Analyze })
        .requests(|&route, outcome| KPIS.requests.with(route, outcome.into()))
        .duration(|&route, _| KPIS.analyze_duration.with(route))
        .in_flight(|_| &KPIS.waiting)
}

fn main() {
    let _ = layer().whole_body();
}
