//! From the command line to a loaded registry.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use generators::render::{github, json, sarif};
use kpi_registry::diagnostic::{Diagnostic, Diagnostics, Severity};
use kpi_registry::load::{Loaded, load};
use kpi_registry::registry::Registry;
use kpi_registry::render::human;
use kpi_registry::source::SourceMap;

use crate::cli::{Format, Options};
use crate::console::Console;
use crate::{Failure, Outcome};

/// The registry's name where none is given.
const NAME: &str = "kpi_registry.yaml";

/// The registry that the command is about.
pub(crate) fn find(options: &Options) -> Result<PathBuf, Failure> {
    if let Some(path) = &options.registry {
        return Ok(path.clone());
    }
    let here =
        std::env::current_dir().map_err(|error| format!("can't find the current directory: {error}"))?;
    let found = here.ancestors().map(|directory| directory.join(NAME)).find(|path| path.is_file());
    let found = found.ok_or_else(|| {
        format!("there is no {NAME} in `{}` or above; name one with --registry PATH", here.display())
    })?;
    Ok(found.strip_prefix(&here).map(Path::to_owned).unwrap_or(found))
}

/// Loads the registry that the command is about.
pub(crate) fn open(options: &Options) -> Result<(PathBuf, Loaded), Failure> {
    let path = find(options)?;
    let readable = if path.is_dir() { fs::read_dir(&path).map(drop) } else { File::open(&path).map(drop) };
    readable.map_err(|error| format!("can't read the registry `{}`: {error}", path.display()))?;
    let loaded = load(&path);
    Ok((path, loaded))
}

/// The findings in the format asked for.
pub(crate) fn findings(loaded: &Loaded, format: Format, color: bool) -> String {
    written(&loaded.diagnostics, &loaded.sources, format, color)
}

/// Any findings in the format asked for.
pub(crate) fn written(diagnostics: &Diagnostics, sources: &SourceMap, format: Format, color: bool) -> String {
    let root = std::env::current_dir().unwrap_or_default();
    match format {
        Format::Human => human(diagnostics, sources, color),
        Format::Json => json::report(diagnostics, sources, &root),
        Format::Sarif => sarif::report(diagnostics, sources, &root),
        Format::Github => github::report(diagnostics, sources, &root),
    }
}

/// What findings mean for the exit code.
pub(crate) fn judge(loaded: &Loaded, options: &Options) -> Outcome {
    judged(&loaded.diagnostics, options)
}

/// The same of any findings.
pub(crate) fn judged(diagnostics: &Diagnostics, options: &Options) -> Outcome {
    let fails = diagnostics.worst().is_some_and(|worst| worst >= options.fail_on.severity());
    if fails { Outcome::Findings } else { Outcome::Fine }
}

/// The registry, if it is good enough to generate from: without errors, and without findings that `--fail-on` names.
///
/// Findings go to standard error, notes only when they count; in the formats for machines to standard output, which
/// then has all of it.
pub(crate) fn healthy<'a>(
    loaded: &'a Loaded,
    options: &Options,
    console: &mut Console,
) -> Result<Option<&'a Registry>, Failure> {
    let fails = loaded.diagnostics.has_errors() || judge(loaded, options) == Outcome::Findings;
    match options.format {
        Format::Human => {
            let worth =
                |finding: &&Diagnostic| finding.severity >= Severity::Warning.min(options.fail_on.severity());
            let mut shown = Diagnostics::default();
            shown.extend(loaded.diagnostics.iter().filter(worth).cloned());
            write!(console.err, "{}", human(&shown, &loaded.sources, console.colors_err()))?;
        }
        format @ Format::Github => write!(console.out, "{}", findings(loaded, format, false))?,
        format @ (Format::Json | Format::Sarif) if fails => {
            write!(console.out, "{}", findings(loaded, format, false))?;
        }
        Format::Json | Format::Sarif => {}
    }
    Ok(loaded.registry.as_ref().filter(|_| !fails))
}
