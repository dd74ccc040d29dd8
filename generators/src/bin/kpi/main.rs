//! `kpi`: checks a registry and generates everything around it.

mod cli;
mod commands;
mod console;
mod new_file;
mod registry;

use std::io;
use std::process::ExitCode;

use clap::Parser;

use crate::cli::Cli;
use crate::console::Console;

/// How a command ends that could do its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// There is nothing to complain about.
    Fine,
    /// There are findings, or drift.
    Findings,
}

/// Why a command could not do its work.
#[derive(Debug)]
enum Failure {
    /// The reader of our output went away.
    Closed,
    /// Anything else, in words.
    Because(String),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::Closed
        } else {
            Self::Because(format!("can't write the output: {error}"))
        }
    }
}

impl From<String> for Failure {
    fn from(text: String) -> Self {
        Self::Because(text)
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut console = Console::new(cli.options.color);
    let ended = cli.command.run(&cli.options, &mut console).and_then(|outcome| {
        console.flush()?;
        Ok(outcome)
    });
    match ended {
        Ok(Outcome::Fine) | Err(Failure::Closed) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Err(Failure::Because(text)) => {
            console.fail(&text);
            ExitCode::from(2)
        }
    }
}
