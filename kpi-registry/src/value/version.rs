//! Versions: of the platform's own releases, and of Prometheus.

use std::fmt;
use std::str::FromStr;

/// A release, `1.2` or `1.2.3`; a missing patch is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// First number.
    pub major: u32,
    /// Second number.
    pub minor: u32,
    /// Third number.
    pub patch: u32,
}

/// The text is not a version.
#[derive(Clone, Copy, Debug)]
pub struct VersionError;

impl fmt::Display for VersionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a version such as `1.2` or `1.2.3`")
    }
}

impl std::error::Error for VersionError {}

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        let mut numbers = [0_u32; 3];
        for (at, part) in text.split('.').enumerate() {
            let slot = numbers.get_mut(at).ok_or(VersionError)?;
            let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            *slot = if digits { part.parse().map_err(|_| VersionError)? } else { return Err(VersionError) };
        }
        let [major, minor, patch] = numbers;
        Ok(Self { major, minor, patch })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// A Prometheus release line, `2.42`.
#[derive(Clone, Copy, Debug)]
pub struct PrometheusVersion {
    /// First number.
    pub major: u32,
    /// Second number.
    pub minor: u32,
}

impl PrometheusVersion {
    /// What is assumed when the registry does not say.
    pub const DEFAULT: Self = Self { major: 2, minor: 42 };
}

impl From<Version> for PrometheusVersion {
    fn from(version: Version) -> Self {
        Self { major: version.major, minor: version.minor }
    }
}

impl fmt::Display for PrometheusVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}
