//! `kpi import`

mod openslo;

use crate::cli::Options;
use crate::console::Console;
use crate::{Failure, Outcome};

/// Reads what others wrote, and writes it as parts of the registry. Whatever a registry can't say is a finding at its place,
/// and nothing is written while one of them is an error.
#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// What to read
    #[command(subcommand)]
    from: From,
}

#[derive(clap::Subcommand, Debug)]
enum From {
    /// SLOs of OpenSLO v1
    Openslo(openslo::Arguments),
}

pub(crate) fn run(
    arguments: &Arguments,
    options: &Options,
    console: &mut Console,
) -> Result<Outcome, Failure> {
    match &arguments.from {
        From::Openslo(arguments) => openslo::run(arguments, options, console),
    }
}
