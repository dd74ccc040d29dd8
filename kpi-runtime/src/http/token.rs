//! The bearer token that a client has to know.

use std::fmt;
use std::fs::File;
use std::hint::black_box;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// More than this is no file of tokens.
const MAX_FILE_BYTES: usize = 64 * 1024;

/// A secret that has to be sent with a request as `Authorization: Bearer …`; see [`Endpoint::bearer_token`].
///
/// ```
/// # fn main() -> Result<(), kpi_runtime::TokenError> {
/// let token = kpi_runtime::Token::new("cf04f0a97b9d6a4c")?;
/// assert_eq!(format!("{token:?}"), "Token(..)");
/// # Ok(()) }
/// ```
///
/// [`Endpoint::bearer_token`]: crate::Endpoint::bearer_token
#[derive(Clone)]
pub struct Token(Source);

#[derive(Clone)]
enum Source {
    Value(Arc<[u8]>),
    File(Arc<Path>),
}

impl Token {
    /// This token.
    ///
    /// # Errors
    ///
    /// It is empty, or has characters that a header can't carry: white space, control characters, or other than ASCII.
    pub fn new(value: impl AsRef<str>) -> Result<Self, TokenError> {
        let value = value.as_ref().as_bytes();
        if is_token(value) { Ok(Self(Source::Value(value.into()))) } else { Err(TokenError::Malformed(None)) }
    }

    /// The token in a file, as `credentials_file` of a Prometheus names it. The file is read for each request that
    /// needs the token, so that a new token counts at once. It may have several lines, each a token: while a token is
    /// replaced, the old and the new one. White space around them does not matter.
    ///
    /// While the file can't be read, or has no token, nobody is let in.
    ///
    /// # Errors
    ///
    /// There is no such file, it can't be read, or it has no token.
    pub fn from_file(path: impl Into<PathBuf>) -> Result<Self, TokenError> {
        let path = path.into();
        read(&path)?;
        Ok(Self(Source::File(path.into())))
    }

    /// Whether this is the token.
    ///
    /// # Errors
    ///
    /// The file of the token can't be read.
    pub(super) fn is(&self, presented: &[u8]) -> Result<bool, TokenError> {
        Ok(match &self.0 {
            Source::Value(value) => is_same(value, presented),
            // All of them are compared, so that time does not tell which one it was.
            Source::File(path) => {
                let text = read(path)?;
                lines(&text).fold(false, |found, token| found | is_same(token, presented))
            }
        })
    }
}

fn read(path: &Path) -> Result<Vec<u8>, TokenError> {
    let unreadable = |error| TokenError::Unreadable(path.to_owned(), error);
    let mut file = File::open(path).map_err(unreadable)?;
    let mut text = vec![0; MAX_FILE_BYTES + 1];
    let mut length = 0;
    loop {
        match file.read(&mut text[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unreadable(error)),
        }
    }
    text.truncate(length);
    if text.len() > MAX_FILE_BYTES {
        return Err(unreadable(io::ErrorKind::FileTooLarge.into()));
    }
    if lines(&text).next().is_none() {
        return Err(TokenError::Empty(path.to_owned()));
    }
    if lines(&text).all(is_token) { Ok(text) } else { Err(TokenError::Malformed(Some(path.to_owned()))) }
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty())
}

fn is_token(value: &[u8]) -> bool {
    !value.is_empty() && value.iter().all(u8::is_ascii_graphic)
}

/// Compares in a time that depends on what was presented alone: neither on the secret's length, nor on where they
/// differ.
fn is_same(secret: &[u8], presented: &[u8]) -> bool {
    let mut difference = secret.len() ^ presented.len();
    for (at, byte) in presented.iter().enumerate() {
        let other = secret.get(at % secret.len().max(1)).copied().unwrap_or_default();
        difference = black_box(difference | usize::from(byte ^ other));
    }
    black_box(difference) == 0
}

/// Says nothing of the secret.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::Value(_) => f.write_str("Token(..)"),
            Source::File(path) => f.debug_tuple("Token").field(path).finish(),
        }
    }
}

/// Why there is no token.
#[derive(Debug)]
#[non_exhaustive]
pub enum TokenError {
    /// The file can't be read.
    Unreadable(PathBuf, io::Error),
    /// The file has no token in it.
    Empty(PathBuf),
    /// The token, or one in this file, has characters that a header can't carry, or none at all.
    Malformed(Option<PathBuf>),
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(path, error) => write!(f, "cannot read the token {}: {error}", path.display()),
            Self::Empty(path) => write!(f, "{} has no token", path.display()),
            Self::Malformed(path) => {
                path.iter().try_for_each(|path| write!(f, "{}: ", path.display()))?;
                f.write_str("a token is at least one visible ASCII character, without white space")
            }
        }
    }
}

impl std::error::Error for TokenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable(_, error) => Some(error),
            Self::Empty(_) | Self::Malformed(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_token_is_the_token() {
        let token = Token::new("sesame").expect("is a token");
        for (presented, expected) in [
            ("sesame", true),
            ("sesamf", false),
            ("Sesame", false),
            ("sesam", false),
            ("sesamesesame", false),
            ("sesamesesam", false),
            ("s", false),
            ("", false),
        ] {
            assert_eq!(token.is(presented.as_bytes()).expect("is a value"), expected, "{presented}");
        }
    }

    #[test]
    fn what_a_header_cannot_carry_is_no_token() {
        for value in ["", " ", "a b", "a\n", "\u{e9}", "\0"] {
            assert!(Token::new(value).is_err(), "{value:?}");
        }
    }

    #[test]
    fn several_lines_are_several_tokens() {
        assert_eq!(lines(b"\n old \r\nnew").collect::<Vec<_>>(), [b"old", b"new"]);
        assert_eq!(lines(b" \n\n").count(), 0);
    }
}
