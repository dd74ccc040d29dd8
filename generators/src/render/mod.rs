//! Findings for machines. People get theirs from `kpi_registry::render`.

pub mod github;
pub mod json;
pub mod sarif;

use std::path::{Component, Path};

use kpi_registry::diagnostic::{Diagnostics, Severity};
use kpi_registry::source::SourceFile;

/// How a file is called in a report: its path below `root`, with `/`, or its shown name when it lies elsewhere.
fn path_in(root: &Path, file: &SourceFile) -> String {
    let path =
        if file.path.is_absolute() { file.path.strip_prefix(root).ok() } else { Some(file.path.as_path()) };
    let mut parts = Vec::new();
    for part in path.into_iter().flat_map(Path::components) {
        match part {
            Component::Normal(part) => parts.push(part.to_string_lossy()),
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return file.name.clone(),
        }
    }
    if parts.is_empty() { file.name.clone() } else { parts.join("/") }
}

/// How many findings there are of each severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Notes.
    pub notes: usize,
    /// Further ones that were not kept, because nobody reads so many.
    #[serde(rename = "leftOut")]
    pub left_out: usize,
}

impl Counts {
    /// Counts findings.
    pub fn of(diagnostics: &Diagnostics) -> Self {
        let of = |severity| diagnostics.iter().filter(|finding| finding.severity == severity).count();
        Self {
            errors: of(Severity::Error),
            warnings: of(Severity::Warning),
            notes: of(Severity::Note),
            left_out: diagnostics.left_out(),
        }
    }
}
