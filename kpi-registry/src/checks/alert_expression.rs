//! Alerts and what their expressions give them.

use super::expressions::Expressions;
use super::prelude::*;
use super::template::actions;
use crate::meaning::Node;
use crate::promql::{BinaryOp, Expr, Function};

check! {
    ExpressionCheck:
    /// An alert fires for every series that its expression has. One that compares nothing fires for as long as the series exist.
    ///
    /// ```yaml
    /// {name: QueueIsLong, expr: auren_queue_length}          # wrong: fires always
    /// {name: QueueIsLong, expr: auren_queue_length > 100}    # right
    /// ```
    AlwaysFires = "KPI1050", "alert that always fires", always_fires
}

fn always_fires(expressions: &Expressions<'_>, out: &mut Diagnostics) {
    for written in &expressions.all {
        let (Some(alert), Ok(root)) = (written.alert, &written.read) else { continue };
        if !may_be_empty(root) {
            let message =
                format!("`{}` fires for as long as its series exist: nothing is compared", alert.name);
            let help = "compare it with a limit, such as `… > 100`; a comparison with `bool` drops nothing";
            out.push(written.warning(AlwaysFires::CODE, &root.places.at, message).help(help));
        }
    }
}

/// Whether something can drop its series.
fn may_be_empty(node: &Node<'_>) -> bool {
    match node.expr {
        Expr::Binary(binary) => match binary.op {
            BinaryOp::And | BinaryOp::Unless => true,
            BinaryOp::Or => node.operands.iter().all(may_be_empty),
            op if op.is_comparison() => !binary.returns_bool,
            _ => node.operands.iter().any(may_be_empty),
        },
        Expr::Call(Function::Absent | Function::AbsentOverTime, _) => true,
        Expr::Call(Function::Vector | Function::Scalar, _) => false,
        // Alerts that fire, which is what is asked for.
        _ if node.selector.and_then(|selector| selector.metric_name()) == Some("ALERTS") => true,
        _ => node.operands.iter().any(may_be_empty),
    }
}

check! {
    ExpressionCheck:
    /// A text of an alert shows a label that the series of its expression don't have, so that nothing stands there: the
    /// expression aggregates it away, or it never existed.
    ///
    /// ```yaml
    /// expr: sum by (agent) (auren_queue_length) > 100
    /// summary: "{{ $labels.instance }} waits"   # wrong: aggregated away
    /// summary: "{{ $labels.agent }} waits"      # right
    /// ```
    TemplateLabel = "KPI1051", "text with a label that the alert doesn't have", template_label
}

fn template_label(expressions: &Expressions<'_>, out: &mut Diagnostics) {
    let external = &expressions.schema.registry().prometheus.external_labels;
    for written in &expressions.all {
        let (Some(alert), Ok(root)) = (written.alert, &written.read) else { continue };
        let labels = &root.shape.labels;
        let texts = [
            ("summary", &alert.summary),
            ("description", &alert.description),
            ("action", &alert.action),
            ("runbook", &alert.runbook),
        ];
        for (key, text) in texts {
            for name in text.iter().flat_map(|text| named_labels(text)) {
                let is_there = labels.may_have(name) || name == "alertname";
                if is_there
                    || alert.labels.keys().any(|own| own == name)
                    || external.keys().any(|own| own == name)
                {
                    continue;
                }
                let known: Vec<&str> = labels.names().collect();
                let help = match known.as_slice() {
                    [] => "no labels are left: name none, or keep some with `by (…)`".to_owned(),
                    known => format!("its labels are {}", listed(known)),
                };
                let message = format!(
                    "`{key}` of `{}` shows the label `{name}`, which the alert doesn't have",
                    alert.name
                );
                out.push(
                    Diagnostic::warning(TemplateLabel::CODE, alert.name.span, message)
                        .label(format!("its `{key}` has `$labels.{name}`"))
                        .help(help),
                );
            }
        }
    }
}

/// The labels that the actions of a text show.
fn named_labels(text: &str) -> impl Iterator<Item = &str> {
    actions(text)
        .flat_map(|action| ["$labels.", ".Labels."].into_iter().flat_map(|of| action.split(of).skip(1)))
        .map(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            &rest[..end]
        })
}
