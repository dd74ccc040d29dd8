//! `kpi import openslo`

use std::io::Write;
use std::path::PathBuf;

use generators::import::openslo::{Imported, import};
use kpi_registry::load::Loaded;

use crate::cli::{Format, Options};
use crate::console::{Console, count};
use crate::{Failure, Outcome, new_file, registry};

/// Reads SLOs of OpenSLO v1, with the indicators, services and alert policies they refer to, and writes them as SLOs of the
/// registry: entries of `slos:`, and the `slo` of KPIs. Queries are read as PromQL over KPIs of the registry.
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// Files of OpenSLO, each with one or more objects
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where to write, never over another file [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(
    arguments: &Arguments,
    options: &Options,
    console: &mut Console,
) -> Result<Outcome, Failure> {
    let (_, loaded) = registry::open(options)?;
    if registry::healthy(&loaded, options, console)?.is_none() {
        return Ok(Outcome::Findings);
    }
    let Loaded { registry: Some(found), mut sources, .. } = loaded else { return Ok(Outcome::Findings) };
    let Imported { text, slos, diagnostics } = import(&found, &mut sources, &arguments.files);
    let outcome = registry::judged(&diagnostics, options);
    let findings = registry::written(&diagnostics, &sources, options.format, console.colors_err());
    // Machines get one document on standard output, people get theirs beside the result.
    if options.format == Format::Human {
        write!(console.err, "{findings}")?;
    } else {
        write!(console.out, "{findings}")?;
    }
    let Some(text) = text.filter(|_| outcome == Outcome::Fine) else {
        writeln!(console.err, "nothing was imported")?;
        return Ok(Outcome::Findings);
    };
    match &arguments.out {
        Some(path) => {
            new_file::write(path, &text, None)?;
            let done = format!("wrote {} to {}", count(slos, "SLO"), path.display());
            writeln!(console.err, "{done}\nnext: put them into the registry, then kpi check")?;
        }
        None if options.format == Format::Human => write!(console.out, "{text}")?,
        None => {}
    }
    Ok(outcome)
}
