//! `kpi explain slo NAME`

use std::io::Write;

use generators::explain::{ExplainedSlo, ExplainedTier, TierOutcome, slo, slo_names};

use crate::cli::{Format, Options};
use crate::console::Console;
use crate::{Failure, Outcome, registry};

pub(super) fn run(name: &str, options: &Options, console: &mut Console) -> Result<Outcome, Failure> {
    let (_, loaded) = registry::open(options)?;
    let Some(found) = registry::healthy(&loaded, options, console)? else { return Ok(Outcome::Findings) };
    let Some(explained) = slo(found, &loaded.sources, name) else {
        let names: Vec<&str> = slo_names(found).collect();
        let known = if names.is_empty() {
            "there is none".into()
        } else {
            format!("there are: {}", names.join(", "))
        };
        return Err(format!("there is no SLO `{name}`; {known}").into());
    };
    if options.format == Format::Json {
        let text = serde_json::to_string_pretty(&explained).map_err(|error| error.to_string())?;
        writeln!(console.out, "{text}")?;
    } else {
        write(&explained, console)?;
    }
    Ok(Outcome::Fine)
}

fn write(slo: &ExplainedSlo, console: &mut Console) -> Result<(), Failure> {
    let (on, off) = if console.colors_out() { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
    let out = &mut console.out;
    writeln!(out, "{on}SLO {}{off}, slo_id {}, {}\n", slo.name, slo.slo_id, slo.place)?;
    let rows = slo.settings.iter().map(|setting| {
        let place = setting.place.as_ref().map_or_else(String::new, |place| format!(", {place}"));
        vec![setting.key.to_owned(), setting.value.clone(), format!("{}{place}", setting.from)]
    });
    table(rows.collect(), out)?;
    writeln!(out, "\nThe error budget is {} %: {} of nothing but bad events.\n", slo.budget, slo.outage)?;
    let heading = [
        "tier",
        "severity",
        "factor",
        "threshold",
        "long",
        "short",
        "outage told after",
        "budget spent",
        "budget lasts",
    ];
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    let mut left_out = Vec::new();
    for ExplainedTier { share, long, severity, outcome } in &slo.tiers {
        let tier = format!("{share} % in {long}");
        match outcome {
            TierOutcome::Works {
                short,
                factor,
                threshold,
                detects_outage_after,
                budget_spent,
                budget_lasts,
            } => {
                let cells = [&tier, *severity, factor, threshold, long, short, detects_outage_after];
                let mut row: Vec<String> = cells.map(str::to_owned).to_vec();
                row.extend([format!("{budget_spent} %"), budget_lasts.clone()]);
                rows.push(row);
            }
            TierOutcome::LeftOut { why } => left_out.push(format!("{tier} is left out: {why}")),
        }
    }
    if rows.len() > 1 {
        table(rows, out)?;
    }
    for line in left_out {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// Columns, each as wide as its widest cell.
fn table(rows: Vec<Vec<String>>, out: &mut impl Write) -> Result<(), Failure> {
    let mut widths: Vec<usize> = Vec::new();
    for row in &rows {
        widths.resize(widths.len().max(row.len()), 0);
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for row in rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        writeln!(out, "  {}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}
