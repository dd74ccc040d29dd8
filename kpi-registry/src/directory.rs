//! What a directory holds.

use std::path::Path;
use std::{fs, io};

/// The names in a directory, sorted. Those that are not UTF-8 name nothing that anybody here looks for.
pub(crate) fn names(directory: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory)? {
        if let Ok(name) = entry?.file_name().into_string() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
