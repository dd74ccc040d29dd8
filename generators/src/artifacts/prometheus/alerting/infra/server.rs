//! Prometheus and Alertmanager themselves: when they fail, every other alert does.

use std::collections::BTreeMap;

use kpi_registry::entity::{Catalog, Severity};
use kpi_registry::promql::{BinaryOp, Expr, Function, Selector};
use kpi_registry::value::{Decimal, PromDuration};

use super::{LONG, Watch, Words, alert, grows, minutes, series, stays};
use crate::artifacts::prometheus::alerting::names::Names;
use crate::artifacts::prometheus::alerting::{Alert, Context};
use crate::wire::template::Template;

/// One thing that may go wrong.
struct Fault {
    catalog: Catalog,
    name: &'static str,
    severity: Severity,
    hold: PromDuration,
    metric: &'static str,
    /// Whether the metric counts faults; else it is 1 as long as all is well.
    counts: bool,
    summary: &'static str,
    description: &'static str,
}

const FAULTS: [Fault; 4] = [
    Fault {
        catalog: Catalog::Prometheus,
        name: "prometheus_rule_failures",
        severity: Severity::Critical,
        hold: minutes(15),
        metric: "prometheus_rule_evaluation_failures_total",
        counts: true,
        summary: "Prometheus can't evaluate some rules",
        description: "Rules fail, so their records have gaps and their alerts are silent. The page of rules shows which.",
    },
    Fault {
        catalog: Catalog::Prometheus,
        name: "prometheus_missed_evaluations",
        severity: Severity::Warning,
        hold: minutes(15),
        metric: "prometheus_rule_group_iterations_missed_total",
        counts: true,
        summary: "Prometheus skips evaluations of rules",
        description: "A group of rules takes longer than its interval: alerts come late. Split it, or give the server more.",
    },
    Fault {
        catalog: Catalog::Prometheus,
        name: "prometheus_reload_failed",
        severity: Severity::Critical,
        hold: minutes(10),
        metric: "prometheus_config_last_reload_successful",
        counts: false,
        summary: "Prometheus refused its configuration",
        description: "It goes on with the one before, so new targets and rules have no effect. Its log says what is wrong.",
    },
    Fault {
        catalog: Catalog::Alertmanager,
        name: "alertmanager_reload_failed",
        severity: Severity::Critical,
        hold: minutes(10),
        metric: "alertmanager_config_last_reload_successful",
        counts: false,
        summary: "Alertmanager refused its configuration",
        description: "It goes on with the one before, so new routes and receivers have no effect. Its log says what is wrong.",
    },
];

/// What its catalog lets watch.
pub(super) fn alerts<'a>(context: &Context<'a>, names: &mut Names) -> Vec<Alert<'a>> {
    let registry = context.registry;
    let used = FAULTS.iter().filter(|fault| registry.uses(fault.catalog));
    let of_fault = |fault: &Fault| {
        let words = Words {
            severity: fault.severity,
            hold: fault.hold,
            agent: &registry.platform.value,
            owner: registry.defaults.owner.as_deref(),
            summary: Template::text(fault.summary),
            description: Template::text(fault.description),
        };
        alert(names.give(&[fault.name]), watch(fault), words)
    };
    used.map(of_fault).collect()
}

fn watch(fault: &Fault) -> Watch {
    let window = minutes(5);
    let over = Selector::new(fault.metric).over(window);
    let labels: BTreeMap<&'static str, String> = [("instance", "test:1".to_owned())].into();
    let (expr, fine, calm, bad, value): (Expr, _, _, _, _) = if fault.counts {
        (over.increase().above_zero(), stays(7), grows(0), grows(1), 5.0)
    } else {
        let best = over.apply(Function::MaxOverTime);
        (best.binary(BinaryOp::Equal, Decimal::ZERO), stays(1), stays(1), stays(0), 0.0)
    };
    Watch {
        expr,
        window,
        series: vec![series(fault.metric, &labels)],
        fine: vec![(LONG, vec![fine]), (LONG, vec![calm])],
        bad: vec![bad],
        fires: (labels, value),
    }
}
