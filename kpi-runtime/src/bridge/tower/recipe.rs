//! What a layer does with a request: the functions it was built from.

use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use http::Extensions;
use http::request::Parts;

use super::outcome::Outcome;
use super::refine::{Refine, Refined};
use super::series::{CountsRequests, HoldsRequests, TimesRequests};

/// The KPIs that a layer feeds. Only what [`KpiLayer`](super::KpiLayer) builds implements it; it is there to be named:
/// `fn layer(kpis: &'static Kpis) -> KpiLayer<impl RequestKpis>`.
pub trait RequestKpis: Clone + Send + Sync + 'static {
    /// The labels that are known when a request arrives.
    type Labels: Send + 'static;
    /// What a handler may say about its request.
    type Said: Send + 'static;
    /// A series of a gauge.
    type InFlight: HoldsRequests;

    #[doc(hidden)]
    fn labels(&self, request: &Parts) -> Self::Labels;
    #[doc(hidden)]
    fn refine(&self, request: &mut Parts) -> Option<Refine<Self::Said>>;
    #[doc(hidden)]
    fn said(&self, response: &Extensions) -> Option<Self::Said>;
    #[doc(hidden)]
    fn in_flight(&self, labels: &Self::Labels) -> Self::InFlight;
    #[doc(hidden)]
    fn end(&self, labels: &Self::Labels, outcome: Outcome, said: Option<Self::Said>, took: Duration);
}

/// The functions of a layer: labels, outcome, request counter, latency histogram, in-flight gauge.
#[derive(Clone, Copy)]
pub struct Recipe<F, O = Plain, Q = Nothing, D = Nothing, G = Nothing> {
    pub(super) labels: F,
    pub(super) outcome: O,
    pub(super) requests: Q,
    pub(super) duration: D,
    pub(super) in_flight: G,
}

impl<F, O, Q, D, G> fmt::Debug for Recipe<F, O, Q, D, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recipe").finish_non_exhaustive()
    }
}

impl<F, C, O, Q, D, G> RequestKpis for Recipe<F, O, Q, D, G>
where
    F: Fn(&Parts) -> C + Clone + Send + Sync + 'static,
    C: Send + 'static,
    O: Judge,
    Q: Requests<C, O::Outcome>,
    D: Durations<C, O::Outcome>,
    G: InFlight<C>,
{
    type Labels = C;
    type Said = O::Said;
    type InFlight = G::Series;

    fn labels(&self, request: &Parts) -> C {
        (self.labels)(request)
    }

    fn refine(&self, request: &mut Parts) -> Option<Refine<O::Said>> {
        self.outcome.refine(request)
    }

    fn said(&self, response: &Extensions) -> Option<O::Said> {
        self.outcome.said(response)
    }

    fn in_flight(&self, labels: &C) -> G::Series {
        self.in_flight.series(labels)
    }

    fn end(&self, labels: &C, outcome: Outcome, said: Option<O::Said>, took: Duration) {
        let outcome = self.outcome.judge(outcome, said);
        self.duration.observe(labels, outcome, took);
        self.requests.count(labels, outcome);
    }
}

/// From how a request ended to what labels are chosen by.
pub trait Judge: Clone + Send + Sync + 'static {
    /// What labels are chosen by.
    type Outcome: Copy;
    /// What a handler may say.
    type Said: Send + 'static;

    #[doc(hidden)]
    fn judge(&self, outcome: Outcome, said: Option<Self::Said>) -> Self::Outcome;
    #[doc(hidden)]
    fn refine(&self, request: &mut Parts) -> Option<Refine<Self::Said>>;
    #[doc(hidden)]
    fn said(&self, response: &Extensions) -> Option<Self::Said>;
}

/// The [`Outcome`] as it is.
#[derive(Debug, Clone, Copy)]
pub struct Plain;

impl Judge for Plain {
    type Outcome = Outcome;
    type Said = Infallible;

    fn judge(&self, outcome: Outcome, _: Option<Infallible>) -> Outcome {
        outcome
    }

    fn refine(&self, _: &mut Parts) -> Option<Refine<Infallible>> {
        None
    }

    fn said(&self, _: &Extensions) -> Option<Infallible> {
        None
    }
}

/// The [`Outcome`], refined by what the handler says.
pub struct Refining<M, T> {
    pub(super) judge: M,
    pub(super) said: PhantomData<fn(T)>,
}

impl<M: Clone, T> Clone for Refining<M, T> {
    fn clone(&self) -> Self {
        Self { judge: self.judge.clone(), said: PhantomData }
    }
}

impl<M: Copy, T> Copy for Refining<M, T> {}

impl<M, T> fmt::Debug for Refining<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refining").finish_non_exhaustive()
    }
}

impl<M, T, O> Judge for Refining<M, T>
where
    M: Fn(Outcome, Option<T>) -> O + Clone + Send + Sync + 'static,
    T: Clone + Send + Sync + 'static,
    O: Copy,
{
    type Outcome = O;
    type Said = T;

    fn judge(&self, outcome: Outcome, said: Option<T>) -> O {
        (self.judge)(outcome, said)
    }

    fn refine(&self, request: &mut Parts) -> Option<Refine<T>> {
        let refine = Refine::new();
        request.extensions.insert(refine.clone());
        Some(refine)
    }

    fn said(&self, response: &Extensions) -> Option<T> {
        response.get::<Refined<T>>().map(|Refined(said)| said.clone())
    }
}

/// In the place of a function that was not given.
#[derive(Debug, Clone, Copy)]
pub struct Nothing;

/// Counts requests that have ended.
pub trait Requests<C, O>: Clone + Send + Sync + 'static {
    #[doc(hidden)]
    fn count(&self, labels: &C, outcome: O);
}

impl<C, O> Requests<C, O> for Nothing {
    fn count(&self, _: &C, _: O) {}
}

impl<F, C, O, S> Requests<C, O> for F
where
    F: Fn(&C, O) -> S + Clone + Send + Sync + 'static,
    S: CountsRequests,
{
    fn count(&self, labels: &C, outcome: O) {
        self(labels, outcome).count();
    }
}

/// Observes how long requests took.
pub trait Durations<C, O>: Clone + Send + Sync + 'static {
    #[doc(hidden)]
    fn observe(&self, labels: &C, outcome: O, took: Duration);
}

impl<C, O> Durations<C, O> for Nothing {
    fn observe(&self, _: &C, _: O, _: Duration) {}
}

impl<F, C, O, S> Durations<C, O> for F
where
    F: Fn(&C, O) -> S + Clone + Send + Sync + 'static,
    S: TimesRequests,
{
    fn observe(&self, labels: &C, outcome: O, took: Duration) {
        self(labels, outcome).time(took);
    }
}

/// Chooses the gauge that a request is counted in while it is under way.
pub trait InFlight<C>: Clone + Send + Sync + 'static {
    #[doc(hidden)]
    type Series: HoldsRequests;
    #[doc(hidden)]
    fn series(&self, labels: &C) -> Self::Series;
}

impl HoldsRequests for Nothing {
    fn up(self) {}

    fn down(self) {}
}

impl<C> InFlight<C> for Nothing {
    type Series = Self;

    fn series(&self, _: &C) -> Self {
        Self
    }
}

impl<F, C, S> InFlight<C> for F
where
    F: Fn(&C) -> S + Clone + Send + Sync + 'static,
    S: HoldsRequests,
{
    type Series = S;

    fn series(&self, labels: &C) -> S {
        self(labels)
    }
}
