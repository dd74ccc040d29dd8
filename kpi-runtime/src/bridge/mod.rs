//! Other metrics libraries in the same program.

#[cfg(feature = "prometheus")]
pub mod prometheus;
