//! Whether a program emits what its agent must: its sources are read and searched for writes.

mod extent;
mod lexer;
mod scan;

use crate::diagnostic::{Diagnostic, codes};
use crate::directory::names;
use crate::index::Index;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The sources of a program.
#[derive(Default)]
pub(crate) struct Sources {
    /// Every file that was read, in order.
    pub(crate) files: Vec<PathBuf>,
    /// Every field that is written to outside of tests.
    pub(crate) fields: Index,
}

impl Sources {
    /// Reads files, and directories with everything below them.
    pub(crate) fn read(places: &[PathBuf]) -> (Self, Vec<Diagnostic>) {
        let mut sources = Self::default();
        let mut faults = Vec::new();
        for place in places {
            let before = sources.files.len();
            match rust_files(place).and_then(|files| sources.add(files)) {
                Ok(()) if sources.files.len() == before => {
                    faults.push(unreadable(place, "there is no Rust source in it"));
                }
                Ok(()) => {}
                Err(error) => faults.push(unreadable(place, &error.to_string())),
            }
        }
        (sources, faults)
    }

    fn add(&mut self, files: Vec<PathBuf>) -> io::Result<()> {
        let mut texts = Vec::with_capacity(files.len());
        for file in files {
            let text = fs::read(&file)?;
            texts.push((file, String::from_utf8_lossy(&text).into_owned()));
        }
        let (mut scans, mut for_tests) = (Vec::with_capacity(texts.len()), Vec::new());
        for (file, text) in &texts {
            let scan = scan::scan(text);
            for module in &scan.test_modules {
                for_tests.push(module_dir(file).join(module));
            }
            scans.push((file, scan));
        }
        for (file, scan) in scans {
            if !for_tests.iter().any(|module| file.starts_with(module) || file.with_extension("") == *module)
            {
                for field in scan.fields {
                    self.fields.insert(field);
                }
            }
            self.files.push(file.clone());
        }
        Ok(())
    }
}

fn unreadable(place: &Path, why: &str) -> Diagnostic {
    let message = format!("can't look for emitted KPIs in `{}`: {why}", place.display());
    Diagnostic::error(codes::UNREADABLE_SOURCE, None, message)
        .help("places in `emitted_in` are relative to the directory of Cargo.toml")
}

/// Where the modules of a file have theirs.
fn module_dir(file: &Path) -> PathBuf {
    let is_root = matches!(file.file_stem().and_then(|stem| stem.to_str()), Some("mod" | "lib" | "main"));
    if is_root { file.parent().unwrap_or(Path::new("")).to_owned() } else { file.with_extension("") }
}

/// A file, or every `.rs` file of a directory, sorted. Links are not followed, so that this ends.
fn rust_files(place: &Path) -> io::Result<Vec<PathBuf>> {
    if place.is_file() {
        return Ok(vec![place.to_owned()]);
    }
    let mut files = Vec::new();
    for name in names(place)? {
        let path = place.join(name);
        if path.symlink_metadata()?.is_dir() {
            files.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(files)
}
