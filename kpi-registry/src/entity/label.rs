//! A label: a dimension of a metric, with the values it may have.

use super::decode::{Cx, check_name, named};
use super::{KpiId, LabelId};
use crate::diagnostic::{Diagnostic, Diagnostics, codes};
use crate::index::Index;
use crate::resolve::repeated;
use crate::source::Spanned;
use crate::suggest::nearest;
use crate::syntax::{Fields, Kind, Node};

/// One label, shared by KPIs or written inside one of them.
#[derive(Debug)]
pub struct Label {
    /// The label name in Prometheus.
    pub name: Spanned<String>,
    /// What it says.
    pub description: Option<String>,
    /// The values it may have.
    pub values: LabelValues,
    /// The KPI it was written inside; `None` for the shared vocabulary.
    pub owner: Option<KpiId>,
}

/// The values of a label.
#[derive(Debug)]
pub enum LabelValues {
    /// A fixed list, which becomes a Rust enum.
    Closed(Vec<Spanned<String>>),
    /// Free text; what comes after so many different values is counted under `_other`.
    Open {
        /// The most values kept apart in one process.
        limit: Spanned<u32>,
    },
}

impl LabelValues {
    /// How many series one label can make: its values, or the limit and `_other`.
    pub fn cardinality(&self) -> u64 {
        match self {
            Self::Closed(values) => values.len() as u64,
            Self::Open { limit } => u64::from(limit.value) + 1,
        }
    }

    /// The closed values, if it is closed.
    pub fn closed(&self) -> Option<&[Spanned<String>]> {
        match self {
            Self::Closed(values) => Some(values),
            Self::Open { .. } => None,
        }
    }
}

/// Label names that scraping or the exposition formats set themselves.
const RESERVED: &[&str] = &["le", "quantile", "job", "instance", "agent"];

impl Label {
    /// `{description, values}`, `{description, open: true, limit}`, or the values alone as a list.
    pub(crate) fn decode(name: Spanned<String>, node: &Node, owner: Option<KpiId>, cx: &mut Cx<'_>) -> Self {
        check(&name, cx.out);
        let unknown = LabelValues::Open { limit: Spanned::new(1, name.span) };
        let (description, values) = match &node.kind {
            Kind::List(_) => (None, closed(node, cx)),
            _ => match Fields::of(node, "a label", cx.out) {
                Some(mut fields) => {
                    let description = cx.words(fields.optional("description"));
                    let values = decode_values(&mut fields, &name, cx);
                    fields.finish(cx.out);
                    (description, values)
                }
                None => (None, None),
            },
        };
        Self { name, description, values: values.unwrap_or(unknown), owner }
    }

    /// `{name, description, values}` in the list of a KPI.
    fn decode_named(node: &Node, owner: KpiId, cx: &mut Cx<'_>) -> Option<Self> {
        let mut fields = Fields::of(node, "a label", cx.out)?;
        let name = cx.text(fields.required("name"));
        let description = cx.words(fields.optional("description"));
        let placeholder = Spanned::new(String::new(), fields.head());
        let values = decode_values(&mut fields, name.as_ref().unwrap_or(&placeholder), cx);
        fields.finish(cx.out);
        let name = name?;
        check(&name, cx.out);
        Some(Self { name, description, values: values?, owner: Some(owner) })
    }
}

fn check(name: &Spanned<String>, out: &mut Diagnostics) {
    check_name(name, "a label", out);
    if RESERVED.contains(&name.value.as_str()) {
        out.push(
            Diagnostic::error(
                codes::RESERVED_LABEL,
                name.span,
                format!("the label `{}` is set by Prometheus or the exposition itself", name.value),
            )
            .help("choose another name"),
        );
    }
}

fn decode_values(fields: &mut Fields<'_>, name: &Spanned<String>, cx: &mut Cx<'_>) -> Option<LabelValues> {
    /// A limit above this is no limit: each series costs memory in every agent and in Prometheus.
    const MOST: u64 = 10_000;
    let (values, open, limit) =
        (fields.optional("values"), fields.optional("open"), fields.optional("limit"));
    let is_open = open.is_some_and(|node| node.boolean(cx.out).unwrap_or(true));
    if let (Some(values), Some(other)) = (values, open.filter(|_| is_open).or(limit)) {
        cx.out.push(
            Diagnostic::error(
                codes::LABEL_VALUES,
                other.span,
                format!("the label `{}` has fixed values and is open as well", name.value),
            )
            .also(values.span, "the fixed values")
            .help("keep `values`, or keep `open: true` with `limit`"),
        );
        return closed(values, cx);
    }
    if let Some(values) = values {
        return closed(values, cx);
    }
    let Some(limit) = limit else {
        let finding = Diagnostic::error(
            codes::UNBOUNDED_LABEL,
            name.span,
            format!("the label `{}` has no bound on its values", name.value),
        );
        cx.out.push(if is_open {
            finding
                .help("add `limit: 20`, the number of values that are kept apart; the rest goes to `_other`")
        } else {
            finding.help("list its `values: [...]`, or write `open: true` and `limit: 20`")
        });
        return None;
    };
    let limit = limit.whole(1, MOST, cx.out)?;
    Some(LabelValues::Open { limit: limit.map(|limit| u32::try_from(limit).unwrap_or(u32::MAX)) })
}

fn closed(node: &Node, cx: &mut Cx<'_>) -> Option<LabelValues> {
    let mut values: Vec<Spanned<String>> = Vec::new();
    let mut seen = Index::default();
    let items = node.items("label values", cx.out);
    for item in items {
        let Some(value) = item.filled_text(cx.out) else { continue };
        let first = seen.first(&value, values.len());
        if let Some(first) = values.get(first) {
            cx.out.push(repeated(value.span, first.span, item));
        } else {
            values.push(value);
        }
    }
    if items.is_empty() && matches!(node.kind, Kind::List(_)) {
        cx.out.push(
            Diagnostic::error(codes::LABEL_VALUES, node.span, "a label without values can't be set")
                .help("list its values, or remove the label"),
        );
    }
    (!values.is_empty()).then_some(LabelValues::Closed(values))
}

/// The labels of one KPI, by name.
#[derive(Default)]
pub(crate) struct OwnLabels {
    pub(crate) ids: Vec<Spanned<LabelId>>,
    names: Vec<String>,
}

impl OwnLabels {
    /// `labels:` of a KPI: names of the shared vocabulary and labels of its own, as `[route, {name: shard, values:
    /// [a, b]}]` or `{route: , shard: {values: [a, b]}}`. Own labels are added to `all`.
    pub(crate) fn decode(node: &Node, owner: KpiId, all: &mut Vec<Label>, cx: &mut Cx<'_>) -> Self {
        let mut own = Self::default();
        if let Kind::Map(_) = node.kind {
            for (name, value) in named(Some(node), "labels", cx.out) {
                if !matches!(value.kind, Kind::Null) {
                    own.inline(name, value, owner, all, cx);
                } else if let Some(id) = cx.names.labels.get(&name.value) {
                    own.push(Spanned::new(LabelId::new(id), name.span), name.value, node, cx.out);
                } else {
                    cx.names.unknown_label(&name, cx.out);
                }
            }
            return own;
        }
        for item in node.items("labels", cx.out) {
            let Kind::Map(entries) = &item.kind else {
                if let Some(id) = cx.names.label(item, cx.out) {
                    let name = item.scalar().unwrap_or_default().to_owned();
                    own.push(id.map(LabelId::new), name, item, cx.out);
                }
                continue;
            };
            if let ([entry], None) = (entries.as_slice(), item.get("name")) {
                let name = Spanned::new(entry.key.clone(), entry.at);
                own.inline(name, &entry.value, owner, all, cx);
            } else if let Some(label) = Label::decode_named(item, owner, cx) {
                own.add(label, item, all, cx);
            }
        }
        own
    }

    /// The labels of a KPI that is decoded already.
    pub(crate) fn of(ids: &[Spanned<LabelId>], name: impl Fn(LabelId) -> String) -> Self {
        Self { ids: ids.to_vec(), names: ids.iter().map(|id| name(id.value)).collect() }
    }

    fn inline(
        &mut self,
        name: Spanned<String>,
        node: &Node,
        owner: KpiId,
        all: &mut Vec<Label>,
        cx: &mut Cx<'_>,
    ) {
        let label = Label::decode(name, node, Some(owner), cx);
        self.add(label, node, all, cx);
    }

    fn add(&mut self, label: Label, node: &Node, all: &mut Vec<Label>, cx: &mut Cx<'_>) {
        let (id, name) = (Spanned::new(LabelId::new(all.len()), label.name.span), label.name.value.clone());
        if self.push(id, name, node, cx.out) {
            all.push(label);
        }
    }

    fn push(&mut self, id: Spanned<LabelId>, name: String, item: &Node, out: &mut Diagnostics) -> bool {
        if let Some(first) = self.names.iter().position(|other| *other == name) {
            out.push(repeated(id.span, self.ids[first].span, item));
            return false;
        }
        self.ids.push(id);
        self.names.push(name);
        true
    }

    /// The label of this KPI that a name means; a finding when it has none of that name.
    pub(crate) fn refer(&self, name: &Spanned<String>, out: &mut Diagnostics) -> Option<Spanned<LabelId>> {
        if let Some(index) = self.names.iter().position(|other| *other == name.value) {
            return Some(Spanned::new(self.ids[index].value, name.span));
        }
        let meant = nearest(&name.value, self.names.iter().map(String::as_str));
        let shown = crate::syntax::shortened(&name.value);
        let finding = Diagnostic::error(
            codes::UNKNOWN_LABEL,
            name.span,
            match meant {
                Some(meant) => format!("this KPI has no label `{shown}`, did you mean `{meant}`?"),
                None => format!("this KPI has no label `{shown}`"),
            },
        );
        out.push(match meant {
            Some(meant) => finding.replace(name.span, meant),
            None if self.names.is_empty() => finding.help("it has no labels; add them under `labels:`"),
            None => finding.help(format!("it has: {}", self.names.join(", "))),
        });
        None
    }

    /// The labels that a list names.
    pub(crate) fn refer_all(&self, node: &Node, cx: &mut Cx<'_>) -> Vec<Spanned<LabelId>> {
        crate::resolve::each_once(node, "labels", cx.out, |item, out| {
            self.refer(&item.filled_text(out)?, out)
        })
    }
}
