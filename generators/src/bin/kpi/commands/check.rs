//! `kpi check`

use std::io::Write;

use crate::cli::{Format, Options};
use crate::console::{Console, count};
use crate::{Failure, Outcome, registry};

/// Reads the registry and says everything that is wrong with it, in one run.
#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {}

pub(crate) fn run(
    Arguments {}: &Arguments,
    options: &Options,
    console: &mut Console,
) -> Result<Outcome, Failure> {
    let (path, loaded) = registry::open(options)?;
    let color = console.colors_out();
    write!(console.out, "{}", registry::findings(&loaded, options.format, color))?;
    if let (Format::Human, Some(found)) = (options.format, &loaded.registry)
        && loaded.diagnostics.is_empty()
    {
        let (kpis, agents) = (count(found.kpis.len(), "KPI"), count(found.agents.len(), "agent"));
        writeln!(console.out, "{}: {kpis}, {agents}, nothing to complain about", path.display())?;
    }
    Ok(registry::judge(&loaded, options))
}
