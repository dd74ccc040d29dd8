//! From a path to a checked registry.

mod assemble;
mod document;
mod files;
mod glob;
mod hash;
mod version1;

use std::path::{Path, PathBuf};

use crate::check::run_all;
use crate::diagnostic::Diagnostics;
use crate::registry::Registry;
use crate::resolve::Names;
use crate::source::SourceMap;

use files::Files;

pub use files::MAX_FILE_SIZE;
#[cfg(feature = "import")]
pub use files::add_file;

/// What came of loading a registry.
#[derive(Debug)]
pub struct Loaded {
    /// The registry; `None` when not a single KPI could be read. When there are errors, it holds what is healthy, with
    /// harmless values in place of what is not, so that further tools can go on complaining; generate nothing from it.
    pub registry: Option<Registry>,
    /// Every file that was read.
    pub sources: SourceMap,
    /// Everything there is to say, in reading order.
    pub diagnostics: Diagnostics,
    /// Directories whose listing mattered: a new file in one of them may change the registry.
    pub directories: Vec<PathBuf>,
}

/// Loads, resolves and checks the registry at a path: a file, or a directory that is read recursively.
///
/// Never fails: whatever is wrong is a finding, and all findings come in one run.
pub fn load(path: &Path) -> Loaded {
    let mut out = Diagnostics::default();
    let files = files::read(path, &mut out);
    resolved(files, out)
}

/// Loads a registry as if the file at `path` had this content: what an editor has not saved yet, or what another
/// revision says. Files it includes are read from disk.
pub fn load_bytes(path: &Path, content: Vec<u8>) -> Loaded {
    let mut out = Diagnostics::default();
    let files = files::read_bytes(path, content, &mut out);
    resolved(files, out)
}

fn resolved(files: Files, mut out: Diagnostics) -> Loaded {
    let mut names = Names::default();
    names.incomplete = files.incomplete;
    for document in &files.documents {
        document.define(&mut names, &mut out);
    }
    for document in &files.documents {
        document.define_agent(&mut names);
    }
    let registry = assemble::assemble(&files, &names, &mut out).map(|assembled| {
        let mut findings = Diagnostics::default();
        run_all(&assembled.registry, &files.sources, &mut findings);
        out.extend(findings.into_iter().filter(|finding| !assembled.is_broken(finding)));
        assembled.registry
    });
    out.sort();
    Loaded { registry, sources: files.sources, diagnostics: out, directories: files.directories }
}
