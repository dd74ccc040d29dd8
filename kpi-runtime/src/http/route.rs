//! From a path to an answer.

use super::readiness::Readiness;
use super::request::{Method, Request};
use super::response::{Answer, Body, Status};
use crate::exposition::Page;

/// What the endpoint has to say.
pub(super) fn answer(request: &Request, readiness: &Readiness, compress: bool) -> Answer {
    let known = matches!(request.path.as_str(), "/metrics" | "/healthz" | "/readyz" | "/kpi/contract");
    if known && request.method == Method::Other {
        return Answer::bare(Status::MethodNotAllowed);
    }
    match request.path.as_str() {
        "/metrics" => {
            metrics(request.accept.as_deref(), request.accept_encoding.as_deref().filter(|_| compress))
        }
        "/healthz" => healthz(),
        "/readyz" => readyz(readiness),
        "/kpi/contract" => contract(),
        _ => Answer::words(
            Status::NotFound,
            "Not Found: there are /metrics, /kpi/contract, /healthz and /readyz\n",
        ),
    }
}

/// All that is exposed.
pub(crate) fn metrics(accept: Option<&str>, accept_encoding: Option<&str>) -> Answer {
    Answer { status: Status::Ok, body: Body::Page(Page::new(accept, accept_encoding)) }
}

/// What is exposed, and where it comes from.
pub(crate) fn contract() -> Answer {
    let (content_type, body) = ("application/json".to_owned(), crate::contract().to_json().into_bytes());
    Answer { status: Status::Ok, body: Body::Page(Page { content_type, gzipped: false, body }) }
}

/// That the process can answer.
pub(crate) fn healthz() -> Answer {
    Answer::words(Status::Ok, "ok\n")
}

/// Whether it wants traffic.
pub(crate) fn readyz(readiness: &Readiness) -> Answer {
    if readiness.get() {
        Answer::words(Status::Ok, "ready\n")
    } else {
        Answer::words(Status::Unavailable, "not ready\n")
    }
}
