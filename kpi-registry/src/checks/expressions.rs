//! The expressions that users wrote, as the rules see them.

use std::cell::OnceCell;
use std::ops::Range;

use super::EXPRESSIONS;
use super::prelude::*;
use crate::diagnostic::Code;
use crate::entity::OwnAlert;
use crate::layout::Layout;
use crate::meaning::{Node, Schema, Slos};
use crate::promql::{Dialect, Expr, Places, SyntaxError};
use crate::source::SourceMap;

/// A range of bytes of an expression.
pub(super) type Place = Range<usize>;

/// All expressions of a registry, and the series that they may read.
pub struct Expressions<'a> {
    /// The series.
    pub(super) schema: Schema<'a>,
    /// The expressions of derived KPIs, of alerts and of panels, in this order.
    pub(super) all: Vec<Written<'a>>,
}

/// An expression that somebody wrote.
pub(super) struct Written<'a> {
    /// The expression, or why it is none.
    pub(super) read: Result<Node<'a>, &'a [SyntaxError]>,
    /// Whether it is that of a panel.
    pub(super) is_panel: bool,
    /// The alert whose it is.
    pub(super) alert: Option<&'a OwnAlert>,
    text: &'a Spanned<String>,
    of: &'a str,
    sources: &'a SourceMap,
    layout: OnceCell<Layout<'a>>,
}

/// What is read before its series are known.
struct Text<'a> {
    source: &'a Spanned<String>,
    of: String,
    alert: Option<&'a OwnAlert>,
    is_panel: bool,
    read: Result<(Expr, Places), Vec<SyntaxError>>,
}

/// Runs every rule about expressions.
pub fn check_expressions(registry: &Registry, sources: &SourceMap, out: &mut Diagnostics) {
    let texts: Vec<Text<'_>> = texts(registry).collect();
    // The series of a large registry are many, and most registries have no expressions.
    if texts.is_empty() {
        return;
    }
    let slos = Slos::of(registry);
    judge(schema(registry, &slos, &texts), sources, &texts, out);
}

/// Runs every rule about expressions on one that the registry doesn't have, such as one that was generated from it.
pub fn check_expression(
    registry: &Registry,
    sources: &SourceMap,
    expression: &Spanned<String>,
    dialect: Dialect,
    out: &mut Diagnostics,
) {
    let known: Vec<Text<'_>> = texts(registry).collect();
    let text = Text::read(expression, "this expression".to_owned(), None, dialect);
    let slos = Slos::of(registry);
    judge(schema(registry, &slos, &known), sources, &[text], out);
}

fn judge<'a>(schema: Schema<'a>, sources: &'a SourceMap, texts: &'a [Text<'a>], out: &mut Diagnostics) {
    let all = texts.iter().map(|text| Written {
        read: match &text.read {
            Ok((expr, places)) => Ok(Node::of(expr, places, &schema)),
            Err(errors) => Err(errors.as_slice()),
        },
        is_panel: text.is_panel,
        alert: text.alert,
        text: text.source,
        of: &text.of,
        sources,
        layout: OnceCell::new(),
    });
    let all = all.collect();
    let expressions = Expressions { schema, all };
    for check in EXPRESSIONS {
        (check.run)(&expressions, out);
    }
}

impl<'a> Text<'a> {
    fn read(source: &'a Spanned<String>, of: String, alert: Option<&'a OwnAlert>, dialect: Dialect) -> Self {
        let read = Expr::parse_with_places(source, dialect);
        Self { source, of, alert, is_panel: dialect.variables, read }
    }
}

fn texts(registry: &Registry) -> impl Iterator<Item = Text<'_>> {
    let version = registry.prometheus.version.value;
    let read = Text::read;
    let rules = Dialect::rules(version);
    let derived = registry.kpis.iter().filter_map(move |kpi| match &kpi.kind.value {
        Kind::Derived(text) => Some(read(text, format!("the KPI `{}`", kpi.name), None, rules)),
        _ => None,
    });
    let alerts = registry.alerts.iter();
    let alerts =
        alerts.map(move |alert| read(&alert.expr, format!("the alert `{}`", alert.name), Some(alert), rules));
    let panels = registry.dashboards.iter().flat_map(move |dashboard| {
        let texts = dashboard.panels.iter().filter_map(|panel| panel.expr.as_ref());
        texts.map(move |text| {
            read(text, format!("a panel of `{}`", dashboard.name), None, Dialect::panels(version))
        })
    });
    derived.chain(alerts).chain(panels)
}

/// The series of a registry. What derived KPIs are is what their expressions are, as far as that is known without
/// knowing other derived KPIs.
fn schema<'a>(registry: &'a Registry, slos: &'a Slos<'a>, texts: &'a [Text<'a>]) -> Schema<'a> {
    let mut schema = Schema::of(registry, slos);
    let derived = registry.kpis.iter().filter(|kpi| matches!(kpi.kind.value, Kind::Derived(_)));
    let shapes: Vec<_> = derived
        .zip(texts)
        .filter_map(|(kpi, text)| {
            let (expr, places) = text.read.as_ref().ok()?;
            Some((kpi.metric.as_str(), Node::of(expr, places, &schema).shape))
        })
        .collect();
    for (name, shape) in shapes {
        schema.refine(name, shape);
    }
    schema
}

impl<'a> Expressions<'a> {
    /// Every part of every expression.
    pub(super) fn nodes(&self) -> impl Iterator<Item = (&Written<'a>, &Node<'a>)> {
        self.all.iter().flat_map(|written| written.nodes().map(move |node| (written, node)))
    }
}

impl<'a> Written<'a> {
    /// Every part of it; none of what is no expression.
    pub(super) fn nodes(&self) -> impl Iterator<Item = &Node<'a>> {
        self.read.iter().flat_map(Node::nodes)
    }

    /// Whether Grafana makes something else of a text before Prometheus sees it.
    pub(super) fn has_variables(&self, text: &str) -> bool {
        self.is_panel && (text.contains('$') || text.contains("[["))
    }

    /// A part as it was written.
    pub(super) fn part(&self, at: &Place) -> &'a str {
        self.text.get(at.clone()).unwrap_or_default()
    }

    /// An error at a part.
    pub(super) fn error(&self, code: Code, at: &Place, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, self.span(at), message).label(format!("in {}", self.of))
    }

    /// A warning at a part.
    pub(super) fn warning(&self, code: Code, at: &Place, message: impl Into<String>) -> Diagnostic {
        Diagnostic::warning(code, self.span(at), message).label(format!("in {}", self.of))
    }

    /// Offers to write something else in place of a part, unless it might need escapes there.
    pub(super) fn replace(&self, finding: Diagnostic, at: &Place, instead: &str) -> Diagnostic {
        let span = self.span(at);
        let is_plain = self.part(at) == self.sources.slice(span);
        if is_plain { finding.replace(span, instead) } else { finding.help(format!("write `{instead}`")) }
    }

    /// The place of a part.
    pub(super) fn span(&self, at: &Place) -> Span {
        self.layout.get_or_init(|| Layout::of(self.sources, self.text)).place(at)
    }
}
