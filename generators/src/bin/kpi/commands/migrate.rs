//! `kpi migrate`

use std::io::Write;
use std::path::{Path, PathBuf};

use generators::migrate::{Migrated, migrate};
use kpi_registry::diagnostic::{Diagnostics, Severity};
use kpi_registry::load::load;
use kpi_registry::render::human;

use crate::cli::Options;
use crate::console::Console;
use crate::{Failure, Outcome, new_file, registry};

/// Rewrites a registry of version 1, with its bindings, as one file of version 2, and keeps the comments. What version 2
/// has no place for becomes a comment, and a KPI that is bound but nowhere defined becomes an experimental one.
#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// Where to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Replace FILE if it exists
    #[arg(long)]
    force: bool,
}

pub(crate) fn run(
    arguments: &Arguments,
    options: &Options,
    console: &mut Console,
) -> Result<Outcome, Failure> {
    let (path, loaded) = registry::open(options)?;
    let text = match migrate(&loaded) {
        Migrated::Text(text) => text,
        Migrated::Current => {
            writeln!(console.err, "{}: version 2 already, nothing to migrate", path.display())?;
            return Ok(Outcome::Fine);
        }
        Migrated::Unreadable => {
            write!(console.err, "{}", human(&loaded.diagnostics, &loaded.sources, console.colors_err()))?;
            writeln!(console.err, "not everything could be read, so nothing was migrated")?;
            return Ok(Outcome::Findings);
        }
    };
    let Some(out) = &arguments.out else {
        write!(console.out, "{text}")?;
        return Ok(Outcome::Fine);
    };
    new_file::write(out, &text, Some(arguments.force))?;
    report(out, options, console)
}

/// Checks what was written and says what is left to do.
fn report(out: &Path, options: &Options, console: &mut Console) -> Result<Outcome, Failure> {
    let migrated = load(out);
    let mut shown = Diagnostics::default();
    shown.extend(migrated.diagnostics.iter().filter(|finding| finding.severity > Severity::Note).cloned());
    write!(console.err, "{}", human(&shown, &migrated.sources, console.colors_err()))?;
    let stubs = migrated.registry.as_ref().map_or(0, |registry| {
        let experimental = kpi_registry::entity::Stability::Experimental;
        registry.kpis.iter().filter(|kpi| kpi.stability == experimental).count()
    });
    writeln!(console.out, "wrote {}", out.display())?;
    if stubs > 0 {
        writeln!(console.out, "{stubs} KPIs are experimental: version 1 used them and defined them nowhere")?;
    }
    writeln!(
        console.out,
        "next: read its comments, put it in the place of the files it was made of, then kpi check"
    )?;
    Ok(registry::judge(&migrated, options))
}
