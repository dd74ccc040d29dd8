//! A request under way.

use std::fmt;
use std::time::Instant;

use http::Response;
use http::request::Parts;

use super::outcome::Outcome;
use super::recipe::RequestKpis;
use super::refine::Refine;
use super::series::HoldsRequests;

/// A request from its arrival to its end, whatever that is: the gauge has gone up and goes down when this is dropped, and
/// the request is counted once.
pub struct Running<K: RequestKpis> {
    kpis: K,
    labels: K::Labels,
    in_flight: K::InFlight,
    refine: Option<Refine<K::Said>>,
    said: Option<K::Said>,
    since: Instant,
    /// How it will have ended when this is dropped.
    outcome: Outcome,
}

impl<K: RequestKpis> Running<K> {
    pub(super) fn start(kpis: &K, request: &mut Parts) -> Self {
        let since = Instant::now();
        let labels = kpis.labels(request);
        let refine = kpis.refine(request);
        let in_flight = kpis.in_flight(&labels);
        in_flight.up();
        Self { kpis: kpis.clone(), labels, in_flight, refine, said: None, since, outcome: Outcome::Cancelled }
    }

    /// Runs a part of the service. If it panics, that is how the request ends.
    pub(super) fn through<T>(&mut self, part: impl FnOnce() -> T) -> T {
        let outcome = std::mem::replace(&mut self.outcome, Outcome::Panicked);
        let value = part();
        self.outcome = outcome;
        value
    }

    /// What an answer's handler says by it.
    pub(super) fn hear<B>(&mut self, response: &Response<B>) {
        self.said = self.kpis.said(response.extensions());
    }

    pub(super) fn end(mut self, outcome: Outcome) {
        self.outcome = outcome;
    }
}

impl<K: RequestKpis> Drop for Running<K> {
    fn drop(&mut self) {
        let took = self.since.elapsed();
        self.in_flight.down();
        // An answer is made after all that its handler did.
        let said = self.said.take().or_else(|| self.refine.as_ref().and_then(Refine::take));
        self.kpis.end(&self.labels, self.outcome, said, took);
    }
}

impl<K: RequestKpis> fmt::Debug for Running<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").field("since", &self.since).finish_non_exhaustive()
    }
}
