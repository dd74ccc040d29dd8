//! Why an export did not arrive.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why an export did not arrive. Sums go on growing, so the next one that does brings what this one would have.
#[derive(Debug)]
#[non_exhaustive]
pub enum ExportError {
    /// The endpoint's URL is none that can be exported to.
    Url {
        /// The URL.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// A header cannot be sent.
    Header {
        /// Its name.
        name: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// An environment variable does not say what it should.
    Environment {
        /// Its name.
        name: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The credentials cannot be read.
    Credentials {
        /// The file they are in.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// The endpoint cannot be reached, does not answer in time, or answers with something that is no HTTP.
    Io {
        /// The endpoint's URL.
        url: String,
        /// Why not.
        error: io::Error,
    },
    /// The endpoint answered that it did not take the metrics.
    Refused {
        /// The endpoint's URL.
        url: String,
        /// The status of HTTP.
        status: u16,
        /// What the endpoint said, shortened.
        message: String,
    },
    /// The endpoint took the metrics but for some.
    Partial {
        /// The endpoint's URL.
        url: String,
        /// The number of points that it did not take.
        rejected: u64,
        /// What the endpoint said, shortened.
        message: String,
    },
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let colon = |message: &str| if message.is_empty() { "" } else { ": " };
        match self {
            Self::Url { url, why } => write!(f, "cannot export to `{url}`: {why}"),
            Self::Header { name, why } => write!(f, "header `{name}`: {why}"),
            Self::Environment { name, why } => write!(f, "{name}: {why}"),
            Self::Credentials { path, error } => {
                write!(f, "cannot read credentials from {}: {error}", path.display())
            }
            Self::Io { url, error } => write!(f, "cannot export to {url}: {error}"),
            Self::Refused { url, status, message } => {
                write!(f, "{url} refused the metrics with status {status}{}{message}", colon(message))
            }
            Self::Partial { url, rejected, message } => {
                write!(f, "{url} did not take {rejected} of the points{}{message}", colon(message))
            }
        }
    }
}

impl std::error::Error for ExportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Credentials { error, .. } | Self::Io { error, .. } => Some(error),
            _ => None,
        }
    }
}
