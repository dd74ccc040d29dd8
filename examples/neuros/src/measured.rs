//! Requests counted and timed, route by route.

use crate::kpis::{KPIS, Route, Status};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::MethodRouter;

/// The same handlers, with every request counted and timed under `route`.
pub(crate) fn measured(route: Route, handlers: MethodRouter) -> MethodRouter {
    handlers.layer(from_fn(move |request: Request, next: Next| measure(route, request, next)))
}

async fn measure(route: Route, request: Request, next: Next) -> Response {
    let timer = KPIS.request_duration.with(route).start_timer();
    let response = next.run(request).await;
    drop(timer);
    KPIS.requests.with(route, outcome(response.status())).inc();
    response
}

fn outcome(status: StatusCode) -> Status {
    if status.is_server_error() {
        Status::ServerError
    } else if status.is_client_error() {
        Status::ClientError
    } else {
        Status::Ok
    }
}
