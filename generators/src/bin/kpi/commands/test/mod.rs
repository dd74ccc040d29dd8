//! `kpi test`

mod job;
mod report;

use std::path::{Path, PathBuf};

use generators::artifacts::{ARTIFACTS, alertmanager, prometheus};
use generators::lint::inhibition;
use generators::writer::{Origin, Scope, plan};
use kpi_registry::registry::Registry;

use self::job::{Tested, jobs, missing_tools, run_all};
use self::report::report;
use crate::cli::Options;
use crate::console::Console;
use crate::{Failure, Outcome, registry};

/// Runs the tools of Prometheus and Alertmanager over the generated files: do they load, do the rules' own tests pass, does
/// every alert reach who should get it? Generates into a temporary directory, or takes what `--out` holds. Of fresh files
/// it also proves that no inhibition can match an alert without the labels that must be equal.
#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// Test the files that were generated here instead of fresh ones
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(crate) fn run(
    arguments: &Arguments,
    options: &Options,
    console: &mut Console,
) -> Result<Outcome, Failure> {
    let temporary = match &arguments.out {
        Some(_) => None,
        None => {
            Some(tempfile::tempdir().map_err(|error| format!("can't make a temporary directory: {error}"))?)
        }
    };
    let mut proof = None;
    let directory = match (&arguments.out, &temporary) {
        (Some(out), _) => out.as_path(),
        (None, Some(temporary)) => {
            proof = generate_into(temporary.path(), options, console)?;
            if proof.is_none() {
                return Ok(Outcome::Findings);
            }
            temporary.path()
        }
        (None, None) => Path::new(""),
    };
    let jobs = jobs(directory)?;
    missing_tools(&jobs)?;
    let mut results = run_all(&jobs, directory, console);
    results.extend(proof);
    report(&results, options, console)
}

/// Generates everything into an empty directory, and proves the inhibitions; `None` when the registry is not fit for it.
fn generate_into(
    directory: &Path,
    options: &Options,
    console: &mut Console,
) -> Result<Option<Tested>, Failure> {
    let (_, loaded) = registry::open(options)?;
    let Some(found) = registry::healthy(&loaded, options, console)? else { return Ok(None) };
    let tree = generators::generate(found, ARTIFACTS).map_err(|error| error.to_string())?;
    let origin = Origin { registry: found.source.clone(), registry_hash: found.hash.clone() };
    let plan = plan(directory, &tree, &Scope::all(origin)).map_err(|error| error.to_string())?;
    plan.apply().map_err(|error| error.to_string())?;
    Ok(Some(prove(found)))
}

/// Whether every label that must be equal is on every alert that an inhibition can match.
fn prove(registry: &Registry) -> Tested {
    let rules = alertmanager::inhibitions(registry);
    let faults = inhibition::faults(&rules, &prometheus::alert_labels(registry));
    let lines: Vec<String> = faults.iter().map(|(rule, fault)| format!("{fault:?}: {rule:?}")).collect();
    Tested {
        tool: "inhibitions".into(),
        path: alertmanager::CONFIG.into(),
        passed: faults.is_empty(),
        output: lines.join("\n"),
    }
}
