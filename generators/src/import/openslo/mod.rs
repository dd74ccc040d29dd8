//! OpenSLO v1: objects of SLOs, indicators and alert policies as SLOs of a registry.
//!
//! ```text
//! files ──object──▶ Objects ──slo, indicator, alert──▶ SLO ──query, count──▶ Count ──goal──▶ Promise ──entry──▶ YAML
//! ```
//!
//! What a registry can't say is a finding at its place, and nothing is written while one of them is an error.

mod alert;
mod condition;
mod count;
mod entry;
mod goal;
mod indicator;
mod latency;
mod metric;
mod object;
mod objective;
mod place;
mod promise;
mod query;
mod slo;
mod terms;

use std::path::Path;

use kpi_registry::diagnostic::{Diagnostic, Diagnostics, codes};
use kpi_registry::load::add_file;
use kpi_registry::registry::Registry;
use kpi_registry::source::SourceMap;
use kpi_registry::syntax::{Node, parse_all};

use object::{Kind, Objects};

/// What came of an import.
#[derive(Debug)]
pub struct Imported {
    /// SLOs as parts of a registry; `None` when a finding is an error.
    pub text: Option<String>,
    /// How many there are.
    pub slos: usize,
    /// What can't be said in a registry, in reading order.
    pub diagnostics: Diagnostics,
}

/// What everything needs that looks at an object.
struct Cx<'a> {
    registry: &'a Registry,
    sources: &'a SourceMap,
    out: &'a mut Diagnostics,
}

/// Reads files of OpenSLO for a registry, and adds them to its sources.
pub fn import<P: AsRef<Path>>(registry: &Registry, sources: &mut SourceMap, paths: &[P]) -> Imported {
    let mut out = Diagnostics::default();
    let mut documents = Vec::new();
    for path in paths {
        let Some(file) = add_file(path.as_ref(), sources, &mut out) else { continue };
        documents.extend(parse_all(file, &sources.file(file).text, &mut out).into_iter().flatten());
    }
    let (text, slos) = imported(&documents, &mut Cx { registry, sources, out: &mut out });
    out.sort();
    Imported { text: text.filter(|_| !out.has_errors()), slos, diagnostics: out }
}

fn imported(documents: &[Node], cx: &mut Cx<'_>) -> (Option<String>, usize) {
    let mut objects = Objects::default();
    for document in documents {
        objects.add(document, cx.out);
    }
    let mut promises = Vec::new();
    for object in objects.of(Kind::Slo) {
        if let Some(slo) = slo::Slo::decode(object, &objects, cx) {
            promises.extend(promise::promises(&slo, &objects, cx));
        }
    }
    left_out(&objects, cx.out);
    if objects.of(Kind::Slo).next().is_none() && !cx.out.has_errors() {
        let finding =
            Diagnostic::error(codes::OPENSLO_NOTHING, None, "no object of kind SLO is in these files");
        cx.out.push(finding.help("name the files that have them"));
    }
    let entries = place::entries(promises, cx);
    (Some(entry::document(&entries, cx.registry)), entries.len())
}

/// Says what is not taken over.
fn left_out(objects: &Objects<'_>, out: &mut Diagnostics) {
    for object in objects.unused(&[Kind::Sli, Kind::AlertPolicy, Kind::AlertCondition]) {
        out.push(object.left_out("nothing in these files refers to it", "name the file that does as well"));
    }
    for object in objects.of(Kind::AlertNotificationTarget) {
        let why = "a registry says for all alerts where they go";
        out.push(object.left_out(why, "see that `receivers:` of the registry has it"));
    }
}
