//! Rewrites a registry of version 1 as version 2.
//!
//! The files are read as documents that keep their comments, rearranged, and written as one. Nothing is dropped: what
//! version 2 has no place for stands in a comment that says so, and a KPI that is bound but nowhere defined becomes an
//! experimental one.

mod binding;
mod registry;
mod thresholds;

use crate::document::{self, Item, Map, Value};
use kpi_registry::diagnostic::{Diagnostic, Diagnostics, Severity, codes};
use kpi_registry::load::Loaded;
use kpi_registry::syntax::{self, Node};
use kpi_registry::value::{BuiltinUnit, is_snake_name};
use std::collections::{BTreeMap, BTreeSet};

/// What came of rewriting a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Migrated {
    /// The text of the one file that replaces all that were read.
    Text(String),
    /// Every file is of version 2 already.
    Current,
    /// A file can't be read or is not YAML, so something of what was said would be lost.
    Unreadable,
}

/// Rewrites a loaded registry.
pub fn migrate(loaded: &Loaded) -> Migrated {
    let Some(files) = parse_all(loaded) else { return Migrated::Unreadable };
    if files.iter().all(|(form, ..)| *form == Form::Current) {
        return Migrated::Current;
    }
    let platform = loaded.registry.as_ref().map_or("platform", |registry| registry.platform.as_str());
    let mut migration = Migration::default();
    for (form, root, rest) in files {
        migration.is_current = form == Form::Current;
        match form {
            Form::Current | Form::Registry1 => registry::take(root, &mut migration),
            Form::Binding1 => binding::take(root, &mut migration),
        }
        migration.rest.extend(rest);
    }
    migration.add_stubs();
    migration.point_out_disagreements();
    Migrated::Text(migration.text(platform))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Current,
    Registry1,
    Binding1,
}

/// The form, the content and the lines at the end of every file; `None` when not all of it can be read.
fn parse_all(loaded: &Loaded) -> Option<Vec<(Form, Item, Vec<String>)>> {
    // KPI00xx are about files and YAML. What else is wrong stays as it is.
    let unread =
        |finding: &Diagnostic| finding.severity == Severity::Error && finding.code.starts_with("KPI00");
    if loaded.diagnostics.iter().any(|finding| unread(finding) && finding.code != codes::NO_KPIS) {
        return None;
    }
    let mut files = Vec::new();
    for (id, file) in loaded.sources.files() {
        let node = syntax::parse(id, &file.text, &mut Diagnostics::default())?;
        if let Some(form) = form(&node) {
            let (root, rest) = document::read(&node, file);
            files.push((form, root, rest));
        }
    }
    Some(files)
}

/// `None` for a file that is no part of the registry.
fn form(node: &Node) -> Option<Form> {
    if node.get("kpis_used").is_some() || node.get("agent").is_some() {
        return Some(Form::Binding1);
    }
    let version = node.get("version").and_then(Node::scalar);
    if version.is_some_and(|version| matches!(version, "2" | "2.0")) {
        return Some(Form::Current);
    }
    ["kpis", "export_config", "validation_rules"]
        .into_iter()
        .any(|key| node.get(key).is_some())
        .then_some(Form::Registry1)
}

/// The parts of the new file, as they are gathered.
#[derive(Default)]
struct Migration {
    /// Whether the file being read is of version 2.
    is_current: bool,
    /// Lines above everything.
    head: Vec<String>,
    platform_comment: Option<String>,
    agents: Map,
    agents_comments: Vec<String>,
    kpis: Vec<Item>,
    kpis_comments: Vec<String>,
    /// Keys of version 2 that stay as they are.
    others: Map,
    /// Lines below everything.
    rest: Vec<String>,
    /// KPIs that agents are bound to: the KPI, the agent, the role.
    bound: Vec<(String, String, Option<String>)>,
}

impl Migration {
    /// Defines every KPI that is bound and nowhere defined.
    fn add_stubs(&mut self) {
        let mut defined: BTreeSet<String> =
            self.kpis.iter().filter_map(|kpi| kpi.get("name")?.scalar().map(str::to_owned)).collect();
        for (kpi, agent, role) in std::mem::take(&mut self.bound) {
            if is_snake_name(&kpi) && defined.insert(kpi.clone()) {
                self.kpis.push(stub(&kpi, &agent, role.as_deref()));
            }
        }
    }

    /// Says where an agent draws its line elsewhere than the registry: version 2 takes that for meant.
    fn point_out_disagreements(&mut self) {
        let kpis: BTreeMap<&str, &Item> = self
            .kpis
            .iter()
            .filter_map(|kpi| Some((kpi.get("name")?.scalar()?, kpi.get("thresholds")?)))
            .collect();
        for (_, agent) in &mut self.agents {
            let views = agent.get_mut("kpis").map(|views| &mut views.value);
            let Some(Value::Map(views)) = views else { continue };
            for (kpi, view) in views {
                let Some(registry) = kpis.get(kpi.as_str()) else { continue };
                if let Some(own) = view.get_mut("thresholds") {
                    let said = thresholds::disagreement(own, registry);
                    own.comment(said);
                }
            }
        }
    }

    fn text(self, platform: &str) -> String {
        let mut map = Map::new();
        let (mut head, version) = (self.head, Item::text("2"));
        while head.last().is_some_and(String::is_empty) {
            head.pop();
        }
        if !head.is_empty() {
            head.push(String::new());
        }
        map.push(("version".into(), Item { before: head, ..version }));
        map.push(("platform".into(), Item { after: self.platform_comment, ..Item::text(platform) }));
        map.extend(self.others);
        let spaced = |lines: Vec<String>| [vec![String::new()], lines].concat();
        if !self.agents.is_empty() {
            let agents = Item { before: spaced(self.agents_comments), ..Item::of(Value::Map(self.agents)) };
            map.push(("agents".into(), agents));
        }
        let kpis = Item { before: spaced(self.kpis_comments), ..Item::of(Value::List(self.kpis)) };
        map.push(("kpis".into(), kpis));
        document::document(&map, &spaced(self.rest))
    }
}

/// A KPI that somebody is bound to and nobody has defined.
fn stub(name: &str, agent: &str, role: Option<&str>) -> Item {
    let role = role.map(|role| format!(" as {role}")).unwrap_or_default();
    let fields = [
        ("name", name.to_owned()),
        ("description", format!("Used by {agent}{role}, not defined in version 1.")),
        ("unit", guessed_unit(name).to_owned()),
        ("stability", "experimental".to_owned()),
    ];
    let map = fields.into_iter().map(|(key, text)| (key.to_owned(), Item::text(text))).collect();
    let mut stub = Item::of(Value::Map(map));
    stub.before.push(String::new());
    stub.comment([format!(
        "`{agent}` is bound to this KPI, and version 1 defines it nowhere; the unit is a guess."
    )]);
    stub
}

/// The unit that the end of a name speaks of; a score when it speaks of none.
fn guessed_unit(name: &str) -> &'static str {
    let ends = |word: &str| name.strip_suffix(word).is_some_and(|rest| rest.ends_with('_'));
    let spelt = |unit: &BuiltinUnit| {
        ends(unit.name()) || unit.aliases().iter().any(|alias| alias.len() > 2 && ends(alias))
    };
    BuiltinUnit::ALL.iter().copied().find(spelt).map_or("score", BuiltinUnit::name)
}

/// An entry that version 2 has no place for, as a comment.
fn left_out(why: &str, key: String, mut item: Item) -> Vec<String> {
    let above = std::mem::take(&mut item.before);
    let said = format!("# `{key}` of version 1 is left out: {why}");
    let shown = thresholds::as_lines((key, item));
    above.into_iter().chain([said]).chain(shown.into_iter().map(|line| format!("# {line}"))).collect()
}
