//! The NEUROS agent of the Auren platform. It takes a morning's heartbeats and a week's sleep, and answers how far the
//! athlete has recovered.
//!
//! `kpis` compiles the registry, `night` is what a request says, `analysis` what follows from it, `api` the service
//! around both, and `requests` what is measured of it.

pub mod analysis;
pub mod api;
pub mod kpis;
pub mod night;
mod requests;
