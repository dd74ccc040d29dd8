//! `kpi test`

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use generators::artifact::FileKind;
use generators::artifacts::ARTIFACTS;
use generators::writer::manifest::{self, Manifest};
use generators::writer::{Origin, Scope, plan};
use serde::Serialize;

use crate::cli::{Format, Options};
use crate::console::Console;
use crate::{Failure, Outcome, registry};

/// Runs the tools of Prometheus and Alertmanager over the generated files: do they load, and do the rules' own tests
/// pass? Generates into a temporary directory, or takes what `--out` holds.
#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// Test the files that were generated here instead of fresh ones
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(crate) fn run(
    arguments: &Arguments,
    options: &Options,
    console: &mut Console,
) -> Result<Outcome, Failure> {
    let temporary = match &arguments.out {
        Some(_) => None,
        None => {
            Some(tempfile::tempdir().map_err(|error| format!("can't make a temporary directory: {error}"))?)
        }
    };
    let directory = match (&arguments.out, &temporary) {
        (Some(out), _) => out.as_path(),
        (None, Some(temporary)) => {
            if !generate_into(temporary.path(), options, console)? {
                return Ok(Outcome::Findings);
            }
            temporary.path()
        }
        (None, None) => Path::new(""),
    };
    let jobs = jobs(directory)?;
    missing_tools(&jobs)?;
    let results = run_all(&jobs, directory, console);
    report(&results, options, console)
}

/// Generates everything into an empty directory; false when the registry is not fit for it.
fn generate_into(directory: &Path, options: &Options, console: &mut Console) -> Result<bool, Failure> {
    let (_, loaded) = registry::open(options)?;
    let Some(found) = registry::healthy(&loaded, options, console)? else { return Ok(false) };
    let tree = generators::generate(found, ARTIFACTS).map_err(|error| error.to_string())?;
    let origin = Origin { registry: found.source.clone(), registry_hash: found.hash.clone() };
    let plan = plan(directory, &tree, &Scope::all(origin)).map_err(|error| error.to_string())?;
    plan.apply().map_err(|error| error.to_string())?;
    Ok(true)
}

/// A tool that checks files of some kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tool {
    kind: FileKind,
    program: &'static str,
    arguments: &'static [&'static str],
    package: &'static str,
}

/// Which tool checks which files; others are read by no tool that runs without its server.
const TOOLS: &[Tool] = &[
    Tool {
        kind: FileKind::PrometheusConfig,
        program: "promtool",
        arguments: &["check", "config"],
        package: "prometheus",
    },
    Tool {
        kind: FileKind::PrometheusRules,
        program: "promtool",
        arguments: &["check", "rules"],
        package: "prometheus",
    },
    Tool {
        kind: FileKind::PrometheusTests,
        program: "promtool",
        arguments: &["test", "rules"],
        package: "prometheus",
    },
    Tool {
        kind: FileKind::AlertmanagerConfig,
        program: "amtool",
        arguments: &["check-config"],
        package: "prometheus-alertmanager",
    },
];

impl Tool {
    fn name(&self) -> String {
        [&[self.program], self.arguments].concat().join(" ")
    }
}

/// One run of a tool over one file.
#[derive(Debug)]
struct Job {
    tool: &'static Tool,
    path: String,
}

/// Every run over what the manifest of a directory lists.
fn jobs(directory: &Path) -> Result<Vec<Job>, Failure> {
    let path = directory.join(manifest::NAME);
    let text = std::fs::read_to_string(&path).map_err(|error| {
        format!("`{}` holds nothing generated: can't read {}: {error}", directory.display(), manifest::NAME)
    })?;
    let manifest = Manifest::parse(&text)
        .map_err(|why| format!("can't use the manifest `{}`: {why}", path.display()))?;
    let files = manifest.groups.values().flat_map(|group| &group.files);
    let jobs = files.flat_map(|(path, file)| {
        let tools = TOOLS.iter().filter(|tool| tool.kind.as_str() == file.kind);
        tools.map(|tool| Job { tool, path: path.clone() })
    });
    Ok(jobs.collect())
}

/// Says which tools are needed and not there, and where to get them.
fn missing_tools(jobs: &[Job]) -> Result<(), Failure> {
    let needed = TOOLS.iter().filter(|tool| jobs.iter().any(|job| job.tool == *tool));
    let mut missing: Vec<&Tool> = needed.filter(|tool| !is_installed(tool.program)).collect();
    missing.dedup_by_key(|tool| tool.program);
    if missing.is_empty() {
        return Ok(());
    }
    let programs: Vec<&str> = missing.iter().map(|tool| tool.program).collect();
    let packages: Vec<&str> = missing.iter().map(|tool| tool.package).collect();
    Err(format!(
        "{} not installed; on Debian and Ubuntu: apt-get install --no-install-recommends {}\n\
         elsewhere they come with Prometheus and Alertmanager: https://prometheus.io/download/",
        match programs.as_slice() {
            [one] => format!("`{one}` is"),
            many => format!("`{}` are", many.join("` and `")),
        },
        packages.join(" ")
    )
    .into())
}

fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|directory| directory.join(program).is_file())
}

/// What came of one run.
#[derive(Debug, Serialize)]
struct Tested {
    tool: String,
    path: String,
    passed: bool,
    output: String,
}

/// Runs everything, as many at a time as there are processors, and shows how far it is.
fn run_all(jobs: &[Job], directory: &Path, console: &mut Console) -> Vec<Tested> {
    let watched = console.is_watched();
    let next = AtomicUsize::new(0);
    let done = Mutex::new((Vec::with_capacity(jobs.len()), &mut console.err));
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(jobs.len());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((index, job)) = Some(next.fetch_add(1, Ordering::Relaxed))
                    .and_then(|index| jobs.get(index).map(|job| (index, job)))
                {
                    let tested = run_one(job, directory);
                    let Ok(mut done) = done.lock() else { return };
                    done.0.push((index, tested));
                    if watched {
                        let bar = progress(done.0.len(), jobs.len());
                        // A progress bar nobody can see is no reason to stop.
                        let _ = write!(done.1, "\r{bar}");
                    }
                }
            });
        }
    });
    let (mut results, err) = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    if watched {
        let _ = write!(err, "\r\x1b[K");
    }
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, tested)| tested).collect()
}

fn run_one(job: &Job, directory: &Path) -> Tested {
    let Job { tool, path } = job;
    let run = Command::new(tool.program).args(tool.arguments).arg(path).current_dir(directory).output();
    let (passed, output) = match run {
        Ok(run) => {
            let said = [run.stdout, run.stderr].concat();
            (run.status.success(), String::from_utf8_lossy(&said).trim().to_owned())
        }
        Err(error) => (false, format!("can't run {}: {error}", tool.program)),
    };
    Tested { tool: tool.name(), path: path.clone(), passed, output }
}

fn progress(done: usize, all: usize) -> String {
    const WIDTH: usize = 30;
    let filled = done * WIDTH / all.max(1);
    format!("[{}{}] {done}/{all}", "#".repeat(filled), " ".repeat(WIDTH - filled))
}

/// A line for every tool, and what the failed runs said.
fn report(results: &[Tested], options: &Options, console: &mut Console) -> Result<Outcome, Failure> {
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
        for tool in TOOLS.iter().map(Tool::name) {
            let count =
                |passed| results.iter().filter(|run| run.tool == tool && run.passed == passed).count();
            let (passed, failed) = (count(true), count(false));
            writeln!(out, "{tool:<22} {passed:>5} passed {failed:>5} failed")?;
        }
    }
    Ok(if results.iter().all(|result| result.passed) { Outcome::Fine } else { Outcome::Findings })
}
