//! YAML as a tree of nodes that remember their places.

mod fields;
mod node;
mod parse;
mod scalar;

pub(crate) use fields::Fields;
pub(crate) use node::shortened;
pub use node::{Entry, Kind, Node};
pub use parse::{MAX_DEPTH, MAX_EXPANDED, MAX_NODES, parse};
