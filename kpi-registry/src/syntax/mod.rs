//! YAML as a tree of nodes that remember their places.

mod fields;
mod node;
mod parse;
mod scalar;

pub use fields::Fields;
pub use node::{Entry, Kind, Node, shortened};
pub use parse::{MAX_DEPTH, MAX_EXPANDED, MAX_NODES, parse, parse_all};
