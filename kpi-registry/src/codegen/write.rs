//! The text of generated Rust, laid out to be read: an editor's "go to definition" may land in it.

use super::docs;
use super::plan::{Handle, HandleKind, LabelType, Plan};
use crate::entity::{Init, LabelValues, Tier};
use crate::index::Index;
use crate::registry::Registry;
use crate::source::SourceMap;
use std::fmt::Write;

/// What generated items may do without a word from the lints that a user turned up.
const ALLOW: &str = "#[allow(dead_code, deprecated, nonstandard_style, unreachable_pub, unused_qualifications, clippy::all, \
                     clippy::pedantic, rustdoc::all, reason = \"generated code\")]\n";

/// Writes the module.
pub(crate) fn module(
    registry: &Registry,
    sources: &SourceMap,
    plan: &Plan<'_>,
    agent: Option<&str>,
    runtime: &str,
) -> String {
    let mut out = String::with_capacity(1024 + plan.handles.len() * 900);
    let _ = writeln!(
        out,
        "#[allow(unused_imports, reason = \"generated code\")]\nuse {runtime}::private as __kpi;"
    );
    let _ = writeln!(
        out,
        "#[allow(unused_imports, reason = \"generated code\")]\npub(crate) use {runtime}::private::units::*;"
    );
    for label in &plan.labels {
        label_type(&mut out, label, plan, sources);
    }
    for (unit, name) in &plan.units {
        out.push('\n');
        docs::line(&mut out, "", &format!("The unit {}.", docs::code(&unit.ucum)));
        out.push_str(ALLOW);
        let _ = writeln!(out, "#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]");
        let _ = writeln!(
            out,
            "pub struct {name}(\n    /// How many.\n    pub ::core::primitive::f64,\n);\n__kpi::own_unit!({name});"
        );
    }
    for (at, bounds) in plan.buckets.iter().enumerate() {
        let _ = writeln!(out, "\n#[doc(hidden)]\n{ALLOW}#[derive(Debug)]\npub struct __Buckets{at};");
        let _ = writeln!(out, "__kpi::buckets!(__Buckets{at}, {bounds:?});");
    }
    kpis(&mut out, registry, sources, plan, agent);
    descriptors(&mut out, registry, sources, plan, agent);
    out
}

fn label_type(out: &mut String, label: &LabelType<'_>, plan: &Plan<'_>, sources: &SourceMap) {
    let LabelType { label, name, variants } = label;
    out.push('\n');
    docs::label(out, label, sources);
    out.push_str(ALLOW);
    let label_name = &label.name.value;
    match &label.values {
        LabelValues::Closed(values) => {
            let _ = writeln!(out, "#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]");
            let _ = writeln!(out, "pub enum {name} {{");
            for (variant, value) in variants.iter().zip(values) {
                let _ = writeln!(out, "    /// {}\n    {variant},", docs::code(&value.value));
            }
            let _ = writeln!(out, "}}\n__kpi::closed_label! {{\n    {name}, {label_name:?}, [");
            for (variant, value) in variants.iter().zip(values) {
                let _ = writeln!(out, "        {variant} = {:?},", value.value);
            }
            out.push_str("    ]\n}\n");
            if let Some([ok, error]) = outcome(values.iter().map(|value| value.value.as_str()), variants) {
                let _ = writeln!(out, "__kpi::outcome!({name}, {ok}, {error});");
            }
        }
        LabelValues::Open { limit } => {
            let index = plan.labels.iter().position(|other| other.name == *name).unwrap_or_default();
            let _ = writeln!(out, "#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]");
            let _ = writeln!(
                out,
                "pub struct {name}<'a>(\n    /// The value.\n    pub &'a ::core::primitive::str,\n);"
            );
            let _ = writeln!(out, "__kpi::open_label!({name}, {index}, {});", limit.value);
        }
    }
}

/// The variants of `ok` and `error`, if these are all values that a label has: then it can tell which a result is.
fn outcome<'v>(values: impl Iterator<Item = &'v str>, variants: &'v [String]) -> Option<[&'v str; 2]> {
    let [first, second] = variants else { return None };
    match values.collect::<Vec<_>>().as_slice() {
        ["ok", "error"] => Some([first, second]),
        ["error", "ok"] => Some([second, first]),
        _ => None,
    }
}

fn kpis(out: &mut String, registry: &Registry, sources: &SourceMap, plan: &Plan<'_>, agent: Option<&str>) {
    let source = docs::code(&registry.source);
    let about = match agent {
        Some(agent) => format!("The KPIs of agent {}, from {source}.", docs::code(agent)),
        None => format!("The KPIs of {source}."),
    };
    out.push('\n');
    docs::line(out, "", &about);
    let _ = writeln!(out, "{ALLOW}pub struct Kpis {{");
    for (number, handle) in plan.handles.iter().enumerate() {
        docs::handle(out, "    ", handle, plan, sources);
        deprecation(out, handle);
        let _ = writeln!(out, "    pub {}: {},", handle.field, handle_type(number, handle, plan));
    }
    out.push_str("    __link: __kpi::Link,\n}\n");
}

fn deprecation(out: &mut String, handle: &Handle<'_>) {
    let Some(deprecation) = &handle.kpi.deprecated else { return };
    let note = match &deprecation.use_instead {
        Some(name) => format!("use `{name}`"),
        None => "it goes without a replacement".to_owned(),
    };
    match &deprecation.since {
        Some(since) => {
            let _ = writeln!(out, "    #[deprecated(since = \"{since}\", note = {note:?})]");
        }
        None => {
            let _ = writeln!(out, "    #[deprecated(note = {note:?})]");
        }
    }
}

fn handle_type(number: usize, handle: &Handle<'_>, plan: &Plan<'_>) -> String {
    let mut labels: Vec<String> = handle
        .labels
        .iter()
        .map(|label| {
            let LabelType { label, name, variants: _ } = &plan.labels[*label];
            if label.values.closed().is_some() { name.clone() } else { format!("{name}<'static>") }
        })
        .collect();
    let (begin, end) = if handle.keeps_exemplars() { ("__kpi::WithExemplars<", ">") } else { ("", "") };
    let mut out = format!("{begin}__kpi::{}<Kpis, {number}", handle.kind.name());
    match handle.kind {
        HandleKind::Counter(unit)
        | HandleKind::FloatCounter(unit)
        | HandleKind::Gauge(unit)
        | HandleKind::NativeHistogram(unit) => {
            let (path, name) = plan.unit_type(unit);
            let _ = write!(out, ", {path}{name}");
        }
        HandleKind::Histogram(unit, buckets) => {
            let (path, name) = plan.unit_type(unit);
            let _ = write!(out, ", {path}{name}, __Buckets{buckets}");
        }
        HandleKind::State => {
            let _ = write!(out, ", {}", labels.pop().unwrap_or_default());
        }
        HandleKind::Info => {}
    }
    if !labels.is_empty() {
        let _ = write!(out, ", ({},)", labels.join(", "));
    }
    out.push('>');
    out.push_str(end);
    out
}

fn descriptors(
    out: &mut String,
    registry: &Registry,
    sources: &SourceMap,
    plan: &Plan<'_>,
    agent: Option<&str>,
) {
    let (platform, hash, agent) = (&registry.platform.value, &registry.hash, agent.unwrap_or_default());
    let _ = writeln!(out, "\n__kpi::registry! {{\n    Kpis, KPIS;");
    let _ = writeln!(
        out,
        "    about: __kpi::About {{ platform: {platform:?}, agent: {agent:?}, registry: {hash:?}, version: \
         ::core::env!(\"CARGO_PKG_VERSION\") }};"
    );
    out.push_str("    labels: [\n");
    for LabelType { label, .. } in &plan.labels {
        let _ = write!(
            out,
            "        __kpi::LabelDescriptor {{ name: {:?}, values: __kpi::Values::",
            label.name.value
        );
        match &label.values {
            LabelValues::Closed(values) => {
                let values: Vec<&str> = values.iter().map(|value| value.value.as_str()).collect();
                let _ = writeln!(out, "Closed(&{values:?}) }},");
            }
            LabelValues::Open { limit } => {
                let _ = writeln!(out, "Open({}) }},", limit.value);
            }
        }
    }
    out.push_str("    ];\n");
    tables(out, sources, plan);
    fields(out, "fields", plan.handles.iter().filter(|handle| !handle.keeps_exemplars()));
    if plan.handles.iter().any(Handle::keeps_exemplars) {
        fields(out, "with_exemplars", plan.handles.iter().filter(|handle| handle.keeps_exemplars()));
    }
    out.push_str("}\n");
}

fn fields<'p>(out: &mut String, list: &str, handles: impl Iterator<Item = &'p Handle<'p>>) {
    let _ = writeln!(out, "    {list}: {{");
    for handle in handles {
        let _ = writeln!(out, "        {}: {},", handle.field, handle.kind.name());
    }
    out.push_str("    }\n");
}

/// What the families have in common, and their texts as one literal: a struct for each of them would compile slowly.
fn tables(out: &mut String, sources: &SourceMap, plan: &Plan<'_>) {
    let mut shapes = Index::default();
    let mut count = 0;
    let (mut shape_of, mut texts) = (Vec::with_capacity(plan.handles.len()), String::new());
    out.push_str("    shapes: [\n");
    for Handle { kpi, kind, labels, field: _ } in &plan.handles {
        let kind = match kind {
            HandleKind::Histogram(_, buckets) => {
                format!("Histogram(<__Buckets{buckets} as __kpi::Buckets>::BOUNDS)")
            }
            kind => kind.name().to_owned(),
        };
        let (unit, lazy, debug) = (kpi.unit.value.suffix(), kpi.init == Init::Lazy, kpi.tier == Tier::Debug);
        let shape = format!(
            "__kpi::Shape {{ kind: __kpi::Kind::{kind}, unit: {unit:?}, labels: &{labels:?}, lazy: {lazy}, debug: {debug} \
             }}"
        );
        let number = shapes.first(&shape, count);
        if number == count {
            let _ = writeln!(out, "        {shape},");
            count += 1;
        }
        shape_of.push(number);
        let separator = if texts.is_empty() { "" } else { "\u{1e}" };
        let (name, metric, place) =
            (&kpi.name.value, &kpi.metric.value, docs::file_line(sources, kpi.name.span));
        let help = kpi.description.value.replace(['\u{1e}', '\u{1f}'], " ");
        let _ = write!(texts, "{separator}{name}\u{1f}{metric}\u{1f}{help}\u{1f}{place}");
    }
    let _ = writeln!(
        out,
        "    ];\n    count: {};\n    shape_of: {shape_of:?};\n    texts: {texts:?};",
        plan.handles.len()
    );
}
