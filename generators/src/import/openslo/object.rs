//! Objects of OpenSLO, whatever their kind.

use std::cell::Cell;
use std::collections::BTreeMap;

use kpi_registry::diagnostic::{Diagnostic, Diagnostics, codes};
use kpi_registry::source::{Span, Spanned};
use kpi_registry::suggest::nearest;
use kpi_registry::syntax::{Entry, Fields, Kind as Yaml, Node, shortened};

use crate::wire::openslo::API_VERSION;

macro_rules! kinds {
    ($($name:ident = $text:literal),+) => {
        /// What an object is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Kind {
            $($name,)+
        }

        impl Kind {
            const ALL: &'static [Self] = &[$(Self::$name),+];

            /// As it is written.
            pub(super) const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

kinds! {
    Slo = "SLO", Sli = "SLI", Service = "Service", DataSource = "DataSource", AlertPolicy = "AlertPolicy",
    AlertCondition = "AlertCondition", AlertNotificationTarget = "AlertNotificationTarget"
}

/// One object.
#[derive(Debug)]
pub(super) struct Object<'n> {
    pub(super) kind: Kind,
    pub(super) metadata: Metadata<'n>,
    /// What it says of its kind.
    pub(super) spec: &'n Node,
    /// Whether another object refers to it.
    is_used: Cell<bool>,
}

/// What an object is called.
#[derive(Debug)]
pub(super) struct Metadata<'n> {
    pub(super) name: Spanned<String>,
    pub(super) display_name: Option<Spanned<String>>,
    labels: &'n [Entry],
    annotations: &'n [Entry],
}

impl<'n> Object<'n> {
    /// Reads a whole object; `None` when it is none of this version, which is reported.
    fn decode(node: &'n Node, out: &mut Diagnostics) -> Option<Self> {
        let mut fields = Fields::of(node, "an object of OpenSLO", out)?;
        if !is_v1(&mut fields, out) {
            return None;
        }
        let kind = fields.required("kind").and_then(|node| decode_kind(node, out));
        let metadata = fields.required("metadata").and_then(|node| Metadata::decode(node, out));
        let spec = fields.required("spec");
        fields.finish(out);
        Some(Self { kind: kind?, metadata: metadata?, spec: spec?, is_used: Cell::new(false) })
    }

    /// The finding that it is left out.
    pub(super) fn left_out(&self, why: &str, help: &str) -> Diagnostic {
        let message = format!("the {} `{}` is left out", self.kind.as_str(), shortened(&self.metadata.name));
        Diagnostic::note(codes::OPENSLO_LEFT_OUT, self.metadata.name.span, message).label(why).help(help)
    }
}

/// Whether an object is of the version that is read.
fn is_v1(fields: &mut Fields<'_>, out: &mut Diagnostics) -> bool {
    let finding = match fields.optional("apiVersion") {
        Some(version) if version.scalar() == Some(API_VERSION) => return true,
        Some(version) => {
            let message = format!("`{API_VERSION}` is read, and this is {}", version.describe());
            let finding = Diagnostic::error(codes::OPENSLO_VERSION, version.span, message);
            match version.scalar() {
                Some(text) if text.starts_with("openslo/") => finding
                    .label("another version, whose keys differ")
                    .help(format!("rewrite the object as {API_VERSION}")),
                _ => finding.help(format!("write `apiVersion: {API_VERSION}`, or leave the file out")),
            }
        }
        None => {
            let message =
                format!("an object of OpenSLO says `apiVersion: {API_VERSION}`, and this one nothing");
            Diagnostic::error(codes::OPENSLO_VERSION, fields.head(), message)
                .help(format!("add `apiVersion: {API_VERSION}` if it is one, or leave the file out"))
        }
    };
    out.push(finding);
    false
}

fn decode_kind(node: &Node, out: &mut Diagnostics) -> Option<Kind> {
    let text = node.filled_text(out)?;
    let found = Kind::ALL.iter().copied().find(|kind| kind.as_str() == text.value);
    if found.is_none() {
        let known = Kind::ALL.iter().map(|kind| kind.as_str());
        let meant = Kind::ALL.iter().find(|kind| kind.as_str().eq_ignore_ascii_case(&text));
        let meant = meant.map(|kind| kind.as_str()).or_else(|| nearest(&text, known.clone()));
        let message = format!("OpenSLO has no kind `{}`", shortened(&text));
        let known: Vec<&str> = known.collect();
        let finding = Diagnostic::error(codes::OPENSLO_KIND, text.span, message)
            .help(format!("known are: {}", known.join(", ")));
        out.push(match meant {
            Some(meant) => finding.replace(text.span, meant),
            None => finding,
        });
    }
    found
}

impl<'n> Metadata<'n> {
    /// `{name, displayName, labels, annotations}`.
    pub(super) fn decode(node: &'n Node, out: &mut Diagnostics) -> Option<Self> {
        let mut fields = Fields::of(node, "`metadata`", out)?;
        let name = fields.required("name").and_then(|node| node.filled_text(out));
        let display_name = fields.optional("displayName").and_then(|node| node.filled_text(out));
        let (labels, annotations) =
            (entries(fields.optional("labels"), out), entries(fields.optional("annotations"), out));
        fields.finish(out);
        Some(Self { name: name?, display_name, labels, annotations })
    }

    /// The text of a label.
    pub(super) fn label(&self, key: &str) -> Option<Spanned<&'n str>> {
        let entry = self.labels.iter().find(|entry| entry.key == key)?;
        Some(Spanned::new(entry.value.scalar()?, entry.value.span))
    }

    /// What a registry has no place for, as lines of a comment.
    pub(super) fn lines(&self, leave_out: &[&str]) -> Vec<String> {
        let labels = self.labels.iter().filter(|entry| !leave_out.contains(&&*entry.key));
        let said = labels.map(|entry| ("label", entry));
        let said = said.chain(self.annotations.iter().map(|entry| ("annotation", entry)));
        said.map(|(what, entry)| format!("{what} {}: {}", one_line(&entry.key), values(&entry.value)))
            .collect()
    }
}

/// What stands in a line of a comment.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace(char::is_control, "")
}

/// The values of a label: one, or a list.
fn values(node: &Node) -> String {
    match &node.kind {
        Yaml::List(items) => items.iter().map(values).collect::<Vec<_>>().join(", "),
        Yaml::Map(_) => "{…}".to_owned(),
        Yaml::Null | Yaml::Plain(_) | Yaml::Quoted(_) => one_line(node.scalar().unwrap_or_default()),
    }
}

fn entries<'n>(node: Option<&'n Node>, out: &mut Diagnostics) -> &'n [Entry] {
    match node.map(|node| (node, &node.kind)) {
        Some((_, Yaml::Map(entries))) => entries,
        Some((node, _)) => {
            // Says that it is no mapping.
            let _ = Fields::of(node, "a set of labels", out);
            &[]
        }
        None => &[],
    }
}

/// All objects, in the order read, and by name.
#[derive(Debug, Default)]
pub(super) struct Objects<'n> {
    all: Vec<Object<'n>>,
    by_name: BTreeMap<(Kind, String), usize>,
}

impl<'n> Objects<'n> {
    /// Adds what a document holds: an object, or a list of objects.
    pub(super) fn add(&mut self, document: &'n Node, out: &mut Diagnostics) {
        let nodes = match &document.kind {
            Yaml::List(items) => items.as_slice(),
            _ => std::slice::from_ref(document),
        };
        for node in nodes {
            let Some(object) = Object::decode(node, out) else { continue };
            let key = (object.kind, object.metadata.name.value.clone());
            if let Some(first) = self.by_name.get(&key) {
                let first = self.all[*first].metadata.name.span;
                out.push(twice(&object.metadata.name, object.kind.as_str(), first));
                continue;
            }
            self.by_name.insert(key, self.all.len());
            self.all.push(object);
        }
    }

    /// Every object of a kind.
    pub(super) fn of(&self, kind: Kind) -> impl Iterator<Item = &Object<'n>> {
        self.all.iter().filter(move |object| object.kind == kind)
    }

    /// The object of a name, which is then one that is used.
    pub(super) fn get(&self, kind: Kind, name: &str) -> Option<&Object<'n>> {
        let object = &self.all[*self.by_name.get(&(kind, name.to_owned()))?];
        object.is_used.set(true);
        Some(object)
    }

    /// The same; a finding when it is not there.
    pub(super) fn refer(
        &self,
        kind: Kind,
        name: &Spanned<String>,
        out: &mut Diagnostics,
    ) -> Option<&Object<'n>> {
        let found = self.get(kind, name);
        if found.is_none() {
            let message = format!("no {} `{}` is in these files", kind.as_str(), shortened(name));
            let finding = Diagnostic::error(codes::OPENSLO_REFERENCE, name.span, message);
            let meant = nearest(name, self.of(kind).map(|object| &*object.metadata.name.value));
            out.push(match meant {
                Some(meant) => finding.replace(name.span, meant),
                None => finding.help("name the file that has it as well"),
            });
        }
        found
    }

    /// The objects that nothing refers to.
    pub(super) fn unused(&self, kinds: &'static [Kind]) -> impl Iterator<Item = &Object<'n>> {
        self.all.iter().filter(|object| kinds.contains(&object.kind) && !object.is_used.get())
    }
}

/// The finding that a name is there twice.
pub(super) fn twice(name: &Spanned<String>, what: &str, first: Span) -> Diagnostic {
    let message = format!("a second {what} `{}`", shortened(name));
    Diagnostic::error(codes::OPENSLO_TWICE, name.span, message)
        .also(first, "the first one")
        .help("rename one of them, or leave its file out")
}
