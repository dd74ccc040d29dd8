//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, ValueEnum};
use kpi_registry::diagnostic::Severity;

use crate::commands::Command;

/// Checks a KPI registry and generates everything around it: scrape configuration, rules, alerts, dashboards.
///
/// Exit codes: 0 fine, 1 findings or drift, 2 wrong usage or a system that refuses.
#[derive(Debug, Parser)]
#[command(name = "kpi", version, max_term_width = 100)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
    /// What every command takes.
    #[command(flatten)]
    pub(crate) options: Options,
}

/// Clap can't tell a default that is searched for.
const REGISTRY_HELP: &str = "The registry: a file, or a directory that is read recursively [default: kpi_registry.yaml \
                             here or in the nearest directory above]";

/// What every command takes.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// The registry: a file, or a directory that is read recursively
    #[arg(long, global = true, value_name = "PATH", help = REGISTRY_HELP)]
    pub(crate) registry: Option<PathBuf>,
    /// How findings and lists are written
    #[arg(long, global = true, value_enum, default_value_t = Format::Human, value_name = "FORMAT")]
    pub(crate) format: Format,
    /// From which severity on findings make the command fail
    #[arg(long, global = true, value_enum, default_value_t = FailOn::Error, value_name = "SEVERITY")]
    pub(crate) fail_on: FailOn,
    /// Whether to colour: auto follows the terminal and `NO_COLOR`
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(crate) color: Color,
}

/// How findings and lists are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Human,
    /// One JSON document
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of a GitHub Actions run
    Github,
}

/// From which severity on findings make the command fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// Errors only
    Error,
    /// Errors and warnings
    Warning,
    /// Everything
    Note,
}

impl FailOn {
    /// The least severity that fails.
    pub(crate) const fn severity(self) -> Severity {
        match self {
            Self::Error => Severity::Error,
            Self::Warning => Severity::Warning,
            Self::Note => Severity::Note,
        }
    }
}

/// Whether to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On terminals, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}
