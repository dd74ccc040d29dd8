//! The commands, one file each: its arguments, whose doc comment is its help, and `run`.

mod check;
mod explain;
mod generate;
mod import;
mod list;
mod migrate;
mod test;

use clap::Subcommand;

use crate::cli::Options;
use crate::console::Console;
use crate::{Failure, Outcome};

macro_rules! commands {
    ($($(#[doc = $doc:literal])+ $name:ident = $module:ident;)+) => {
        /// What to do.
        #[derive(Debug, Subcommand)]
        pub(crate) enum Command {
            $($(#[doc = $doc])+ $name($module::Arguments),)+
        }

        impl Command {
            /// Does it.
            pub(crate) fn run(&self, options: &Options, console: &mut Console) -> Result<Outcome, Failure> {
                match self {
                    $(Self::$name(arguments) => $module::run(arguments, options, console),)+
                }
            }
        }
    };
}

commands! {
    /// Say everything that is wrong with the registry
    Check = check;
    /// Write scrape configuration, rules, alerts and dashboards
    Generate = generate;
    /// Show what is in the registry, what can be generated, what is checked
    List = list;
    /// Explain the code of a finding, or an SLO
    Explain = explain;
    /// Write what others have as parts of the registry
    Import = import;
    /// Rewrite a registry of version 1 as version 2
    Migrate = migrate;
    /// Run promtool and amtool over what is generated
    Test = test;
}
