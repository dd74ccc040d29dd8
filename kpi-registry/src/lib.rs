//! Loads, checks and describes a KPI registry.

pub mod diagnostic;
pub mod entity;
pub mod registry;
pub mod source;
pub mod value;
