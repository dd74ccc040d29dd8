//! Typed metric handles, exposition and endpoint for KPIs that are declared in a registry.
//!
//! The road of a value: a [`handle`] writes to a cell of a store; a scrape reads the stores of all registries of the
//! program into plain data, writes those as text, and answers with it.

mod builtin;
mod conflict;
mod descriptor;
pub mod handle;
mod interner;
mod isolated;
mod label_set;
mod layout;
#[doc(hidden)]
pub mod private;
mod store;
pub mod unit;

pub use conflict::Conflict;
pub use isolated::Isolated;
pub use label_set::{Label, LabelSet, UnknownValue, Unlabelled};
pub use store::Registry;
pub use unit::{NonNegative, Whole};
