//! The layer, and how it is built.

use std::fmt;
use std::marker::PhantomData;

use http::request::Parts;
use tower_layer::Layer;

use super::body::{AtEnd, AtHead};
use super::outcome::Outcome;
use super::recipe::{Judge, Nothing, Plain, Recipe, Refining, RequestKpis};
use super::series::{CountsRequests, HoldsRequests, TimesRequests};
use super::service::KpiService;

/// Feeds KPIs from the requests that go through it. See the [module](super) for an example.
///
/// The functions that it is built from run once for each request and should do no more than choose labels: `labels` when it
/// arrives, the others when it ends, at the latest while it is dropped, where a panic would end the program. To test a
/// service with [values of its own](crate::testing), build the layer over a `kpis: &'static Kpis` and leak a `Kpis::new()`.
#[derive(Clone, Copy)]
pub struct KpiLayer<K, U = AtHead> {
    kpis: K,
    until: PhantomData<fn() -> U>,
}

impl<F, C> KpiLayer<Recipe<F>>
where
    F: Fn(&Parts) -> C + Clone + Send + Sync + 'static,
    C: Send + 'static,
{
    /// A layer that feeds nothing yet. `labels` says what is known of a request when it arrives: a label such as its route,
    /// or a tuple of several.
    pub fn new(labels: F) -> Self {
        Self::of(Recipe { labels, outcome: Plain, requests: Nothing, duration: Nothing, in_flight: Nothing })
    }

    /// Lets handlers say how a request went, in a type of yours. `outcome` gets how it ended and what the handler said, if
    /// it did, and makes of it what the functions that follow choose labels by.
    ///
    /// ```
    /// # mod kpis { kpi_runtime::kpis!("../../../tests/support/shop.yaml"); }
    /// # use kpis::{KPIS, Route, Status};
    /// # use kpi_runtime::bridge::tower::{KpiLayer, Outcome};
    /// # fn status(_: Outcome) -> Status { Status::Ok }
    /// let layer = KpiLayer::new(|_| Route::Order)
    ///     .refined(|outcome, said: Option<Status>| said.unwrap_or_else(|| status(outcome)))
    ///     .requests(|&route, status| KPIS.requests.with(route, status));
    /// ```
    ///
    /// A handler says it by [`Refine`](super::Refine), which it finds in the request's extensions, or by
    /// [`Refined`](super::Refined) among those of its answer, which goes before. Each request then costs an allocation.
    pub fn refined<M, T, O>(self, outcome: M) -> KpiLayer<Recipe<F, Refining<M, T>>>
    where
        M: Fn(Outcome, Option<T>) -> O + Clone + Send + Sync + 'static,
        T: Clone + Send + Sync + 'static,
        O: Copy,
    {
        let Recipe { labels, outcome: Plain, requests, duration, in_flight } = self.kpis;
        let outcome = Refining { judge: outcome, said: PhantomData };
        KpiLayer::of(Recipe { labels, outcome, requests, duration, in_flight })
    }
}

impl<F, C, O, D, G, U> KpiLayer<Recipe<F, O, Nothing, D, G>, U>
where
    F: Fn(&Parts) -> C,
    O: Judge,
{
    /// Counts every request that has ended, in the series that this function chooses.
    pub fn requests<Q, S>(self, requests: Q) -> KpiLayer<Recipe<F, O, Q, D, G>, U>
    where
        Q: Fn(&C, O::Outcome) -> S + Clone + Send + Sync + 'static,
        S: CountsRequests,
    {
        let Recipe { labels, outcome, requests: Nothing, duration, in_flight } = self.kpis;
        KpiLayer::of(Recipe { labels, outcome, requests, duration, in_flight })
    }
}

impl<F, C, O, Q, G, U> KpiLayer<Recipe<F, O, Q, Nothing, G>, U>
where
    F: Fn(&Parts) -> C,
    O: Judge,
{
    /// Observes how long every request took, in the series that this function chooses.
    pub fn duration<D, S>(self, duration: D) -> KpiLayer<Recipe<F, O, Q, D, G>, U>
    where
        D: Fn(&C, O::Outcome) -> S + Clone + Send + Sync + 'static,
        S: TimesRequests,
    {
        let Recipe { labels, outcome, requests, duration: Nothing, in_flight } = self.kpis;
        KpiLayer::of(Recipe { labels, outcome, requests, duration, in_flight })
    }
}

impl<F, C, O, Q, D, U> KpiLayer<Recipe<F, O, Q, D, Nothing>, U>
where
    F: Fn(&Parts) -> C,
{
    /// Holds the number of requests under way, in the series that this function chooses.
    pub fn in_flight<G, S>(self, in_flight: G) -> KpiLayer<Recipe<F, O, Q, D, G>, U>
    where
        G: Fn(&C) -> S + Clone + Send + Sync + 'static,
        S: HoldsRequests,
    {
        let Recipe { labels, outcome, requests, duration, in_flight: Nothing } = self.kpis;
        KpiLayer::of(Recipe { labels, outcome, requests, duration, in_flight })
    }
}

impl<K> KpiLayer<K, AtHead> {
    /// A request ends when the body of its answer has been sent, or nobody takes it any longer, instead of when its head is
    /// known. For streams, which are then in flight as long as they last, and for gRPC, which says how a call went behind
    /// the body. The service's answers then have a body of another type.
    pub fn whole_body(self) -> KpiLayer<K, AtEnd> {
        KpiLayer::of(self.kpis)
    }
}

impl<K, U> KpiLayer<K, U> {
    fn of(kpis: K) -> Self {
        Self { kpis, until: PhantomData }
    }
}

impl<S, K: RequestKpis, U> Layer<S> for KpiLayer<K, U> {
    type Service = KpiService<S, K, U>;

    fn layer(&self, inner: S) -> Self::Service {
        KpiService::new(inner, self.kpis.clone())
    }
}

impl<K, U> fmt::Debug for KpiLayer<K, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KpiLayer").finish_non_exhaustive()
    }
}
