//! The endpoint as an axum router, for programs that already listen.

use axum::Router;
use axum::body::Body as AxumBody;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, Response, StatusCode, header};
use axum::routing::get;
use tokio::runtime::Handle;

use crate::http::{Answer, Body, Readiness, contract, healthz, metrics, readyz};

/// Routes for `/metrics`, `/kpi/contract`, `/healthz` and `/readyz`, to be merged into an application's own:
/// `app.merge(kpi_runtime::router())`.
///
/// Who may ask, and how slowly, is for the application to say: none of the limits of an [`Endpoint`](crate::Endpoint)
/// hold here.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    router_with(Readiness::new())
}

/// As [`router`], with the switch and the checks that `/readyz` shows.
pub fn router_with<S: Clone + Send + Sync + 'static>(readiness: Readiness) -> Router<S> {
    let page = async |headers: HeaderMap| {
        let accept = list(&headers, &header::ACCEPT);
        let accept_encoding = list(&headers, &header::ACCEPT_ENCODING);
        response(apart(move || metrics(accept.as_deref(), accept_encoding.as_deref())).await)
    };
    let ready = async |State(readiness): State<Readiness>| response(apart(move || readyz(&readiness)).await);
    Router::new()
        .route("/metrics", get(page))
        .route("/kpi/contract", get(async || response(apart(contract).await)))
        .route("/healthz", get(async || response(Some(healthz()))))
        .route("/readyz", get(ready))
        .with_state(readiness)
}

/// Makes an answer where it holds up nobody: a large page takes its time, and checks may wait. `None` if that panics.
async fn apart(make: impl FnOnce() -> Answer + Send + 'static) -> Option<Answer> {
    match Handle::try_current() {
        Ok(runtime) => runtime.spawn_blocking(make).await.ok(),
        // Something else than tokio drives this.
        Err(_) => Some(make()),
    }
}

/// Repeated list headers are one list.
fn list(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let values: Vec<&str> = headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
    (!values.is_empty()).then(|| values.join(","))
}

fn response(answer: Option<Answer>) -> Response<AxumBody> {
    let mut failed = Response::new(AxumBody::empty());
    *failed.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    let Some(answer) = answer else {
        return failed;
    };
    let mut builder = Response::builder().status(answer.status.code());
    for (name, value) in answer.headers() {
        builder = builder.header(name, value);
    }
    let body = match answer.body {
        Body::Words(words) => AxumBody::from(words),
        Body::Text(text) | Body::Json(text) => AxumBody::from(text),
        Body::Page(page) => AxumBody::from(page.into_body()),
    };
    builder.body(body).unwrap_or(failed)
}
