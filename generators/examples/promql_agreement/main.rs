//! Whether our parser and `promtool` agree on the expressions of other people's rules.
//!
//! ```console
//! cargo run --release -p generators --example promql_agreement -- DIRECTORY...
//! ```
//!
//! Of each directory, such as a clone of a public collection of rules, it reads every expression that
//! [`collection`] finds, each text once, in the dialect of the installed `promtool`, and prints a row of a table. What
//! is disputed is listed below the table, and the exit status is then 1.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "what this program is for")]

mod collection;
mod judge;

use std::path::Path;
use std::process::ExitCode;

use collection::Collection;
use judge::{Judge, Verdict};

type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

fn main() -> Result<ExitCode> {
    let directories: Vec<_> = std::env::args_os().skip(1).collect();
    if directories.is_empty() {
        return Err("usage: promql_agreement DIRECTORY...".into());
    }
    let judge = Judge::installed()?;
    println!("promtool {}\n", judge.version());
    println!("| collection | files | expressions | taken by both | refused by both | no value | disputed |");
    println!("|---|---|---|---|---|---|---|");
    let mut disputed = Vec::new();
    for directory in directories {
        let directory = Path::new(&directory);
        let collection = Collection::read(directory)?;
        let verdicts = judge.verdicts(&collection.expressions)?;
        let count = |wanted: &Verdict| verdicts.iter().filter(|verdict| *verdict == wanted).count();
        let found = collection.expressions.iter().zip(&verdicts);
        let found: Vec<_> = found.filter(|(_, verdict)| matches!(verdict, Verdict::Disputed(_))).collect();
        let name = directory.file_name().unwrap_or(directory.as_os_str()).display();
        println!(
            "| {name} | {} | {} | {} | {} | {} | {} |",
            collection.files,
            verdicts.len(),
            count(&Verdict::Taken),
            count(&Verdict::Refused),
            count(&Verdict::NoValue),
            found.len()
        );
        for path in &collection.unread {
            eprintln!("not read: {}", path.display());
        }
        disputed.extend(found.into_iter().map(|(text, verdict)| (text.clone(), verdict.clone())));
    }
    for (text, verdict) in &disputed {
        if let Verdict::Disputed(why) = verdict {
            println!("\n{why}\n{text}");
        }
    }
    Ok(if disputed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
