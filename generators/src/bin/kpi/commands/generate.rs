//! `kpi generate`

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use generators::artifact::Artifact;
use generators::artifacts::{ARTIFACTS, groups};
use generators::tree::Tree;
use generators::writer::manifest::NAME;
use generators::writer::{Action, Origin, Plan, Scope, diff, plan};
use kpi_registry::registry::Registry;
use serde::Serialize;

use crate::cli::{Format, Options};
use crate::console::{Console, count};
use crate::{Failure, Outcome, registry};

/// Writes everything around the registry into a directory and removes what is no longer generated. Files that someone
/// else made or edited are never touched: when one is in the way, nothing is written at all.
#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// Where to write [default: observability/ beside the registry]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write nothing; fail and show the difference when anything would change
    #[arg(long)]
    check: bool,
    /// Only this group of artifacts, the others stay as they are (repeatable; `kpi list --artifacts` shows them)
    #[arg(long, value_name = "GROUP")]
    only: Vec<String>,
    /// Take over this file, whoever made or edited it (repeatable)
    #[arg(long, value_name = "PATH")]
    force: Vec<PathBuf>,
}

pub(crate) fn run(
    arguments: &Arguments,
    options: &Options,
    console: &mut Console,
) -> Result<Outcome, Failure> {
    let chosen = chosen(&arguments.only)?;
    let (path, loaded) = registry::open(options)?;
    let Some(found) = registry::healthy(&loaded, options, console)? else { return Ok(Outcome::Findings) };
    let out = arguments.out.clone().unwrap_or_else(|| default_out(&path));
    let tree = generators::generate(found, &chosen).map_err(|error| error.to_string())?;
    let plan = plan(&out, &tree, &scope(arguments, found, &out)).map_err(|error| error.to_string())?;
    if !plan.conflicts().is_empty() {
        return refuse(console, &plan, &out);
    }
    let report = Report::new(&plan, &tree, &out);
    if !arguments.check {
        plan.apply().map_err(|error| error.to_string())?;
    }
    match options.format {
        Format::Json => writeln!(console.out, "{}", to_json(&report)?)?,
        // One document is all that may be there.
        Format::Sarif => write!(console.out, "{}", registry::findings(&loaded, Format::Sarif, false))?,
        Format::Human | Format::Github if arguments.check => drift(&plan, &report, console)?,
        Format::Human | Format::Github => summary(&report, found, console)?,
    }
    Ok(if arguments.check && !report.clean { Outcome::Findings } else { Outcome::Fine })
}

/// The artifacts of the groups asked for; all of them when none is.
fn chosen(only: &[String]) -> Result<Vec<&'static dyn Artifact>, Failure> {
    if let Some(unknown) = only.iter().find(|group| !groups().contains(&group.as_str())) {
        return Err(format!("there is no group `{unknown}`; the groups are: {}", groups().join(", ")).into());
    }
    let wanted =
        |artifact: &&dyn Artifact| only.is_empty() || only.iter().any(|group| group == artifact.group());
    Ok(ARTIFACTS.iter().copied().filter(wanted).collect())
}

/// Beside the registry: beside the file, or beside the directory, whose content would be read as registry files.
fn default_out(registry: &Path) -> PathBuf {
    const OUT: &str = "observability";
    if registry.is_dir() {
        let whole = registry.canonicalize().unwrap_or_else(|_| registry.to_owned());
        return whole.parent().unwrap_or(&whole).join(OUT);
    }
    registry.parent().unwrap_or(Path::new("")).join(OUT)
}

fn scope(arguments: &Arguments, registry: &Registry, out: &Path) -> Scope {
    let only: BTreeSet<String> = arguments.only.iter().cloned().collect();
    Scope {
        origin: Origin { registry: registry.source.clone(), registry_hash: registry.hash.clone() },
        only: (!only.is_empty()).then_some(only),
        force: arguments.force.iter().map(|path| inside(out, path)).collect(),
    }
}

/// A path as the manifest has it: relative to the output directory, with `/`.
fn inside(out: &Path, path: &Path) -> String {
    let path = path.strip_prefix(out).unwrap_or(path);
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

/// Names the files that are not ours, and says what to do about them.
fn refuse(console: &mut Console, plan: &Plan, out: &Path) -> Result<Outcome, Failure> {
    let err = &mut console.err;
    writeln!(
        err,
        "error: these files in `{}` are not as kpi left them, so nothing was written:",
        out.display()
    )?;
    for conflict in plan.conflicts() {
        writeln!(err, "  {conflict}")?;
    }
    writeln!(err, "move them away, or take them over: add")?;
    let names: Vec<String> =
        plan.conflicts().iter().map(|conflict| format!("--force {}", conflict.path)).collect();
    writeln!(err, "  {}", names.join(" "))?;
    Ok(Outcome::Findings)
}

/// What a file has to become, in a word.
const fn verb(action: &Action) -> &'static str {
    match action {
        Action::Create(_) => "create",
        Action::Update { .. } => "update",
        Action::Remove => "remove",
    }
}

#[derive(Serialize)]
struct Report {
    out: String,
    groups: Vec<GroupRow>,
    changes: Vec<ChangeRow>,
    unchanged: usize,
    clean: bool,
}

#[derive(Serialize)]
struct GroupRow {
    group: &'static str,
    files: usize,
}

#[derive(Serialize)]
struct ChangeRow {
    path: String,
    action: &'static str,
}

impl Report {
    fn new(plan: &Plan, tree: &Tree, out: &Path) -> Self {
        let count = |name: &str| tree.iter().filter(|(_, entry)| entry.group == name).count();
        let rows = groups().into_iter().map(|group| GroupRow { group, files: count(group) });
        Self {
            out: out.display().to_string(),
            groups: rows.filter(|row| row.files > 0).collect(),
            changes: plan
                .changes()
                .iter()
                .map(|change| ChangeRow { path: change.path.clone(), action: verb(&change.action) })
                .collect(),
            unchanged: plan.unchanged(),
            clean: plan.is_clean(),
        }
    }
}

fn to_json(report: &Report) -> Result<String, Failure> {
    serde_json::to_string_pretty(report).map_err(|error| error.to_string().into())
}

/// What was made, and what to do next.
fn summary(report: &Report, registry: &Registry, console: &mut Console) -> Result<(), Failure> {
    let changed = |action| report.changes.iter().filter(|change| change.action == action).count();
    let (kpis, agents) = (count(registry.kpis.len(), "KPI"), count(registry.agents.len(), "agent"));
    let out = &mut console.out;
    writeln!(out, "{} → {} ({kpis}, {agents})", registry.source, report.out)?;
    let width = report.groups.iter().map(|row| row.group.len()).max().unwrap_or_default().max(14);
    for GroupRow { group, files } in &report.groups {
        let plural = if *files == 1 { "" } else { "s" };
        writeln!(out, "  {group:<width$} {files:>5} file{plural}")?;
    }
    let [new, updated, removed] = ["create", "update", "remove"].map(changed);
    writeln!(out, "{new} new, {updated} updated, {removed} removed, {} unchanged", report.unchanged)?;
    writeln!(out, "next: `kpi test` runs promtool and amtool over them")?;
    Ok(())
}

/// Files shown with their difference, and lines shown of each.
const SHOWN_FILES: usize = 10;
const SHOWN_LINES: usize = 20;

/// What would change, with short differences.
fn drift(plan: &Plan, report: &Report, console: &mut Console) -> Result<(), Failure> {
    let out = &mut console.out;
    if report.clean {
        writeln!(out, "{} is up to date ({} files)", report.out, report.unchanged)?;
        return Ok(());
    }
    writeln!(out, "{} is not what the registry generates:", report.out)?;
    for change in plan.changes() {
        writeln!(out, "  {} {}", verb(&change.action), change.path)?;
    }
    if plan.changes().is_empty() {
        writeln!(out, "  update {NAME} (the registry's text changed, its meaning did not)")?;
    }
    let updates = plan.changes().iter().filter_map(|change| match &change.action {
        Action::Update { old, new } => Some((&change.path, old, new)),
        Action::Create(_) | Action::Remove => None,
    });
    for (path, old, new) in updates.take(SHOWN_FILES) {
        write!(out, "\n{}", diff::unified(path, old, new, SHOWN_LINES))?;
    }
    writeln!(out, "\nnext: `kpi generate` writes it")?;
    Ok(())
}
