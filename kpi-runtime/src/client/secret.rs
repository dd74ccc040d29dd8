//! Credentials, which are read from files when they are needed, so that they may change.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::base64;

/// How requests prove who they come from.
#[derive(Debug, Clone)]
pub(crate) enum Secret {
    /// A user, and the file that holds the password.
    Basic(String, PathBuf),
    /// The file that holds the token.
    Bearer(PathBuf),
}

/// Why there are no credentials.
pub(crate) struct SecretError {
    pub(crate) path: PathBuf,
    pub(crate) error: io::Error,
}

impl fmt::Display for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read credentials from {}: {}", self.path.display(), self.error)
    }
}

impl Secret {
    /// The value of the header `Authorization`.
    pub(crate) fn header(&self) -> Result<String, SecretError> {
        match self {
            Self::Basic(user, path) => {
                let password = read(path)?;
                Ok(format!("Basic {}", base64::standard(format!("{user}:{password}").as_bytes())))
            }
            Self::Bearer(path) => Ok(format!("Bearer {}", read(path)?)),
        }
    }
}

/// The file's text without the end of its line.
fn read(path: &PathBuf) -> Result<String, SecretError> {
    let fail = |error| SecretError { path: path.clone(), error };
    let text = std::fs::read_to_string(path).map_err(fail)?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err(fail(io::Error::new(io::ErrorKind::InvalidData, "expected one line of text")));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_made_of_the_file() -> io::Result<()> {
        let directory = std::env::temp_dir().join(format!("kpi-secret-{}", std::process::id()));
        std::fs::create_dir_all(&directory)?;
        let path = directory.join("secret");
        let header = |secret: &Secret| secret.header().map_err(|error| error.to_string());
        let (basic, bearer) =
            (Secret::Basic("Aladdin".to_owned(), path.clone()), Secret::Bearer(path.clone()));
        std::fs::write(&path, "open sesame\n")?;
        assert_eq!(header(&basic).as_deref(), Ok("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
        assert_eq!(header(&bearer).as_deref(), Ok("Bearer open sesame"));
        for text in ["", "\n", "two\nlines", "a\r\nX-Header: b"] {
            std::fs::write(&path, text)?;
            assert!(header(&bearer).is_err_and(|error| error.contains("expected one line")), "{text:?}");
        }
        std::fs::remove_dir_all(&directory)?;
        assert!(header(&basic).is_err_and(|error| error.contains("cannot read credentials from ")));
        Ok(())
    }
}
