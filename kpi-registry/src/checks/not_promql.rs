//! Texts that are no PromQL.

use super::expressions::Expressions;
use super::prelude::*;

check! {
    ExpressionCheck:
    /// Expressions of derived KPIs, of alerts and of panels are PromQL as the declared version of Prometheus has it, and every
    /// function and operator gets what it works on. Prometheus would refuse the whole file of rules for one that isn't.
    ///
    /// ```yaml
    /// - {name: QueueGrows, expr: "rate(auren_requests_total) > 0"}       # wrong: a rate needs a range
    /// - {name: QueueGrows, expr: "rate(auren_requests_total[5m]) > 0"}   # right
    /// ```
    NotPromql = "KPI1040", "expression that is no PromQL", not_promql
}

fn not_promql(expressions: &Expressions<'_>, out: &mut Diagnostics) {
    for written in &expressions.all {
        let Err(errors) = &written.read else { continue };
        for error in *errors {
            let mut finding = written.error(NotPromql::CODE, &error.at, error.message.clone());
            if let Some(help) = &error.help {
                finding = finding.help(help);
            }
            if let Some(instead) = &error.instead {
                finding = written.replace(finding, &error.at, instead);
            }
            if finding.help.is_empty() && finding.patch.is_none() {
                finding = finding.help("write it as Prometheus reads it");
            }
            out.push(finding);
        }
    }
}
