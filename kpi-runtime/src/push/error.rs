//! Why a push did not arrive.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a push did not arrive.
#[derive(Debug)]
#[non_exhaustive]
pub enum PushError {
    /// The gateway's URL is none that can be pushed to.
    Url {
        /// The URL.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// The job or a grouping label is none that a gateway would take.
    Grouping {
        /// The label.
        label: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A series has a label of its own with the name of a grouping label: the gateway would overwrite it.
    Collision {
        /// The family of the series.
        family: String,
        /// The label.
        label: String,
    },
    /// The credentials cannot be read.
    Credentials {
        /// The file they are in.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// The gateway cannot be reached, does not answer in time, or answers with something that is no HTTP.
    Io {
        /// The gateway's URL.
        url: String,
        /// Why not.
        error: io::Error,
    },
    /// The gateway answered that it did not take the push.
    Refused {
        /// The gateway's URL.
        url: String,
        /// The status of HTTP.
        status: u16,
        /// What the gateway said, shortened.
        message: String,
    },
}

impl fmt::Display for PushError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url { url, why } => write!(f, "cannot push to `{url}`: {why}"),
            Self::Grouping { label, why } => write!(f, "grouping label `{label}`: {why}"),
            Self::Collision { family, label } => write!(
                f,
                "`{family}` has a label `{label}` of its own, which the grouping label `{label}` would overwrite: rename \
                 one of them"
            ),
            Self::Credentials { path, error } => {
                write!(f, "cannot read credentials from {}: {error}", path.display())
            }
            Self::Io { url, error } => write!(f, "cannot push to {url}: {error}"),
            Self::Refused { url, status, message } if message.is_empty() => {
                write!(f, "{url} refused the push with status {status}")
            }
            Self::Refused { url, status, message } => {
                write!(f, "{url} refused the push with status {status}: {message}")
            }
        }
    }
}

impl std::error::Error for PushError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Credentials { error, .. } | Self::Io { error, .. } => Some(error),
            Self::Url { .. } | Self::Grouping { .. } | Self::Collision { .. } | Self::Refused { .. } => None,
        }
    }
}
