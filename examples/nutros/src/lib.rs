//! The NUTROS agent of the Auren platform. It reads a stream of messages, one JSON object a line, and answers each with a
//! line of its own: how stable the athlete's glucose is, whether protein suffices.
//!
//! `kpis` is compiled from the registry by the build script, `message` is what a line says,
//! `finding` what follows from it, `stream` the loop around both.

pub mod finding;
pub mod kpis;
pub mod message;
pub mod stream;
