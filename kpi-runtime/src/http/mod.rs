//! The standalone endpoint: a small HTTP/1.1 server over the standard library, made to be asked by a Prometheus.
//!
//! It answers `GET` and `HEAD` for `/metrics`, `/kpi/contract`, `/healthz` and `/readyz`, and is careful with everything
//! else: heads have a size limit and a deadline, answers have a deadline, and when all connections are taken the one whose
//! client has been slow for longest makes room. A thread serves a connection, and there are never more threads than
//! connections.

mod checks;
mod connection;
mod endpoint;
mod gate;
mod head;
mod host;
mod pool;
mod readiness;
mod request;
mod response;
mod route;
mod server;
mod service;
#[cfg(feature = "tls")]
mod tls;
mod token;
mod wire;
mod workers;

pub use endpoint::{Endpoint, serve};
pub use readiness::{Readiness, ReadinessReport};
pub use server::{ServeError, Server};
#[cfg(feature = "tls")]
pub use tls::{Tls, TlsError};
pub use token::{Token, TokenError};

#[cfg(feature = "axum")]
pub(crate) use response::{Answer, Body};
#[cfg(feature = "axum")]
pub(crate) use route::{contract, healthz, metrics, readyz};
