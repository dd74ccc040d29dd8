//! One file of a registry: what form it has, and the names it defines.

use crate::diagnostic::{Diagnostic, Diagnostics, codes};
use crate::resolve::Names;
use crate::source::{FileId, Span, Spanned};
use crate::syntax::{Entry, Kind, Node, shortened};

/// One file, parsed.
pub(super) struct Document {
    pub(super) form: Form,
    pub(super) node: Node,
}

/// The form a file is written in.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Form {
    /// Version 2.
    Current,
    /// A registry of version 1.
    Registry1,
    /// An agent's bindings, which have one form in all versions.
    Binding1,
}

/// Keys that only a registry or a binding has.
const TELLING: &[&str] = &[
    "kpis",
    "platform",
    "agents",
    "kpis_used",
    "slo_profiles",
    "funnels",
    "external_metrics",
    "export_config",
];

/// Keys that tell together with `version: 2`.
const TELLING_WITH_VERSION: &[&str] =
    &["labels", "alerts", "slos", "receivers", "dashboards", "targets", "include", "prometheus", "defaults"];

/// Keys that version 1 did not have.
const NEW_KEYS: &[&str] =
    &["platform", "labels", "agents", "slo_profiles", "slos", "external_metrics", "receivers"];

/// Whether a text can be a registry at all: a cheap look before parsing files that belong to others.
pub(super) fn may_be_registry(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    let is_flow = text.trim_start().starts_with(['{', '"', '\'', '?', '%']);
    let is_told_by = |key: &&str| {
        let starts_line = |at: usize| at == 0 || text.as_bytes()[at - 1] == b'\n';
        let is_key = |at: usize| text[at + key.len()..].trim_start().starts_with(':');
        text.match_indices(key).any(|(at, _)| is_flow || (starts_line(at) && is_key(at)))
    };
    TELLING.iter().any(is_told_by) || TELLING_WITH_VERSION.iter().any(is_told_by)
}

/// Whether a document has a key that tells a registry or a binding.
pub(super) fn is_registry(node: &Node) -> bool {
    let has = |keys: &[&str]| keys.iter().any(|key| node.get(key).is_some());
    let is_second = node.get("version").and_then(Node::scalar).is_some_and(|version| version == "2");
    has(TELLING) || (is_second && has(TELLING_WITH_VERSION))
}

impl Document {
    /// Finds out the form; `None` when it is none that this build reads, which is reported.
    pub(super) fn new(file: FileId, node: Node, out: &mut Diagnostics) -> Option<Self> {
        let is_binding = node.get("kpis_used").is_some() || node.get("agent").is_some();
        let old = if is_binding { Form::Binding1 } else { Form::Registry1 };
        let version = node.get("version");
        let form = match version.map(|version| (version, version.scalar())) {
            None => match new_key(&node).filter(|_| !is_binding) {
                Some(entry) => {
                    out.push(needs_version(file, entry));
                    Form::Current
                }
                None => old,
            },
            Some((_, Some("1" | "1.0" | "1.1"))) => old,
            Some((_, Some("2" | "2.0"))) => Form::Current,
            Some((version, other)) => {
                out.push(
                    Diagnostic::error(
                        codes::UNKNOWN_VERSION,
                        version.span,
                        format!(
                            "unknown version {}",
                            other.map_or_else(|| version.describe(), |v| format!("`{}`", shortened(v)))
                        ),
                    )
                    .help("this build reads version 2, and version 1 as `1`, `\"1.0\"` or `\"1.1\"`"),
                );
                return None;
            }
        };
        Some(Self { form, node })
    }

    /// Whether it is a mapping, or still empty.
    pub(super) const fn can_hold_keys(&self) -> bool {
        matches!(self.node.kind, Kind::Map(_) | Kind::Null)
    }

    /// The place that stands for the whole file: its first key.
    pub(super) fn head(&self) -> Span {
        match &self.node.kind {
            Kind::Map(entries) => entries.first().map_or(self.node.span, |entry| entry.at),
            _ => self.node.span,
        }
    }

    /// The patterns of `include:`.
    pub(super) fn includes(&self, out: &mut Diagnostics) -> Vec<Spanned<String>> {
        let Some(node) = self.node.get("include").filter(|_| self.form == Form::Current) else {
            return Vec::new();
        };
        let items = node.items("file patterns", out);
        items.iter().filter_map(|item| item.filled_text(out)).collect()
    }

    /// Adds every name the file defines.
    pub(super) fn define(&self, names: &mut Names, out: &mut Diagnostics) {
        for name in self.kpi_names() {
            names.kpis.define(name, "KPI", out);
        }
        match self.form {
            Form::Current => {
                for (key, table, what) in [
                    ("labels", &mut names.labels, "label"),
                    ("agents", &mut names.agents, "agent"),
                    ("slo_profiles", &mut names.profiles, "SLO profile"),
                ] {
                    for entry in entries(self.node.get(key)) {
                        table.define(Spanned::new(entry.key.clone(), entry.at), what, out);
                    }
                }
                if let Some(Kind::List(items)) = self.node.get("environments").map(|node| &node.kind) {
                    for item in items {
                        if let Some(name) = item.scalar() {
                            names.environments.define(
                                Spanned::new(name.to_owned(), item.span),
                                "environment",
                                out,
                            );
                        }
                    }
                }
            }
            Form::Registry1 | Form::Binding1 => {}
        }
    }

    /// Adds the agent whose bindings the file holds, unless a registry declares it.
    pub(super) fn define_agent(&self, names: &mut Names) {
        if self.form == Form::Binding1
            && let Some(name) = self.agent_name()
        {
            names.agents.add(name);
        }
    }

    /// The agent of a binding, in lower case as it is written today.
    pub(super) fn agent_name(&self) -> Option<Spanned<String>> {
        let node = self.node.get("agent")?;
        Some(Spanned::new(node.scalar()?.to_ascii_lowercase(), node.span))
    }

    /// The names under `kpis:`, without those that are no names at all.
    fn kpi_names(&self) -> impl Iterator<Item = Spanned<String>> {
        let items = match self.node.get("kpis").map(|node| &node.kind) {
            Some(Kind::List(items)) => items.as_slice(),
            _ => &[],
        };
        items.iter().filter_map(kpi_name)
    }
}

/// The name of an entry of `kpis:`.
pub(super) fn kpi_name(item: &Node) -> Option<Spanned<String>> {
    let name = item.get("name")?;
    let text = name.scalar()?;
    (!text.trim().is_empty()).then(|| Spanned::new(text.to_owned(), name.span))
}

fn entries(node: Option<&Node>) -> &[Entry] {
    match node.map(|node| &node.kind) {
        Some(Kind::Map(entries)) => entries,
        _ => &[],
    }
}

/// A key that only version 2 has, at the top or in a KPI.
fn new_key(node: &Node) -> Option<&Entry> {
    entries(Some(node)).iter().find(|entry| NEW_KEYS.contains(&entry.key.as_str()))
}

fn needs_version(file: FileId, entry: &Entry) -> Diagnostic {
    let start = Span::new(file, 0, 0);
    Diagnostic::error(
        codes::V1_NEWER_KEY,
        entry.at,
        format!("`{}` belongs to version 2, and this file does not say `version: 2`", entry.key),
    )
    .patch("add it", vec![(start, "version: 2\n".to_owned())])
}
