//! From a path to Rust text and error texts: what both doors do.

use super::{Generated, Options, check_emitted, generate};
use crate::diagnostic::{Diagnostic, Severity, codes};
use crate::load::{Loaded, load};
use crate::render::Human;
use crate::source::SourceMap;
use std::env;
use std::path::{Path, PathBuf};

/// What a door has to hand on.
#[derive(Debug)]
pub struct Expansion {
    /// The Rust text. It is there also beside errors, so that uses of what is right bring none of their own; empty if the
    /// registry can't be made sense of at all.
    pub code: String,
    /// The errors, each a text of its own: `[KPI0101] message`, the place, the lines with carets, the next step.
    pub errors: Vec<String>,
    /// The registry's files.
    pub registry_files: Vec<PathBuf>,
    /// Directories in which a new file may belong to the registry.
    pub registry_directories: Vec<PathBuf>,
    /// The sources that were searched for writes.
    pub searched: Vec<PathBuf>,
}

/// Which half of the work is wanted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Want {
    /// The typed KPIs, and the check that all are emitted.
    Code,
    /// The check alone.
    Check,
}

/// Loads a registry, and generates and checks the program's typed KPIs.
pub fn expand(path: &Path, options: &Options, want: Want) -> Expansion {
    let Loaded { registry, sources, diagnostics, directories: registry_directories } = load(path);
    let mut errors = Vec::new();
    for finding in &diagnostics {
        if finding.severity == Severity::Error {
            errors.push(text(finding, &sources));
        }
    }
    let registry_files = sources.paths().map(Path::to_owned).collect();
    errors.extend(packaged_without(path));
    let Some(registry) = registry else {
        let (code, searched) = (String::new(), Vec::new());
        return Expansion { code, errors, registry_files, registry_directories, searched };
    };
    let generated = match want {
        Want::Code => generate(&registry, &sources, options),
        Want::Check => check_emitted(&registry, options),
    };
    errors.extend(generated.diagnostics.iter().map(|fault| text(fault, &sources)));
    let Generated { code, diagnostics: _, searched } = generated;
    Expansion { code, errors, registry_files, registry_directories, searched }
}

/// A word to those who build a package that its author's registry is missing from.
fn packaged_without(registry: &Path) -> Option<String> {
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR")?);
    // Cargo puts the author's own manifest beside the one it rewrote.
    let is_packaged = package.join("Cargo.toml.orig").exists();
    (is_packaged && !registry.exists()).then(|| {
        format!(
            "[{}]: this crate was packaged without its registry `{}`\n = help: cargo packages only what lies inside of \
             the crate: move the registry there, or put a link to it there, and name that",
            codes::UNREADABLE,
            registry.file_name().unwrap_or_default().display()
        )
    })
}

/// The finding without the word `error`, which rustc and cargo write themselves.
fn text(fault: &Diagnostic, sources: &SourceMap) -> String {
    let text = Human::default().text(fault, sources);
    text.strip_prefix(Severity::Error.as_str()).unwrap_or(&text).to_owned()
}
