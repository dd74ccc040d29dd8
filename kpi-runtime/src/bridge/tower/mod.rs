//! A [`tower`](https://docs.rs/tower) layer that feeds a request counter, a latency histogram and an in-flight gauge of
//! the registry, for services over HTTP: hyper, axum, tonic.
//!
//! ```
//! # mod kpis { kpi_runtime::kpis!("../../../tests/support/shop.yaml"); }
//! # use kpis::{KPIS, Route, Status};
//! use kpi_runtime::bridge::tower::{Class, KpiLayer, Outcome};
//!
//! impl From<Outcome> for Status {
//!     fn from(outcome: Outcome) -> Self {
//!         match outcome.class() {
//!             Class::ClientError => Status::ClientError,
//!             Class::ServerError => Status::ServerError,
//!             Class::Cancelled => Status::Cancelled,
//!             Class::Informational | Class::Success | Class::Redirection => Status::Ok,
//!         }
//!     }
//! }
//!
//! let layer = KpiLayer::new(|request| match request.uri.path() {
//!     "/order" => Route::Order,
//!     "/health" => Route::Health,
//!     _ => Route::Other,
//! })
//! .requests(|&route, outcome| KPIS.requests.with(route, outcome.into()))
//! .duration(|&route, _| KPIS.duration.with(route))
//! .in_flight(|&route| KPIS.in_flight.with(route));
//! # fn is_layer<L: tower_layer::Layer<()>>(_: &L) {}
//! # is_layer(&layer);
//! ```
//!
//! Labels are chosen by functions that name the KPI as everywhere else, so a label that the KPI does not have does not
//! compile. A request costs no allocation, unless its handler [refines](KpiLayer::refined) its outcome.

mod body;
mod layer;
mod outcome;
mod recipe;
mod refine;
mod running;
mod series;
mod service;

#[cfg(feature = "axum")]
pub use super::axum::NoLayer;
pub use body::{AtEnd, AtHead, KpiBody, Until};
pub use layer::KpiLayer;
pub use outcome::{Class, Outcome};
pub use recipe::{Nothing, Plain, Recipe, Refining, RequestKpis};
pub use refine::{Refine, Refined};
pub use series::{CountsRequests, HoldsRequests, TimesRequests};
pub use service::{KpiFuture, KpiService};
