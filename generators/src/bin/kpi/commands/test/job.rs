//! What is run over the generated files, and by which tool.

use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use generators::artifact::FileKind;
use generators::artifacts::alertmanager;
use generators::wire::alertmanager::{Matcher, RouteTest, RouteTests};
use generators::writer::manifest::{self, Manifest};
use serde::Serialize;

use crate::Failure;
use crate::console::Console;

/// A tool that checks files of some kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tool {
    kind: FileKind,
    program: &'static str,
    arguments: &'static [&'static str],
    package: &'static str,
}

const PROMETHEUS: &str = "prometheus";
const ALERTMANAGER: &str = "prometheus-alertmanager";
const VICTORIAMETRICS: &str = "victoria-metrics";

/// Which tool checks which files; others are read by no tool that runs without its server.
pub(super) const TOOLS: &[Tool] = &[
    Tool {
        kind: FileKind::PrometheusConfig,
        program: "promtool",
        arguments: &["check", "config"],
        package: PROMETHEUS,
    },
    Tool {
        kind: FileKind::PrometheusRules,
        program: "promtool",
        arguments: &["check", "rules"],
        package: PROMETHEUS,
    },
    Tool {
        kind: FileKind::PrometheusTests,
        program: "promtool",
        arguments: &["test", "rules"],
        package: PROMETHEUS,
    },
    Tool {
        kind: FileKind::AlertmanagerConfig,
        program: "amtool",
        arguments: &["check-config"],
        package: ALERTMANAGER,
    },
    Tool {
        kind: FileKind::AlertmanagerRoutes,
        program: "amtool",
        arguments: &["config", "routes", "test"],
        package: ALERTMANAGER,
    },
    Tool {
        kind: FileKind::VictoriaMetricsRules,
        program: "vmalert",
        arguments: &["-dryRun"],
        package: VICTORIAMETRICS,
    },
];

impl Tool {
    pub(super) fn name(&self) -> String {
        [&[self.program], self.arguments].concat().join(" ")
    }
}

/// One run of a tool.
#[derive(Debug)]
pub(super) struct Job {
    tool: &'static Tool,
    /// What it is about: a file, or one test in it.
    subject: String,
    /// What follows the tool's own arguments.
    arguments: Vec<String>,
}

/// Every run over what the manifest of a directory lists.
pub(super) fn jobs(directory: &Path) -> Result<Vec<Job>, Failure> {
    let path = directory.join(manifest::NAME);
    let text = std::fs::read_to_string(&path).map_err(|error| {
        format!("`{}` holds nothing generated: can't read {}: {error}", directory.display(), manifest::NAME)
    })?;
    let manifest = Manifest::parse(&text)
        .map_err(|why| format!("can't use the manifest `{}`: {why}", path.display()))?;
    let mut jobs = Vec::new();
    for (path, file) in manifest.groups.values().flat_map(|group| &group.files) {
        for tool in TOOLS.iter().filter(|tool| tool.kind.as_str() == file.kind) {
            match tool.kind {
                FileKind::AlertmanagerRoutes => jobs.extend(routes(tool, directory, path)?),
                FileKind::VictoriaMetricsRules => {
                    let arguments = vec![format!("-rule={path}")];
                    jobs.push(Job { tool, subject: path.clone(), arguments });
                }
                _ => jobs.push(Job { tool, subject: path.clone(), arguments: vec![path.clone()] }),
            }
        }
    }
    Ok(jobs)
}

/// A run for every test of routes.
fn routes(tool: &'static Tool, directory: &Path, path: &str) -> Result<Vec<Job>, Failure> {
    let text = std::fs::read_to_string(directory.join(path))
        .map_err(|error| format!("can't read {path}: {error}"))?;
    let RouteTests { tests } =
        serde_json::from_str(&text).map_err(|error| format!("{path} holds no tests of routes: {error}"))?;
    let job = |RouteTest { labels, receivers }: RouteTest| {
        let labels: Vec<String> =
            labels.into_iter().map(|(name, value)| Matcher::equal(name, value).to_string()).collect();
        let mut arguments = vec![
            format!("--config.file={}", alertmanager::CONFIG),
            format!("--verify.receivers={}", receivers.join(",")),
        ];
        arguments.extend(labels.iter().cloned());
        Job { tool, subject: format!("{path}: {} to {}", labels.join(" "), receivers.join(", ")), arguments }
    };
    Ok(tests.into_iter().map(job).collect())
}

/// Says which tools are needed and not there, and where to get them.
pub(super) fn missing_tools(jobs: &[Job]) -> Result<(), Failure> {
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
pub(super) struct Tested {
    pub(super) tool: String,
    pub(super) path: String,
    pub(super) passed: bool,
    pub(super) output: String,
}

/// Runs everything, as many at a time as there are processors, and shows how far it is.
pub(super) fn run_all(jobs: &[Job], directory: &Path, console: &mut Console) -> Vec<Tested> {
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
    let Job { tool, subject, arguments } = job;
    let run = Command::new(tool.program).args(tool.arguments).args(arguments).current_dir(directory).output();
    let (passed, output) = match run {
        Ok(run) => {
            let said = [run.stdout, run.stderr].concat();
            (run.status.success(), String::from_utf8_lossy(&said).trim().to_owned())
        }
        Err(error) => (false, format!("can't run {}: {error}", tool.program)),
    };
    Tested { tool: tool.name(), path: subject.clone(), passed, output }
}

fn progress(done: usize, all: usize) -> String {
    const WIDTH: usize = 30;
    let filled = done * WIDTH / all.max(1);
    format!("[{}{}] {done}/{all}", "#".repeat(filled), " ".repeat(WIDTH - filled))
}
