//! Findings as text for people. Renderers for machines live with the command line.

mod human;
mod snippet;

pub use human::{Human, human};
