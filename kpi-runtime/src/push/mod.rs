//! Pushes to a [Pushgateway](https://github.com/prometheus/pushgateway), for batch jobs: what ends before it could be scraped.
//!
//! ```no_run
//! # mod kpis { kpi_runtime::kpis!("../../tests/support/shop.yaml"); }
//! # use kpis::KPIS;
//! use kpi_runtime::push::Pushgateway;
//!
//! let gateway = Pushgateway::new("http://pushgateway:9091").job("etl").grouping("instance", "a").checked()?;
//! KPIS.calls.inc();
//! gateway.push()?;
//! # Ok::<(), kpi_runtime::push::PushError>(())
//! ```
//!
//! What a gateway keeps outlives the job that pushed it. `push` replaces all that was pushed under the same job and grouping
//! labels, `add` only the families that it brings, and `delete` takes everything away.
//!
//! It speaks plain HTTP. To push over TLS, push to a proxy on this machine.

mod error;
mod gateway;
mod grouping;

pub use error::PushError;
pub use gateway::Pushgateway;
