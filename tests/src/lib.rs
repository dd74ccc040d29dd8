//! What the tests of this package share: the example platform in a copy, the real servers around it, and waiting.

#![allow(
    clippy::panic,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "what cannot be set up fails the test, and says why"
)]

pub mod client_model;
pub mod exposition;
pub mod expression;
pub mod generated;
pub mod http;
pub mod judge;
pub mod platform;
pub mod process;
pub mod prometheus;
pub mod target;
pub mod victoria;
pub mod wait;
pub mod webhook;

use std::env;
use std::path::{Path, PathBuf};

/// The root of this repository.
///
/// # Panics
/// Never: this package lies in a folder of it.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in a folder")
}

/// The build folder that the running test lies in.
///
/// # Panics
/// When the test does not lie in one.
pub fn target_folder() -> PathBuf {
    let test = env::current_exe().expect("the test has a path");
    test.ancestors().nth(3).expect("a test lies in <target>/<profile>/deps").to_owned()
}
