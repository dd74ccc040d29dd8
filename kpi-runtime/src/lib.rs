//! Typed metric handles, exposition and endpoint for KPIs that are declared in a registry.
//!
//! The road of a value: a [`handle`] writes to a cell of a store; a scrape reads the stores of all registries of the
//! program into plain data, the [`snapshot`](snapshot()); the [`exposition`] writes that as text; the endpoint
//! ([`serve`]) answers with it.

#[cfg(any(feature = "otlp", feature = "push"))]
mod base64;
mod block;
#[cfg(any(feature = "metrics", feature = "opentelemetry", feature = "prometheus", feature = "tower"))]
pub mod bridge;
mod buckets;
mod builtin;
mod callbacks;
mod cell;
#[cfg(any(feature = "otlp", feature = "push"))]
mod client;
mod conflict;
pub mod contract;
mod descriptor;
pub mod exemplars;
pub mod exposition;
mod foreign;
mod gather;
pub mod handle;
pub mod http;
mod interner;
mod isolated;
mod json;
mod label_set;
mod layout;
mod native;
#[cfg(feature = "otlp")]
pub mod otlp;
mod pool;
#[cfg(test)]
mod pool_tests;
#[doc(hidden)]
pub mod private;
mod process;
#[cfg(feature = "push")]
pub mod push;
#[cfg(feature = "axum")]
mod router;
pub mod snapshot;
mod sorted;
mod store;
mod sum;
mod sync;
pub mod testing;
pub mod unit;
mod wire;

#[cfg(feature = "attributes")]
pub use kpi_macros::measured;
pub use kpi_macros::{emitted, kpis};

pub use conflict::Conflict;
pub use contract::contract;
pub use exemplars::{Exemplar, ExemplarError};
pub use exposition::page;
pub use gather::snapshot;
pub use http::{Endpoint, Readiness, ReadinessReport, ServeError, Server, Token, TokenError, serve};
#[cfg(feature = "tls")]
pub use http::{Tls, TlsError};
pub use isolated::Isolated;
pub use label_set::{Label, LabelSet, UnknownValue, Unlabelled};
pub use layout::DEBUG_TIER;
#[cfg(feature = "axum")]
pub use router::{router, router_with};
pub use store::Registry;
pub use unit::{NonNegative, Whole};
