//! Loads, checks and describes a KPI registry.

#[cfg(feature = "codegen")]
pub mod build_script;
#[cfg(feature = "promql")]
pub mod catalog;
pub mod check;
pub mod checks;
#[cfg(feature = "codegen")]
pub mod codegen;
pub mod diagnostic;
mod directory;
pub mod entity;
pub mod explain;
mod index;
#[cfg(feature = "promql")]
pub mod layout;
pub mod load;
#[cfg(feature = "promql")]
pub mod meaning;
#[cfg(feature = "promql")]
pub mod promql;
pub mod registry;
pub mod render;
mod resolve;
#[cfg(feature = "promql")]
pub mod series;
pub mod source;
pub mod suggest;
pub mod syntax;
pub mod value;
