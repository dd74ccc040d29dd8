//! What others wrote, as parts of a registry.

pub mod openslo;
