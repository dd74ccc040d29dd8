//! Loads, checks and describes a KPI registry.

pub mod diagnostic;
pub mod source;
