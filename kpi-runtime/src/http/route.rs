//! From a path to an answer.

use super::readiness::Readiness;
use super::request::Request;
use super::response::{Answer, Body, Status};
use crate::exposition::Page;

/// A path that is answered.
pub(super) struct Route {
    path: &'static str,
    pub(super) class: Class,
    pub(super) answer: fn(&Asked<'_>) -> Answer,
}

/// What a route gives away, and what it costs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// A few words for whoever starts and stops programs, who seldom can authenticate.
    Probe,
    /// What the program knows, for those who may, and for a few at a time.
    Data,
}

/// What an answer is made from.
pub(super) struct Asked<'a> {
    pub(super) request: &'a Request,
    pub(super) readiness: &'a Readiness,
    /// Whether answers are compressed for those who accept it.
    pub(super) compress: bool,
}

const ROUTES: &[Route] = &[
    Route {
        path: "/metrics",
        class: Class::Data,
        answer: |asked| {
            let encoding = asked.request.accept_encoding.as_deref().filter(|_| asked.compress);
            metrics(asked.request.accept.as_deref(), encoding)
        },
    },
    Route { path: "/kpi/contract", class: Class::Data, answer: |_| contract() },
    Route { path: "/healthz", class: Class::Probe, answer: |_| healthz() },
    Route { path: "/readyz", class: Class::Probe, answer: |asked| readyz(asked.readiness) },
];

/// The route of a path.
pub(super) fn find(path: &str) -> Option<&'static Route> {
    ROUTES.iter().find(|route| route.path == path)
}

/// That there is no such path, and which there are.
pub(super) fn nowhere() -> Answer {
    let mut text = String::from("Not Found: there are");
    for (at, route) in ROUTES.iter().enumerate() {
        text.push_str(if at == 0 { " " } else { ", " });
        text.push_str(route.path);
    }
    text.push('\n');
    Answer::new(Status::NotFound, Body::Text(text))
}

/// All that is exposed.
pub(crate) fn metrics(accept: Option<&str>, accept_encoding: Option<&str>) -> Answer {
    Answer::new(Status::Ok, Body::Page(Page::new(accept, accept_encoding)))
}

/// What is exposed, and where it comes from.
pub(crate) fn contract() -> Answer {
    Answer::new(Status::Ok, Body::Json(crate::contract().to_json()))
}

/// That the process can answer.
pub(crate) fn healthz() -> Answer {
    Answer::words(Status::Ok, "ok\n")
}

/// Whether it wants traffic, and what each check says.
pub(crate) fn readyz(readiness: &Readiness) -> Answer {
    let report = readiness.report();
    let status = if report.is_ready() { Status::Ok } else { Status::Unavailable };
    Answer::new(status, Body::Text(report.to_string()))
}
