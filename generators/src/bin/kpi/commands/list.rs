//! `kpi list`

use std::io::{self, Write};

use generators::artifacts::ARTIFACTS;
use kpi_registry::explain::all_codes;
use kpi_registry::registry::Registry;
use serde::Serialize;

use crate::cli::{Format, Options};
use crate::console::Console;
use crate::{Failure, Outcome, registry};

/// Shows the KPIs of the registry, the artifacts that can be generated, or the checks.
#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// The KPIs with their exposed names (what is shown when nothing else is asked for)
    #[arg(long)]
    kpis: bool,
    /// The artifacts, by group
    #[arg(long)]
    artifacts: bool,
    /// The codes of all findings
    #[arg(long)]
    checks: bool,
}

#[derive(Serialize)]
struct Lists {
    #[serde(skip_serializing_if = "Option::is_none")]
    kpis: Option<Vec<KpiRow>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    artifacts: Option<Vec<ArtifactRow>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checks: Option<Vec<CheckRow>>,
}

#[derive(Serialize)]
struct KpiRow {
    name: String,
    metric: String,
    #[serde(rename = "type")]
    kind: &'static str,
    unit: String,
    labels: Vec<String>,
    agents: Vec<String>,
    description: String,
}

#[derive(Serialize)]
struct ArtifactRow {
    id: &'static str,
    group: &'static str,
    about: String,
}

#[derive(Serialize)]
struct CheckRow {
    code: &'static str,
    title: &'static str,
}

pub(crate) fn run(
    arguments: &Arguments,
    options: &Options,
    console: &mut Console,
) -> Result<Outcome, Failure> {
    let Arguments { kpis, artifacts, checks } = *arguments;
    let mut outcome = Outcome::Fine;
    let mut lists = Lists {
        kpis: None,
        artifacts: artifacts.then(artifact_rows),
        checks: checks.then(|| {
            all_codes().into_iter().map(|row| CheckRow { code: row.code, title: row.title }).collect()
        }),
    };
    if kpis || !(artifacts || checks) {
        let (_, loaded) = registry::open(options)?;
        if loaded.diagnostics.has_errors() {
            let text = registry::findings(&loaded, Format::Human, console.colors_err());
            write!(console.err, "{text}")?;
            outcome = Outcome::Findings;
        }
        lists.kpis = loaded.registry.as_ref().map(kpi_rows);
    }
    match options.format {
        Format::Json => {
            let text = serde_json::to_string_pretty(&lists).map_err(|error| error.to_string())?;
            writeln!(console.out, "{text}")?;
        }
        Format::Human | Format::Sarif | Format::Github => write_tables(&lists, &mut console.out)?,
    }
    Ok(outcome)
}

fn kpi_rows(registry: &Registry) -> Vec<KpiRow> {
    let rows = registry.kpis.iter().map(|kpi| KpiRow {
        name: kpi.name.value.clone(),
        metric: kpi.metric.value.clone(),
        kind: kpi.kind.name().as_str(),
        unit: kpi.unit.name().to_owned(),
        labels: kpi.labels.iter().map(|label| registry.label(label.value).name.value.clone()).collect(),
        agents: kpi.agents.iter().map(|agent| registry.agent(agent.value).name.value.clone()).collect(),
        description: kpi.description.value.clone(),
    });
    rows.collect()
}

fn artifact_rows() -> Vec<ArtifactRow> {
    let about = |text: &str| text.lines().map(str::trim).collect::<Vec<_>>().join(" ").trim().to_owned();
    ARTIFACTS
        .iter()
        .map(|artifact| ArtifactRow {
            id: artifact.id(),
            group: artifact.group(),
            about: about(artifact.about()),
        })
        .collect()
}

fn write_tables(lists: &Lists, out: &mut impl Write) -> io::Result<()> {
    if let Some(kpis) = &lists.kpis {
        let heading = ["KPI", "METRIC", "TYPE", "UNIT", "LABELS", "AGENTS"].map(str::to_owned);
        let rows = kpis.iter().map(|kpi| {
            let list = |names: &[String]| if names.is_empty() { "-".to_owned() } else { names.join(", ") };
            let agents = if kpi.agents.is_empty() { "any".to_owned() } else { kpi.agents.join(", ") };
            let KpiRow { name, metric, kind, unit, labels, .. } = kpi;
            [name.clone(), metric.clone(), (*kind).to_owned(), unit.clone(), list(labels), agents]
        });
        write_table(out, std::iter::once(heading).chain(rows).collect())?;
    }
    if let Some(artifacts) = &lists.artifacts {
        let heading = ["GROUP", "ARTIFACT", "ABOUT"].map(str::to_owned);
        let rows = artifacts.iter().map(|row| [row.group.to_owned(), row.id.to_owned(), row.about.clone()]);
        write_table(out, std::iter::once(heading).chain(rows).collect())?;
    }
    if let Some(checks) = &lists.checks {
        let heading = ["CODE", "FINDING"].map(str::to_owned);
        let rows = checks.iter().map(|row| [row.code.to_owned(), row.title.to_owned()]);
        write_table(out, std::iter::once(heading).chain(rows).collect())?;
    }
    Ok(())
}

/// Columns as wide as their widest cell; the last one runs free.
fn write_table<const N: usize>(out: &mut impl Write, rows: Vec<[String; N]>) -> io::Result<()> {
    let mut widths = [0; N];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', width - cell.chars().count() + 2));
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}
