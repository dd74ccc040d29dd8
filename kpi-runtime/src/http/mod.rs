//! The standalone endpoint: a small HTTP/1.1 server over the standard library, made to be asked by a Prometheus.
//!
//! It answers `GET` and `HEAD` for `/metrics`, `/kpi/contract`, `/healthz` and `/readyz`, and is careful with everything else: heads have a
//! size limit and a deadline, answers have a deadline, and when all connections are taken the one that has been silent for
//! longest makes room.

mod connection;
mod pool;
mod readiness;
mod request;
mod response;
mod route;
mod server;

pub use readiness::Readiness;
pub use server::{Endpoint, ServeError, Server, serve};

#[cfg(feature = "axum")]
pub(crate) use response::{Answer, Body};
#[cfg(feature = "axum")]
pub(crate) use route::{contract, healthz, metrics, readyz};
