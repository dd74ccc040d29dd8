//! The few things done to the file system, each with an error that names the path.

use std::fmt;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The directory can't be read or written as asked.
#[derive(Debug)]
pub struct WriteError {
    /// The path it is about.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a path.
#[derive(Debug)]
pub enum Problem {
    /// The system refused: what was tried, and its answer.
    Io(&'static str, io::Error),
    /// A symbolic link where a file or directory of ours belongs.
    SymbolicLink,
    /// A directory, device or socket where a file of ours belongs.
    NotAFile,
    /// Something other than a directory where a directory of ours belongs.
    NotADirectory,
    /// The manifest can't be understood: why.
    BadManifest(String),
    /// A path to take over that is neither generated now nor was before.
    NothingToForce,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.problem {
            Problem::Io(doing, error) => write!(f, "can't {doing} `{path}`: {error}"),
            Problem::SymbolicLink => {
                write!(
                    f,
                    "`{path}` is a symbolic link, and generated files are never written through one; remove it or choose another --out"
                )
            }
            Problem::NotAFile => {
                write!(
                    f,
                    "`{path}` is in the way: a generated file belongs there, and it is not a regular file"
                )
            }
            Problem::NotADirectory => {
                write!(f, "`{path}` is in the way: a directory of generated files belongs there")
            }
            Problem::BadManifest(why) => write!(
                f,
                "can't use the manifest `{path}`: {why}; restore it, or remove it to have every file judged by its content"
            ),
            Problem::NothingToForce => write!(f, "--force names `{path}`, which is not a generated file"),
        }
    }
}

impl std::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.problem {
            Problem::Io(_, error) => Some(error),
            _ => None,
        }
    }
}

impl WriteError {
    pub(super) fn new(path: &Path, problem: Problem) -> Self {
        Self { path: path.to_owned(), problem }
    }
}

fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> WriteError {
    move |error| WriteError::new(path, Problem::Io(doing, error))
}

/// The content of a regular file; `None` when there is nothing at all.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, WriteError> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io("look at", path)(error)),
        Ok(found) if found.is_symlink() => return Err(WriteError::new(path, Problem::SymbolicLink)),
        Ok(found) if !found.is_file() => return Err(WriteError::new(path, Problem::NotAFile)),
        Ok(_) => {}
    }
    fs::read(path).map(Some).map_err(io("read", path))
}

/// Whether a directory exists; an error when something else has its name.
pub(super) fn is_directory(path: &Path) -> Result<bool, WriteError> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(io("look at", path)(error)),
        Ok(found) if found.is_dir() => Ok(true),
        Ok(found) if found.is_symlink() => Err(WriteError::new(path, Problem::SymbolicLink)),
        Ok(_) => Err(WriteError::new(path, Problem::NotADirectory)),
    }
}

/// Makes a directory and those above it.
pub(super) fn make_directory(path: &Path) -> Result<(), WriteError> {
    fs::create_dir_all(path).map_err(io("make the directory", path))
}

/// Puts a whole file in place: readers see the old content or the new one, never a part.
///
/// `fresh` refuses to replace a file that has come into being since the plan was made.
pub(super) fn write(path: &Path, bytes: &[u8], fresh: bool) -> Result<(), WriteError> {
    let directory = path.parent().unwrap_or(Path::new(""));
    let mut file = temporary(directory).map_err(io("make a temporary file in", directory))?;
    file.write_all(bytes).map_err(io("write", path))?;
    let kept = if fresh { file.persist_noclobber(path) } else { file.persist(path) };
    kept.map(drop).map_err(|refused| io("write", path)(refused.error))
}

fn temporary(directory: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".kpi-").suffix(".tmp");
    // Other users' servers read these files, so they get the mode of any new file instead of 0600.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(directory)
}

/// Removes a file.
pub(super) fn remove(path: &Path) -> Result<(), WriteError> {
    fs::remove_file(path).map_err(io("remove", path))
}

/// Removes a directory if it is empty; says whether it did.
pub(super) fn remove_if_empty(path: &Path) -> bool {
    fs::remove_dir(path).is_ok()
}
