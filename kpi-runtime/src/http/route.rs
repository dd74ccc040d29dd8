//! From a path to an answer.

use super::readiness::Readiness;
use super::request::{Method, Request};
use super::response::{Answer, Body, Status};
use crate::exposition::Page;

/// What the endpoint has to say.
pub(super) fn answer(request: &Request, readiness: &Readiness, compress: bool) -> Answer {
    let known = matches!(request.path.as_str(), "/metrics" | "/healthz" | "/readyz");
    if known && request.method == Method::Other {
        return Answer::bare(Status::MethodNotAllowed);
    }
    match request.path.as_str() {
        "/metrics" => {
            metrics(request.accept.as_deref(), request.accept_encoding.as_deref().filter(|_| compress))
        }
        "/healthz" => healthz(),
        "/readyz" => readyz(readiness),
        _ => Answer::words(Status::NotFound, "Not Found: there are /metrics, /healthz and /readyz\n"),
    }
}

/// All that is exposed.
pub(crate) fn metrics(accept: Option<&str>, accept_encoding: Option<&str>) -> Answer {
    Answer { status: Status::Ok, body: Body::Page(Page::new(accept, accept_encoding)) }
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
