//! The service that the layer makes, and the future of its answers.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::{Method, Request, Response};
use pin_project_lite::pin_project;
use tower_service::Service;

use super::body::{AtHead, Until};
use super::outcome::Outcome;
use super::recipe::RequestKpis;
use super::running::Running;

/// A service whose requests feed KPIs.
#[derive(Clone, Copy)]
pub struct KpiService<S, K, U = AtHead> {
    inner: S,
    kpis: K,
    until: PhantomData<fn() -> U>,
}

impl<S, K, U> KpiService<S, K, U> {
    pub(super) fn new(inner: S, kpis: K) -> Self {
        Self { inner, kpis, until: PhantomData }
    }
}

impl<S, K, U> fmt::Debug for KpiService<S, K, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KpiService").finish_non_exhaustive()
    }
}

impl<S, K, U, A, B> Service<Request<A>> for KpiService<S, K, U>
where
    S: Service<Request<A>, Response = Response<B>>,
    K: RequestKpis,
    U: Until<K>,
    B: http_body::Body,
{
    type Response = Response<U::Body<B>>;
    type Error = S::Error;
    type Future = KpiFuture<S::Future, K, U>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<A>) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        let mut running = Running::start(&self.kpis, &mut parts);
        let is_head = parts.method == Method::HEAD;
        let inner = running.through(|| self.inner.call(Request::from_parts(parts, body)));
        KpiFuture { inner, running: Some(running), is_head, until: PhantomData }
    }
}

pin_project! {
    /// The answer of a [`KpiService`]. A request whose future is dropped before it is ready has been
    /// [cancelled](Outcome::Cancelled).
    pub struct KpiFuture<F, K, U>
    where
        K: RequestKpis,
    {
        #[pin]
        inner: F,
        // Until the request has ended, or the body of its answer has taken it over.
        running: Option<Running<K>>,
        // Whether the answer has no body whatever its headers say.
        is_head: bool,
        until: PhantomData<fn() -> U>,
    }
}

impl<F, K, U, B, E> Future for KpiFuture<F, K, U>
where
    F: Future<Output = Result<Response<B>, E>>,
    K: RequestKpis,
    U: Until<K>,
    B: http_body::Body,
{
    type Output = Result<Response<U::Body<B>>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let inner = this.inner;
        let result = ready!(match this.running {
            Some(running) => running.through(|| inner.poll(context)),
            None => inner.poll(context),
        });
        Poll::Ready(match result {
            Ok(response) => {
                let mut running = this.running.take();
                if let Some(running) = &mut running {
                    running.hear(&response);
                }
                Ok(U::answered(running, response, *this.is_head))
            }
            Err(error) => {
                if let Some(running) = this.running.take() {
                    running.end(Outcome::Failed);
                }
                Err(error)
            }
        })
    }
}

impl<F, K: RequestKpis, U> fmt::Debug for KpiFuture<F, K, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KpiFuture").field("running", &self.running).finish_non_exhaustive()
    }
}
