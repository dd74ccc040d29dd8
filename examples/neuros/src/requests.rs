//! Requests counted and timed, route by route.

use crate::api::{ANALYZE, HEALTH};
use crate::kpis::{KPIS, Route, Status};
use kpi_runtime::bridge::tower::{Class, KpiLayer, Outcome, RequestKpis};

/// The layer that does it. It lies around the whole router, so that it also sees what no handler answers.
pub(crate) fn measured() -> KpiLayer<impl RequestKpis> {
    KpiLayer::by_matched_path(|path| match path {
        Some(ANALYZE) => Route::Analyze,
        Some(HEALTH) => Route::Health,
        _ => Route::Other,
    })
    .requests(|&route, outcome| KPIS.requests.with(route, outcome.into()))
    .duration(|&route, _| KPIS.request_duration.with(route))
}

impl From<Outcome> for Status {
    fn from(outcome: Outcome) -> Self {
        match outcome.class() {
            Class::Informational | Class::Success | Class::Redirection => Self::Ok,
            // Who hangs up does so of their own accord.
            Class::ClientError | Class::Cancelled => Self::ClientError,
            Class::ServerError => Self::ServerError,
        }
    }
}
