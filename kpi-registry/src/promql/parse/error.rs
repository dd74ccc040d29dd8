//! Why a text is no expression.

use std::fmt;

use super::Place;

/// Why a text is no expression, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The bytes of the text that are wrong.
    pub at: Place,
    /// What is wrong, in one line without a full stop.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// What to write in place of these bytes.
    pub instead: Option<String>,
}

impl SyntaxError {
    pub(super) const fn new(at: Place, message: String) -> Self {
        Self { at, message, help: None, instead: None }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SyntaxError {}
