//! The endpoint as an axum router, for programs that already listen.

use axum::Router;
use axum::body::Body as AxumBody;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, Response, StatusCode, header};
use axum::routing::get;

use crate::http::{Answer, Body, Readiness, contract, healthz, metrics, readyz};

/// Routes for `/metrics`, `/kpi/contract`, `/healthz` and `/readyz`, to be merged into an application's own:
/// `app.merge(kpi_runtime::router())`.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    router_with(Readiness::new())
}

/// As [`router`], with the switch that `/readyz` shows.
pub fn router_with<S: Clone + Send + Sync + 'static>(readiness: Readiness) -> Router<S> {
    let page = async |headers: HeaderMap| {
        let accept = list(&headers, &header::ACCEPT);
        let accept_encoding = list(&headers, &header::ACCEPT_ENCODING);
        response(metrics(accept.as_deref(), accept_encoding.as_deref()))
    };
    let ready = async |State(readiness): State<Readiness>| response(readyz(&readiness));
    Router::new()
        .route("/metrics", get(page))
        .route("/kpi/contract", get(async || response(contract())))
        .route("/healthz", get(async || response(healthz())))
        .route("/readyz", get(ready))
        .with_state(readiness)
}

/// Repeated list headers are one list.
fn list(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let values: Vec<&str> = headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
    (!values.is_empty()).then(|| values.join(","))
}

fn response(answer: Answer) -> Response<AxumBody> {
    let mut builder = Response::builder().status(answer.status.code());
    for (name, value) in answer.headers() {
        builder = builder.header(name, value);
    }
    let body = match answer.body {
        Body::Words(words) => AxumBody::from(words),
        Body::Page(page) => AxumBody::from(page.body),
    };
    let mut failed = Response::new(AxumBody::empty());
    *failed.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    builder.body(body).unwrap_or(failed)
}
