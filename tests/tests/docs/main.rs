//! The reference is right: what exists as a list in code is generated from it, every key of the registry stands in its
//! table, every YAML example loads, and every Rust example compiles.
//!
//! `KPI_BLESS=1 cargo test -p kpi-tests --test docs` writes the generated parts.

#![allow(clippy::panic, clippy::expect_used, reason = "a page that is wrong fails the test, and says where")]

mod generated;
mod keys;
mod page;
mod rust;
mod yaml;
