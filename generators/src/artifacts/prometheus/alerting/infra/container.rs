//! The container of an agent, as cAdvisor and kube-state-metrics see it.

use std::collections::BTreeMap;

use kpi_registry::entity::{Agent, AgentId, Catalog, Severity};
use kpi_registry::promql::{AggregateOp, BinaryOp, Expr, Function, Grouping, Matching, Selector};
use kpi_registry::registry::Registry;
use kpi_registry::value::{Decimal, PromDuration};

use super::{LONG, Watch, Words, alert, grows, minutes, series, stays, where_any};
use crate::artifacts::prometheus::alerting::names::Names;
use crate::artifacts::prometheus::alerting::presence::is_scraped;
use crate::artifacts::prometheus::alerting::{Alert, Context};
use crate::artifacts::prometheus::timeline::Motion;
use crate::wire::template::{Template, ValueFormat};

/// Every alert on the container of an agent; none when it names no container, or nobody watches containers.
pub(in super::super) fn alerts<'a>(context: &Context<'a>, id: AgentId, names: &mut Names) -> Vec<Alert<'a>> {
    let registry = context.registry;
    let agent = registry.agent(id);
    let Some(container) = &agent.container else { return Vec::new() };
    let found = Found { label: label(registry), container: &container.value };
    let mut watched: Vec<(&str, Watch, Words<'a>)> = Vec::new();
    if registry.uses(Catalog::Cadvisor) {
        watched.extend([
            found.gone(words(registry, agent, is_scraped(registry, id))),
            found.memory(words(registry, agent, true)),
            found.throttled(words(registry, agent, true)),
        ]);
    }
    if registry.uses(Catalog::KubeStateMetrics) {
        watched.extend([
            found.waiting_in_crash_loop(words(registry, agent, true)),
            found.killed_in_pod(words(registry, agent, true)),
        ]);
    } else if registry.uses(Catalog::Cadvisor) {
        watched.extend([
            found.crash_loop(words(registry, agent, true)),
            found.out_of_memory(words(registry, agent, true)),
        ]);
    }
    let watched = watched.into_iter();
    watched.map(|(what, watch, words)| alert(names.give(&[&agent.name, what]), watch, words)).collect()
}

/// In Kubernetes a container has a name of its own; elsewhere cAdvisor knows the engine's.
fn label(registry: &Registry) -> &'static str {
    if registry.uses(Catalog::KubeStateMetrics) { "container" } else { "name" }
}

/// A warning, unless nothing else would tell.
fn words<'a>(registry: &'a Registry, agent: &'a Agent, others_tell: bool) -> Words<'a> {
    Words {
        severity: if others_tell { Severity::Warning } else { Severity::Critical },
        hold: minutes(5),
        agent: &agent.name.value,
        owner: agent.owner.as_deref().or(registry.defaults.owner.as_deref()),
        summary: Template::text(format!("The container of {}", agent.name)),
        description: Template::default(),
    }
}

/// How a container is found.
struct Found<'a> {
    label: &'static str,
    container: &'a str,
}

type Watched<'a> = (&'static str, Watch, Words<'a>);

impl Found<'_> {
    fn select(&self, metric: &str) -> Selector {
        Selector::new(metric).eq(self.label, self.container)
    }

    fn labels(&self) -> BTreeMap<&'static str, String> {
        [(self.label, self.container.to_owned()), ("instance", "test:1".into())].into()
    }

    fn series(&self, metric: &str) -> String {
        series(metric, &self.labels())
    }

    /// When a container is gone its series go stale, so only `absent` tells; and only while cAdvisor is there.
    fn gone<'w>(&self, words: Words<'w>) -> Watched<'w> {
        const SEEN: &str = "container_last_seen";
        let absent = Expr::call(Function::Absent, [self.select(SEEN).into()]);
        let any = Expr::from(Selector::new(SEEN)).aggregate(AggregateOp::Count, Grouping::All);
        let other = series(SEEN, &[("id", "/".to_owned()), ("instance", "test:1".into())].into());
        let watch = Watch {
            expr: where_any(absent, any),
            window: minutes(5),
            series: vec![self.series(SEEN), other],
            fine: vec![(LONG, vec![stays(1), stays(1)]), (LONG, vec![Motion::Absent, Motion::Absent])],
            bad: vec![Motion::Absent, stays(1)],
            fires: ([(self.label, self.container.to_owned())].into(), 1.0),
        };
        let description =
            "cAdvisor sees other containers and not this one: it was removed, or never started.";
        let words = Words {
            summary: words.summary.then(" is gone"),
            description: Template::text(description),
            ..words
        };
        ("container_gone", watch, words)
    }

    /// Without a limit there is nothing to compare with, and the limit reads 0.
    fn memory<'w>(&self, words: Words<'w>) -> Watched<'w> {
        const USED: &str = "container_memory_working_set_bytes";
        const LIMIT: &str = "container_spec_memory_limit_bytes";
        let limit = Expr::from(self.select(LIMIT)).above_zero();
        let share = Expr::from(self.select(USED)).divided_by(limit);
        let watch = Watch {
            expr: share.greater_than(Decimal::new(9, 1)),
            window: minutes(1),
            series: vec![self.series(USED), self.series(LIMIT)],
            fine: vec![(LONG, vec![stays(900), stays(1000)]), (LONG, vec![stays(900), stays(0)])],
            bad: vec![stays(901), stays(1000)],
            fires: (self.labels(), 0.901),
        };
        let description = Template::text("It uses ").value(ValueFormat::Percentage);
        let words = Words {
            hold: minutes(10),
            summary: words.summary.then(" is near its memory limit"),
            description: description.then(" of its limit; above it, the kernel kills it."),
            ..words
        };
        ("memory_high", watch, words)
    }

    fn throttled<'w>(&self, words: Words<'w>) -> Watched<'w> {
        const ALL: &str = "container_cpu_cfs_periods_total";
        const THROTTLED: &str = "container_cpu_cfs_throttled_periods_total";
        let over = |metric| self.select(metric).over(minutes(5)).increase();
        let share = over(THROTTLED).divided_by(over(ALL).above_zero());
        let watch = Watch {
            expr: share.greater_than(Decimal::new(25, 2)),
            window: minutes(5),
            series: vec![self.series(THROTTLED), self.series(ALL)],
            // Far above zero, or Prometheus would extrapolate the two counters differently.
            fine: vec![
                (minutes(1), vec![stays(1_000_000), stays(1_000_000)]),
                (LONG, vec![grows(249), grows(1000)]),
                (LONG, vec![grows(0), grows(0)]),
            ],
            bad: vec![grows(260), grows(1000)],
            fires: (self.labels(), 0.26),
        };
        let description = Template::text("It had to wait for CPU time in ").value(ValueFormat::Percentage);
        let words = Words {
            hold: minutes(15),
            summary: words.summary.then(" is throttled"),
            description: description.then(" of the periods of the last 5m: its CPU limit is too low."),
            ..words
        };
        ("cpu_throttled", watch, words)
    }

    /// A container that is restarted keeps its series and changes its start.
    fn crash_loop<'w>(&self, words: Words<'w>) -> Watched<'w> {
        const STARTED: &str = "container_start_time_seconds";
        let changes = self.select(STARTED).over(minutes(15)).apply(Function::Changes);
        let watch = Watch {
            expr: changes.greater_than(Decimal::from(2)),
            window: minutes(15),
            series: vec![self.series(STARTED)],
            fine: vec![
                (minutes(5), vec![stays(1000)]),
                (minutes(5), vec![stays(1600)]),
                (minutes(9), vec![stays(2200)]),
            ],
            bad: vec![grows(60)],
            fires: (self.labels(), 15.0),
        };
        let words = Words {
            summary: words.summary.then(" restarts again and again"),
            description: Template::text("It was started more than twice in the last 15m."),
            ..words
        };
        ("crash_loop", watch, words)
    }

    fn out_of_memory<'w>(&self, words: Words<'w>) -> Watched<'w> {
        const EVENTS: &str = "container_oom_events_total";
        let increase = self.select(EVENTS).over(minutes(10)).increase();
        let watch = Watch {
            expr: increase.above_zero(),
            window: minutes(10),
            series: vec![self.series(EVENTS)],
            fine: vec![(LONG, vec![stays(3)]), (LONG, vec![grows(0)])],
            bad: vec![grows(1)],
            fires: (self.labels(), 10.0),
        };
        ("out_of_memory", watch, killed(words))
    }

    fn waiting_in_crash_loop<'w>(&self, words: Words<'w>) -> Watched<'w> {
        const WAITING: &str = "kube_pod_container_status_waiting_reason";
        let reason =
            |reason: &str| [(self.label, self.container.to_owned()), ("reason", reason.to_owned())].into();
        let waiting = self.select(WAITING).eq("reason", "CrashLoopBackOff").over(minutes(5));
        let watch = Watch {
            expr: waiting.apply(Function::MaxOverTime).binary(BinaryOp::Equal, Decimal::ONE),
            window: minutes(5),
            series: vec![
                series(WAITING, &reason("CrashLoopBackOff")),
                series(WAITING, &reason("ImagePullBackOff")),
            ],
            fine: vec![(LONG, vec![Motion::Absent, stays(1)])],
            bad: vec![stays(1), Motion::Absent],
            fires: (reason("CrashLoopBackOff"), 1.0),
        };
        let words = Words {
            summary: words.summary.then(" restarts again and again"),
            description: Template::text("Kubernetes waits longer and longer before it starts it again."),
            ..words
        };
        ("crash_loop", watch, words)
    }

    /// The reason stays until the next end, so a restart must have come with it.
    fn killed_in_pod<'w>(&self, words: Words<'w>) -> Watched<'w> {
        const REASON: &str = "kube_pod_container_status_last_terminated_reason";
        const RESTARTS: &str = "kube_pod_container_status_restarts_total";
        let was_killed =
            Expr::from(self.select(REASON).eq("reason", "OOMKilled")).binary(BinaryOp::Equal, Decimal::ONE);
        let restarted = self.select(RESTARTS).over(minutes(10)).increase().above_zero();
        let on = Matching::on(["namespace", "pod", "container"]);
        let labels = self.labels();
        let mut with_reason = labels.clone();
        with_reason.insert("reason", "OOMKilled".into());
        let watch = Watch {
            expr: was_killed.binary_matching(BinaryOp::And, on, restarted),
            window: minutes(10),
            series: vec![series(REASON, &with_reason), series(RESTARTS, &labels)],
            fine: vec![(LONG, vec![Motion::Absent, grows(1)]), (LONG, vec![stays(1), grows(0)])],
            bad: vec![stays(1), grows(1)],
            fires: (with_reason, 1.0),
        };
        ("out_of_memory", watch, killed(words))
    }
}

fn killed(words: Words<'_>) -> Words<'_> {
    Words {
        hold: PromDuration::ZERO,
        summary: words.summary.then(" was out of memory"),
        description: Template::text("The kernel killed it, or a process in it, in the last 10m."),
        ..words
    }
}
