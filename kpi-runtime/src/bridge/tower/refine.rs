//! What a handler knows about the outcome of its request that the status does not say.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// A place for what a handler says about its request. The layer puts it into the request's extensions if it is told
/// [how to use it](super::KpiLayer::refined); with the feature `axum` it is an extractor.
///
/// ```
/// # #[derive(Clone, Copy)] enum Status { Refused }
/// use kpi_runtime::bridge::tower::Refine;
///
/// async fn order(outcome: Refine<Status>) -> &'static str {
///     outcome.set(Status::Refused);
///     "sold out"
/// }
/// ```
pub struct Refine<T>(Arc<Mutex<Option<T>>>);

impl<T> Refine<T> {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(None)))
    }

    /// Says it. The last word counts, and nothing does once the request has ended.
    pub fn set(&self, value: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
    }

    pub(super) fn take(&self) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl<T> Clone for Refine<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> fmt::Debug for Refine<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refine").finish_non_exhaustive()
    }
}

/// As an extension of an answer, says the same as [`Refine::set`]; with the feature `axum` it is a part of an answer. It
/// suits errors that become answers.
///
/// ```
/// # #[derive(Clone, Copy)] enum Status { Refused }
/// use kpi_runtime::bridge::tower::Refined;
///
/// let mut response = http::Response::new("sold out");
/// response.extensions_mut().insert(Refined(Status::Refused));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refined<T>(pub T);
