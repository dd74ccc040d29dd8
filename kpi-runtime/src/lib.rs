//! Typed metric handles, exposition and endpoint for KPIs that are declared in a registry.
//!
//! The road of a value: a [`handle`] writes to a cell of a store; a scrape reads the stores of all registries of the
//! program into plain data, the [`snapshot`](snapshot()); the [`exposition`] writes that as text; the endpoint
//! ([`serve`]) answers with it.

#[cfg(any(feature = "otlp", feature = "push"))]
mod base64;
#[cfg(any(feature = "metrics", feature = "prometheus", feature = "tower"))]
pub mod bridge;
mod builtin;
#[cfg(any(feature = "otlp", feature = "push"))]
mod client;
mod conflict;
pub mod contract;
mod descriptor;
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
#[cfg(feature = "otlp")]
pub mod otlp;
#[doc(hidden)]
pub mod private;
mod process;
#[cfg(feature = "push")]
pub mod push;
#[cfg(feature = "axum")]
mod router;
pub mod snapshot;
mod store;
pub mod testing;
pub mod unit;
#[cfg(feature = "otlp")]
mod wire;

#[cfg(feature = "attributes")]
pub use kpi_macros::measured;
pub use kpi_macros::{emitted, kpis};

pub use conflict::Conflict;
pub use contract::contract;
pub use gather::snapshot;
pub use http::{Endpoint, Readiness, ServeError, Server, serve};
pub use isolated::Isolated;
pub use label_set::{Label, LabelSet, UnknownValue, Unlabelled};
#[cfg(feature = "axum")]
pub use router::{router, router_with};
pub use store::Registry;
pub use unit::{NonNegative, Whole};
