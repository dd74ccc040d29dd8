//! Names → ids.
//!
//! All files are gone through twice: first every name that is defined gets its id, then everything is decoded with
//! all names known. So references may point forward, and into other files.

use std::cell::Cell;

use crate::diagnostic::codes;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::entity::{AgentId, KpiId};
use crate::index::Index;
use crate::source::{Span, Spanned};
use crate::suggest::nearest;
use crate::syntax::{Node, shortened};

/// The names of one kind of entity, in the order of their definitions.
#[derive(Debug, Default)]
pub(crate) struct Table {
    ids: Index,
    names: Vec<Spanned<String>>,
}

impl Table {
    /// Adds a name; a finding when it is taken.
    pub(crate) fn define(&mut self, name: Spanned<String>, what: &str, out: &mut Diagnostics) {
        if let Some(first) = self.ids.get(&name.value) {
            let shown = shortened(&name.value).into_owned();
            out.push(
                Diagnostic::error(
                    codes::DUPLICATE_NAME,
                    name.span,
                    format!("a second {what} named `{shown}`"),
                )
                .label("not used")
                .also(self.names[first].span, "first here")
                .help("rename one of them, or remove it"),
            );
            return;
        }
        self.add(name);
    }

    /// Adds a name, or finds it.
    pub(crate) fn add(&mut self, name: Spanned<String>) -> usize {
        if let Some(id) = self.ids.get(&name.value) {
            return id;
        }
        self.ids.first(&name.value, self.names.len());
        self.names.push(name);
        self.names.len() - 1
    }

    /// The id of a name.
    pub(crate) fn get(&self, name: &str) -> Option<usize> {
        self.ids.get(name)
    }

    /// The id of a name, if it was defined at this very place.
    pub(crate) fn defined_at(&self, name: &str, at: Span) -> Option<usize> {
        self.get(name).filter(|id| self.names[*id].span == at)
    }

    /// The names, in the order of their ids.
    pub(crate) fn names(&self) -> &[Spanned<String>] {
        &self.names
    }
}

/// Every name the registry defines.
pub(crate) struct Names {
    pub(crate) kpis: Table,
    pub(crate) labels: Table,
    pub(crate) agents: Table,
    pub(crate) profiles: Table,
    pub(crate) environments: Table,
    /// A file could not be read, so that a name nobody defines may stand there.
    pub(crate) incomplete: bool,
    /// Comparisons that "did you mean" may still make; keeps a file full of wrong names linear.
    comparisons: Cell<usize>,
}

impl Default for Names {
    fn default() -> Self {
        const COMPARISONS: usize = 300_000;
        Self {
            kpis: Table::default(),
            labels: Table::default(),
            agents: Table::default(),
            profiles: Table::default(),
            environments: Table::default(),
            incomplete: false,
            comparisons: Cell::new(COMPARISONS),
        }
    }
}

impl Names {
    /// The id that a node names.
    fn refer(
        &self,
        table: &Table,
        node: &Node,
        kind: &Reference,
        out: &mut Diagnostics,
    ) -> Option<Spanned<usize>> {
        let name = node.filled_text(out)?;
        if let Some(id) = table.get(&name.value) {
            return Some(Spanned::new(id, name.span));
        }
        self.unknown(table, &name, kind, out);
        None
    }

    /// Complains about a name that nobody defines.
    fn unknown(&self, table: &Table, name: &Spanned<String>, kind: &Reference, out: &mut Diagnostics) {
        if self.incomplete {
            return;
        }
        let meant = self.comparisons.get().checked_sub(table.names.len()).and_then(|left| {
            self.comparisons.set(left);
            nearest(&name.value, table.names.iter().map(|name| name.value.as_str()))
        });
        let (what, shown) = (kind.what, shortened(&name.value));
        let finding = Diagnostic::error(
            kind.code,
            name.span,
            match meant {
                Some(meant) => format!("no {what} is named `{shown}`, did you mean `{meant}`?"),
                None => format!("no {what} is named `{shown}`"),
            },
        );
        out.push(match meant {
            Some(meant) => finding.replace(name.span, meant),
            None => finding.help(kind.help),
        });
    }

    /// The KPI that a node names.
    pub(crate) fn kpi(&self, node: &Node, out: &mut Diagnostics) -> Option<Spanned<KpiId>> {
        Some(self.refer(&self.kpis, node, &KPI, out)?.map(KpiId::new))
    }

    /// The KPI of a name.
    pub(crate) fn kpi_named(&self, name: &Spanned<String>, out: &mut Diagnostics) -> Option<Spanned<KpiId>> {
        let id = self.kpis.get(&name.value);
        if id.is_none() {
            self.unknown(&self.kpis, name, &KPI, out);
        }
        id.map(|id| Spanned::new(KpiId::new(id), name.span))
    }

    /// The agent that a node names.
    pub(crate) fn agent(&self, node: &Node, out: &mut Diagnostics) -> Option<Spanned<AgentId>> {
        Some(self.refer(&self.agents, node, &AGENT, out)?.map(AgentId::new))
    }

    /// The shared label that a node names.
    pub(crate) fn label(&self, node: &Node, out: &mut Diagnostics) -> Option<Spanned<usize>> {
        self.refer(&self.labels, node, &LABEL, out)
    }

    /// Complains that a label is none of those that may stand here.
    pub(crate) fn unknown_label(&self, name: &Spanned<String>, out: &mut Diagnostics) {
        self.unknown(&self.labels, name, &LABEL, out);
    }

    /// The SLO profile that a node names.
    pub(crate) fn profile(&self, node: &Node, out: &mut Diagnostics) -> Option<Spanned<usize>> {
        self.refer(&self.profiles, node, &PROFILE, out)
    }

    /// Whether an environment is declared; a finding when not.
    pub(crate) fn environment(&self, name: &Spanned<String>, out: &mut Diagnostics) -> bool {
        let known = self.environments.get(&name.value).is_some();
        if !known {
            self.unknown(&self.environments, name, &ENVIRONMENT, out);
        }
        known
    }
}

/// How to speak of a kind of entity.
struct Reference {
    code: Code,
    what: &'static str,
    help: &'static str,
}

const KPI: Reference = Reference {
    code: codes::UNKNOWN_KPI,
    what: "KPI",
    help: "define it under `kpis:`, or remove the reference",
};
const AGENT: Reference = Reference {
    code: codes::UNKNOWN_AGENT,
    what: "agent",
    help: "declare it under `agents:`, such as `agents: {neuros: {port: 8000}}`",
};
const LABEL: Reference = Reference {
    code: codes::UNKNOWN_LABEL,
    what: "label",
    help: "declare it under `labels:` with its `values`, or with `open: true` and a `limit`",
};
const PROFILE: Reference = Reference {
    code: codes::UNKNOWN_PROFILE,
    what: "SLO profile",
    help: "declare it under `slo_profiles:`, such as `standard: {objective: 99.9, window: 30d}`",
};
const ENVIRONMENT: Reference = Reference {
    code: codes::UNKNOWN_ENVIRONMENT,
    what: "environment",
    help: "list it under `environments:`",
};

/// The ids of a list of references, each once.
pub(crate) fn each_once<T: Copy + PartialEq>(
    node: &Node,
    of: &str,
    out: &mut Diagnostics,
    mut one: impl FnMut(&Node, &mut Diagnostics) -> Option<Spanned<T>>,
) -> Vec<Spanned<T>> {
    let mut all: Vec<Spanned<T>> = Vec::new();
    for item in node.items(of, out) {
        let Some(id) = one(item, out) else { continue };
        if let Some(first) = all.iter().find(|earlier| earlier.value == id.value) {
            out.push(repeated(id.span, first.span, item));
        } else {
            all.push(id);
        }
    }
    all
}

/// The finding that a list names something twice.
pub(crate) fn repeated(again: Span, first: Span, item: &Node) -> Diagnostic {
    Diagnostic::error(codes::REPEATED_ITEM, again, format!("{} is listed twice", item.describe()))
        .also(first, "first here")
        .help("keep one of them")
}
