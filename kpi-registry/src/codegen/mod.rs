//! Turns a registry into typed Rust: a struct with a field per KPI, an enum per closed label, a static instance.
//!
//! There are two doors, `kpi_runtime::kpis!` and [`crate::build_script`], and both walk in here: plan, check, write. The
//! result is text: a build script writes it to a file that people can read, and the macro hands it to the compiler's own
//! parser, which is faster than making tokens one by one in an unoptimised macro.

mod check;
mod docs;
mod emitted;
mod expansion;
mod ident;
mod plan;
mod write;

pub use expansion::{Expansion, Want, expand};

use crate::diagnostic::Diagnostic;
use crate::entity::AgentId;
use crate::registry::Registry;
use crate::source::SourceMap;
use emitted::Sources;
use plan::Plan;
use std::path::PathBuf;

/// What to generate.
#[derive(Debug)]
pub struct Options {
    /// The agent that the program is; without one it has every KPI, and none is required of it.
    pub agent: Option<String>,
    /// Path of the runtime crate in generated code, `::kpi_runtime` by default.
    pub runtime: String,
    /// Sources of the program, files or directories, in which each KPI of the agent must be written to. Without any,
    /// that is not checked.
    pub emitted_in: Vec<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self { agent: None, runtime: "::kpi_runtime".to_owned(), emitted_in: Vec::new() }
    }
}

/// What was generated.
#[derive(Debug)]
pub struct Generated {
    /// The Rust text, to stand in a module of its own. It is there even if there are findings, so that uses of what is
    /// right bring no errors of their own; empty only if the program would be too big.
    pub code: String,
    /// What is wrong between registry and program.
    pub diagnostics: Vec<Diagnostic>,
    /// The sources that were searched for writes: when they change, the answer may.
    pub searched: Vec<PathBuf>,
}

/// Generates the typed KPIs of a program, and checks that it emits what it must.
pub fn generate(registry: &Registry, sources: &SourceMap, options: &Options) -> Generated {
    let (agent, mut diagnostics) = agent(registry, options);
    let plan = Plan::new(registry, agent);
    let too_big = check::too_many_cells(&plan);
    let is_too_big = too_big.is_some();
    diagnostics.extend(too_big);
    let searched = completeness(registry, &plan, agent, options, &mut diagnostics);
    let agent = agent.map(|agent| registry.agent(agent).name.value.as_str());
    // Evaluating a static of that size would keep the compiler from ever showing why.
    let code = if is_too_big {
        String::new()
    } else {
        write::module(registry, sources, &plan, agent, &options.runtime)
    };
    Generated { code, diagnostics, searched }
}

/// Only checks that a program emits what it must, for one whose typed KPIs are another crate's.
pub fn check_emitted(registry: &Registry, options: &Options) -> Generated {
    let (agent, mut diagnostics) = agent(registry, options);
    let searched = completeness(registry, &Plan::new(registry, agent), agent, options, &mut diagnostics);
    Generated { code: String::new(), diagnostics, searched }
}

fn agent(registry: &Registry, options: &Options) -> (Option<AgentId>, Vec<Diagnostic>) {
    match check::agent(registry, options) {
        Ok(agent) => (agent, Vec::new()),
        Err(unknown) => (None, vec![*unknown]),
    }
}

fn completeness(
    registry: &Registry,
    plan: &Plan<'_>,
    agent: Option<AgentId>,
    options: &Options,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<PathBuf> {
    let Some(agent) = agent else { return Vec::new() };
    if options.emitted_in.is_empty() {
        return Vec::new();
    }
    let (program, faults) = Sources::read(&options.emitted_in);
    // With sources missing, everything in them would be missed too.
    let is_whole = faults.is_empty();
    diagnostics.extend(faults);
    if is_whole {
        diagnostics.extend(check::never_emitted(registry, plan, agent, &program));
    }
    program.files
}
