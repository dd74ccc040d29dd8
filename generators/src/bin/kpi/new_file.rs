//! Files that the user names.

use std::io::{Error, ErrorKind, Write};
use std::path::Path;

use crate::Failure;

/// Writes a file as a whole or not at all, over another one only with `force`, which not every command has.
pub(crate) fn write(path: &Path, text: &str, force: Option<bool>) -> Result<(), Failure> {
    let hint = if force.is_some() { "; --force replaces it" } else { "" };
    let refused = |error: &Error| match error.kind() {
        ErrorKind::AlreadyExists => format!("`{}` exists and was not touched{hint}", path.display()),
        _ => format!("can't write `{}`: {error}", path.display()),
    };
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".kpi-new-");
    // As other new files, not readable by the owner alone.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(directory).map_err(|error| refused(&error))?;
    file.write_all(text.as_bytes()).map_err(|error| refused(&error))?;
    let persisted = if force == Some(true) { file.persist(path) } else { file.persist_noclobber(path) };
    persisted.map(drop).map_err(|error| refused(&error.error).into())
}
