//! What all connections of an endpoint share: who may ask what, and the limits.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use super::gate::Gate;
use super::host::Hosts;
use super::readiness::Readiness;
use super::request::{Method, Request};
use super::response::{Answer, Status};
use super::route::{self, Asked, Class};
#[cfg(feature = "tls")]
use super::tls::Acceptor;
use super::token::Token;

/// What a connection may take.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    /// Bytes of a request's head.
    pub(super) head: usize,
    /// Time for a request's head, from its first byte or the connection's begin.
    pub(super) head_time: Duration,
    /// Time between an answer and the next request.
    pub(super) idle_time: Duration,
    /// Time to take an answer.
    pub(super) answer_time: Duration,
}

pub(super) struct Service {
    pub(super) limits: Limits,
    /// Whether answers are compressed for those who accept it.
    pub(super) compress: bool,
    pub(super) readiness: Readiness,
    pub(super) hosts: Hosts,
    pub(super) guard: Guard,
    pub(super) gate: Gate,
    #[cfg(feature = "tls")]
    pub(super) tls: Option<Acceptor>,
}

/// What a client has to show.
#[derive(Debug, Clone, Default)]
pub(super) struct Guard {
    pub(super) token: Option<Token>,
    pub(super) certificate: bool,
    /// Whether probes have to show it too.
    pub(super) probes: bool,
}

impl Service {
    /// The answer to a request of a client that has, or has not, shown a certificate.
    pub(super) fn answer(&self, request: &Request, has_certificate: bool) -> Answer {
        if !self.hosts.allow(request.host.as_deref()) {
            let words = "Misdirected Request: this endpoint is not called by that name; `allowed_hosts` would allow it\n";
            return Answer::words(Status::Misdirected, words);
        }
        let Some(route) = route::find(&request.path) else {
            return route::nowhere();
        };
        if request.method == Method::Other {
            return Answer::bare(Status::MethodNotAllowed);
        }
        if (self.guard.probes || route.class == Class::Data)
            && let Some(refusal) = self.guard.refusal(request, has_certificate)
        {
            return refusal;
        }
        let pass = (route.class == Class::Data).then(|| self.gate.enter(self.limits.answer_time));
        if let Some(None) = pass {
            return Answer::words(Status::Unavailable, "Service Unavailable: other scrapes take too long\n");
        }
        let asked = Asked { request, readiness: &self.readiness, compress: self.compress };
        // What is read at the scrape is code of others.
        catch_unwind(AssertUnwindSafe(|| (route.answer)(&asked)))
            .unwrap_or_else(|_| Answer::bare(Status::Failed))
    }
}

impl Guard {
    /// The answer to who is not let in.
    fn refusal(&self, request: &Request, has_certificate: bool) -> Option<Answer> {
        if self.certificate && !has_certificate {
            return Some(Answer::words(Status::Forbidden, "Forbidden: show a client certificate\n"));
        }
        let token = self.token.as_ref()?;
        let Some(presented) = request.authorization.as_ref().and_then(|header| bearer(&header.0)) else {
            return Some(Answer::unauthorized(
                "Bearer realm=\"kpi\"",
                "Unauthorized: a bearer token is needed\n",
            ));
        };
        match token.is(presented.as_bytes()) {
            Ok(true) => None,
            Ok(false) => Some(Answer::unauthorized(
                "Bearer realm=\"kpi\", error=\"invalid_token\"",
                "Unauthorized: that is not the token\n",
            )),
            Err(_) => {
                let words = "Service Unavailable: this endpoint cannot read its own token\n";
                Some(Answer::words(Status::Unavailable, words))
            }
        }
    }
}

/// The token of an `Authorization` header.
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_matches(' '))
}

#[cfg(test)]
mod tests {
    use super::super::request::parse;
    use super::*;

    fn service() -> Service {
        let second = Duration::from_secs(1);
        Service {
            limits: Limits { head: 100, head_time: second, idle_time: second, answer_time: Duration::ZERO },
            compress: false,
            readiness: Readiness::new(),
            hosts: Hosts(None),
            guard: Guard::default(),
            gate: Gate::new(1),
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    fn status(service: &Service, path: &str) -> Status {
        let head = format!("GET {path} HTTP/1.0");
        service.answer(&parse(head.as_bytes()).expect("is HTTP"), false).status
    }

    #[test]
    fn a_scrape_that_does_not_get_its_turn_is_told() {
        let service = service();
        let other = service.gate.enter(Duration::ZERO).expect("there is a place");
        assert_eq!(
            [status(&service, "/metrics"), status(&service, "/kpi/contract")],
            [Status::Unavailable; 2]
        );
        assert_eq!(
            [status(&service, "/healthz"), status(&service, "/readyz")],
            [Status::Ok; 2],
            "probes need none"
        );
        drop(other);
        assert_eq!(status(&service, "/metrics"), Status::Ok);
    }

    #[test]
    fn the_scheme_of_a_token_is_bearer() {
        for (header, token) in [
            ("Bearer a", Some("a")),
            ("bEARER  a ", Some("a")),
            ("Bearer a b", Some("a b")),
            ("Bearer", None),
            ("Basic a", None),
            ("", None),
        ] {
            assert_eq!(bearer(header), token, "{header:?}");
        }
    }
}
