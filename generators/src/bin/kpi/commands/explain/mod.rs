//! `kpi explain`

mod slo;

use std::io::Write;

use kpi_registry::explain::{Explanation, all_codes, explain};
use serde::Serialize;

use crate::cli::{Format, Options};
use crate::console::Console;
use crate::{Failure, Outcome};

/// Explains the code of a finding: what is wrong, why it matters, how to mend it. Or, with `slo NAME`, one SLO: every
/// value and where it came from, its budget, and when its burn-rate alerts fire.
#[derive(clap::Args, Debug)]
#[command(override_usage = "kpi explain [OPTIONS] <CODE>\n       kpi explain [OPTIONS] slo <NAME>")]
pub(crate) struct Arguments {
    /// The code, such as KPI0101 (the digits are enough), or the word `slo`
    code: String,
    /// After `slo`: the name of the SLO
    #[arg(required_if_eq("code", "slo"))]
    name: Option<String>,
}

#[derive(Serialize)]
struct Explained {
    code: &'static str,
    title: &'static str,
    text: &'static str,
}

pub(crate) fn run(
    arguments: &Arguments,
    options: &Options,
    console: &mut Console,
) -> Result<Outcome, Failure> {
    match &arguments.name {
        Some(name) if arguments.code == "slo" => return slo::run(name, options, console),
        Some(name) => {
            return Err(
                format!("`{name}` is one word too many: `kpi explain slo NAME` explains an SLO").into()
            );
        }
        None => {}
    }
    let Some(Explanation { code, title, text }) = explain(&arguments.code) else {
        return Err(unknown(&arguments.code).into());
    };
    match options.format {
        Format::Json => {
            let text = serde_json::to_string_pretty(&Explained { code, title, text: text.trim() });
            writeln!(console.out, "{}", text.map_err(|error| error.to_string())?)?;
        }
        Format::Human | Format::Sarif | Format::Github => {
            let (on, off) = if console.colors_out() { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
            writeln!(console.out, "{on}{code}: {title}{off}\n")?;
            for line in text.trim_end().lines() {
                writeln!(console.out, "{}", line.strip_prefix(' ').unwrap_or(line))?;
            }
        }
    }
    Ok(Outcome::Fine)
}

/// What to say about a code that doesn't exist, with the one that was probably meant.
fn unknown(code: &str) -> String {
    let upper = code.to_ascii_uppercase();
    let differing = |known: &str| {
        let pairs = known.chars().zip(upper.chars()).filter(|(a, b)| a != b).count();
        pairs + known.len().abs_diff(upper.len())
    };
    let nearest = all_codes().into_iter().map(|row| (differing(row.code), row)).min_by_key(|(far, _)| *far);
    let meant = nearest.filter(|(far, _)| *far <= 2).map(|(_, row)| row);
    let hint = meant.map_or_else(String::new, |row| format!("; did you mean {} ({})?", row.code, row.title));
    format!("there is no code `{code}`{hint}\n`kpi list --checks` shows all of them")
}
