//! What a directory holds.

use std::path::Path;
use std::{fs, io};

use crate::index::Index;

/// The names in a directory, sorted. Those that are not UTF-8 name nothing that anybody here looks for.
pub(crate) fn names(directory: &Path) -> io::Result<Vec<String>> {
    let mut names = Index::default();
    for entry in fs::read_dir(directory)? {
        if let Some(name) = entry?.file_name().to_str() {
            names.insert(name);
        }
    }
    Ok(names.to_texts())
}
