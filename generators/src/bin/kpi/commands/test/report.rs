//! What came of all runs, for people and for machines.

use std::io::Write;

use super::job::{TOOLS, Tested, Tool};
use crate::cli::{Format, Options};
use crate::console::Console;
use crate::{Failure, Outcome};

/// What the failed runs said, and a line for every tool that ran.
pub(super) fn report(
    results: &[Tested],
    options: &Options,
    console: &mut Console,
) -> Result<Outcome, Failure> {
    let out = &mut console.out;
    if options.format == Format::Json {
        let text = serde_json::to_string_pretty(results).map_err(|error| error.to_string())?;
        writeln!(out, "{text}")?;
    } else {
        for failed in results.iter().filter(|result| !result.passed) {
            writeln!(out, "FAILED {} {}", failed.tool, failed.path)?;
            for line in failed.output.lines() {
                writeln!(out, "    {line}")?;
            }
        }
        let known: Vec<String> = TOOLS.iter().map(Tool::name).collect();
        let others = results.iter().map(|run| &run.tool).filter(|tool| !known.contains(tool));
        let ran = |tool: &&String| results.iter().any(|run| run.tool == **tool);
        for tool in known.iter().filter(ran).chain(others) {
            let count =
                |passed| results.iter().filter(|run| run.tool == *tool && run.passed == passed).count();
            let (passed, failed) = (count(true), count(false));
            writeln!(out, "{tool:<26} {passed:>5} passed {failed:>5} failed")?;
        }
    }
    Ok(if results.iter().all(|result| result.passed) { Outcome::Fine } else { Outcome::Findings })
}
