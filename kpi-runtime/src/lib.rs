//! Typed metric handles, exposition and endpoint for KPIs that are declared in a registry.
//!
//! The road of a value: a [`handle`] writes to a cell of a store; a scrape reads the stores of all registries of the
//! program into plain data, the [`snapshot`](snapshot()); the [`exposition`] writes that as text; the endpoint
//! ([`serve`]) answers with it.

mod block;
#[cfg(feature = "prometheus")]
pub mod bridge;
mod buckets;
mod builtin;
mod callbacks;
mod cell;
mod conflict;
mod descriptor;
pub mod exposition;
#[cfg(feature = "prometheus")]
mod foreign;
mod gather;
pub mod handle;
pub mod http;
mod interner;
mod isolated;
mod label_set;
mod layout;
mod native;
mod pool;
#[cfg(test)]
mod pool_tests;
#[doc(hidden)]
pub mod private;
mod process;
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
pub use exposition::page;
pub use gather::snapshot;
pub use http::{Endpoint, Readiness, ReadinessReport, ServeError, Server, Token, TokenError, serve};
#[cfg(feature = "tls")]
pub use http::{Tls, TlsError};
pub use isolated::Isolated;
pub use label_set::{Label, LabelSet, UnknownValue, Unlabelled};
#[cfg(feature = "axum")]
pub use router::{router, router_with};
pub use store::Registry;
pub use unit::{NonNegative, Whole};
