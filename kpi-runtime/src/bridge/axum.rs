//! What [`tower`](super::tower)'s layer has for axum: labels by the matched path, and extractors.

use axum::extract::{FromRequestParts, MatchedPath};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, IntoResponseParts, Response, ResponseParts};

use super::tower::{KpiLayer, Recipe, Refine, Refined};

impl KpiLayer<()> {
    /// A layer whose labels are chosen by the path that axum's router matched, such as `/users/{id}`; `None` where none
    /// did. It belongs on the router, `Router::layer`, since outside of it no path has been matched yet.
    ///
    /// ```
    /// # mod kpis { kpi_runtime::kpis!("../../tests/support/shop.yaml"); }
    /// # use kpis::{KPIS, Route};
    /// use axum::routing::{Router, get};
    /// use kpi_runtime::bridge::tower::KpiLayer;
    ///
    /// let layer = KpiLayer::by_matched_path(|path| match path {
    ///     Some("/orders/{id}") => Route::Order,
    ///     Some("/health") => Route::Health,
    ///     _ => Route::Other,
    /// })
    /// .duration(|&route, _| KPIS.duration.with(route));
    /// let app: Router = Router::new().route("/orders/{id}", get(async || "sold out")).layer(layer);
    /// ```
    pub fn by_matched_path<F, C>(
        labels: F,
    ) -> KpiLayer<Recipe<impl Fn(&Parts) -> C + Clone + Send + Sync + use<F, C> + 'static>>
    where
        F: Fn(Option<&str>) -> C + Clone + Send + Sync + 'static,
        C: Send + 'static,
    {
        KpiLayer::new(move |request: &Parts| labels(request.extensions.get().map(MatchedPath::as_str)))
    }
}

/// The extractor: 500 if the request did not go through a layer that is [refined](KpiLayer::refined) by a `T`.
impl<T: Send + Sync + 'static, S: Sync> FromRequestParts<S> for Refine<T> {
    type Rejection = NoLayer;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, NoLayer> {
        parts.extensions.get::<Self>().cloned().ok_or(NoLayer { said: std::any::type_name::<T>() })
    }
}

/// A part of an answer: `(Refined(Status::Refused), "sold out")`.
impl<T: Clone + Send + Sync + 'static> IntoResponseParts for Refined<T> {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut response: ResponseParts) -> Result<ResponseParts, Self::Error> {
        response.extensions_mut().insert(self);
        Ok(response)
    }
}

/// The request did not go through a layer that [`Refine`] could speak to.
#[derive(Debug, Clone, Copy)]
pub struct NoLayer {
    said: &'static str,
}

impl std::fmt::Display for NoLayer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { said } = self;
        write!(f, "the request did not go through a `KpiLayer` that is `refined` by a `{said}`")
    }
}

impl std::error::Error for NoLayer {}

impl IntoResponse for NoLayer {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, format!("{self}\n")).into_response()
    }
}
