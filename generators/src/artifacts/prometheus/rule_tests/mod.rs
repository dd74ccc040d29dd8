//! Tests of the generated alerts, for `promtool test rules`.

mod watched;

use std::borrow::Cow;
use std::collections::BTreeMap;

use kpi_registry::entity::{AgentId, KpiId};
use kpi_registry::registry::Registry;
use kpi_registry::value::{Decimal, PromDuration};

use super::alerting::{self, Alert, Beyond, Condition};
use super::timeline::{
    Labels, MARGIN, Motion, STEP, Timeline, evaluation_after, evaluation_before, minus, sum,
};
use super::{RULES_FROM_TESTS, TESTS, derived, drive, threshold_alerts};
use crate::artifact::{Artifact, File, FileKind};
use crate::wire::rules::{AlertTest, ExpectedAlert, InputSeries, Test, TestFile};
use crate::wire::template::Template;

crate::documented! {
    /// Tests of every generated alert, run by `kpi test`: silent at the threshold, firing just beyond it and not a
    /// moment too early, unmoved by one failed scrape, silent again when the value recovers, when nothing happens
    /// and when there is no data. Those on native histograms put records in the place of samples, which promtool 2.42
    /// can't write.
    pub struct RuleTests;
}

impl Artifact for RuleTests {
    fn id(&self) -> &'static str {
        "prometheus-rule-tests"
    }

    fn group(&self) -> &'static str {
        "prometheus"
    }

    fn about(&self) -> &'static str {
        Self::ABOUT
    }

    fn files(&self, registry: &Registry) -> Vec<File> {
        let plan = alerting::plan(registry);
        let sections = plan.sections.iter().map(|section| {
            (section.name.as_str(), threshold_alerts::name(&section.name), tests(registry, &section.alerts))
        });
        let derived = (derived::NAME, derived::NAME.to_owned(), tests(registry, &plan.derived));
        sections
            .chain([derived])
            .filter(|(_, _, tests)| !tests.is_empty())
            .map(|(name, rules, tests)| {
                let file = TestFile {
                    rule_files: vec![format!("{RULES_FROM_TESTS}/{rules}.yml")],
                    evaluation_interval: STEP.to_string(),
                    tests,
                };
                File::yaml(format!("{TESTS}/{name}.test.yml"), FileKind::PrometheusTests, &file)
            })
            .collect()
    }
}

/// The tests of the alerts of one file: as few as possible, as each costs promtool a new database.
fn tests<'a>(registry: &'a Registry, alerts: &'a [Alert<'a>]) -> Vec<Test<'a>> {
    let mut drafts: BTreeMap<(Part, PromDuration), Draft<'a>> = BTreeMap::new();
    let default = registry.defaults.scrape_interval.value;
    for group in groups(registry, alerts) {
        let interval = registry.scrape_interval(group.kpi);
        thresholds(registry, &group, interval, drafts.entry((group.part, interval)).or_default());
    }
    let mut agents_of: BTreeMap<KpiId, usize> = BTreeMap::new();
    for alert in alerts {
        match &alert.condition {
            Condition::Absent { kpi, metric, agent, agent_name: _ } => {
                let round = agents_of.entry(*kpi).or_default();
                let draft = drafts.entry((Part::NoData(*round), default)).or_default();
                *round += 1;
                no_data(registry, alert, (*kpi, metric), *agent, default, draft);
            }
            Condition::InstanceDown { agent, window } => {
                let draft = drafts.entry((Part::Instances, default)).or_default();
                instance_down(alert, agent, *window, default, draft);
            }
            Condition::AgentDown { agent, window } => {
                let draft = drafts.entry((Part::Agents, default)).or_default();
                agent_down(alert, agent, *window, default, draft);
            }
            Condition::Always => {
                let draft = drafts.entry((Part::Instances, default)).or_default();
                draft.expect(STEP, alert, Some((Labels::new(), 1.0)));
            }
            Condition::Watched(watch) => {
                watched::walk(alert, watch, drafts.entry((Part::Infrastructure, STEP)).or_default());
            }
            Condition::Beyond(_)
            | Condition::Burning(_)
            | Condition::Unmeasured { .. }
            | Condition::Written(_) => {}
        }
    }
    let drafts = drafts.into_iter().filter(|(_, draft)| !draft.expectations.is_empty());
    drafts.map(|((part, interval), draft)| draft.finish(part.name(), interval)).collect()
}

/// What one test is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    /// Thresholds of KPIs; a KPI with other thresholds for other agents needs several tests, so that the series of
    /// one agent do not make the alerts of the other fire.
    Thresholds(usize),
    /// Thresholds of one derived KPI, which others may be computed from.
    Derived(KpiId, usize),
    /// KPIs that disappear, one agent's after the other.
    NoData(usize),
    /// Instances that go down.
    Instances,
    /// Agents that go down.
    Agents,
    /// What they run on.
    Infrastructure,
}

impl Part {
    const fn name(self) -> &'static str {
        match self {
            Self::Thresholds(_) | Self::Derived(..) => "thresholds",
            Self::NoData(_) => "no data",
            Self::Instances => "instances",
            Self::Agents => "agents",
            Self::Infrastructure => "infrastructure",
        }
    }
}

/// A test on its way.
#[derive(Default)]
struct Draft<'a> {
    series: Vec<InputSeries>,
    /// When it is the turn of the next alert, where one comes after the other.
    turn: PromDuration,
    expectations: Vec<(PromDuration, AlertTest<'a>)>,
}

impl<'a> Draft<'a> {
    /// Expects an alert to fire once, with the labels of the expression and its value; or not at all.
    fn expect(&mut self, at: PromDuration, alert: &'a Alert<'a>, firing: Option<(Labels<'a>, f64)>) {
        let exp_alerts = firing.map(|(labels, value)| expected(alert, &labels, value)).into_iter().collect();
        let test = AlertTest { eval_time: at.to_string(), alertname: Cow::Borrowed(&alert.name), exp_alerts };
        self.expectations.push((at, test));
    }

    fn add(&mut self, timeline: Timeline) {
        let series = timeline.into_series();
        self.series.extend(series.map(|(series, values)| InputSeries { series, values }));
    }

    fn finish(self, name: &str, interval: PromDuration) -> Test<'a> {
        let mut expectations = self.expectations;
        expectations.sort_by_key(|(at, _)| *at);
        Test {
            name: name.to_owned(),
            interval: interval.to_string(),
            input_series: self.series,
            alert_rule_test: expectations.into_iter().map(|(_, test)| test).collect(),
            promql_expr_test: Vec::new(),
        }
    }
}

/// An alert that fires, as Prometheus sends it.
pub(super) fn expected<'a>(alert: &'a Alert<'a>, of_series: &Labels<'a>, value: f64) -> ExpectedAlert<'a> {
    // Templates see the labels of the expression; the rule's own then replace those of one name.
    let render =
        |(name, text): (&&'a str, &Template<'a>)| (Cow::Borrowed(*name), text.render(of_series, value));
    let series = of_series.iter().map(|(name, value)| (Cow::Borrowed(*name), Cow::Borrowed(*value)));
    ExpectedAlert {
        exp_labels: series.chain(alert.labels.iter().map(render)).collect(),
        exp_annotations: alert.annotations.iter().map(render).collect(),
    }
}

/// Threshold alerts that the same series can test: those on one KPI and the same agents.
struct Group<'a> {
    part: Part,
    kpi: KpiId,
    agent: Option<AgentId>,
    /// An agent that emits the KPI and that these alerts are not about.
    bystander: Option<AgentId>,
    alerts: Vec<&'a Alert<'a>>,
}

fn groups<'a>(registry: &Registry, alerts: &'a [Alert<'a>]) -> Vec<Group<'a>> {
    let mut by_agents: BTreeMap<KpiId, BTreeMap<&[AgentId], Vec<&Alert<'_>>>> = BTreeMap::new();
    for alert in alerts {
        if let Condition::Beyond(beyond) = &alert.condition {
            by_agents.entry(beyond.kpi).or_default().entry(&beyond.agents).or_default().push(alert);
        }
    }
    let flat = by_agents.into_iter().flat_map(|(kpi, by_agents)| {
        let derived = derived::expression(registry, kpi).is_some();
        by_agents.into_iter().enumerate().map(move |(index, (agents, alerts))| Group {
            part: if derived { Part::Derived(kpi, index) } else { Part::Thresholds(index) },
            kpi,
            agent: agents.first().copied(),
            bystander: registry.agents_of(kpi).into_iter().find(|agent| !agents.contains(agent)),
            alerts,
        })
    });
    flat.collect()
}

/// Walks a KPI past each of its thresholds in turn, then through silence and absence.
fn thresholds<'a>(registry: &'a Registry, group: &Group<'a>, interval: PromDuration, draft: &mut Draft<'a>) {
    let Group { part: _, kpi, agent, bystander, alerts } = group;
    if derived::may_exist_without_input(registry, *kpi) {
        return;
    }
    let source = drive::Source::new(registry, *kpi, *agent);
    let bystander = bystander.map(|agent| drive::Source::new(registry, *kpi, Some(agent)));
    let mut timeline: Option<Timeline> = None;
    let (mut walked, mut longest, mut idle) = (Vec::new(), PromDuration::ZERO, None);
    for alert in alerts {
        let Condition::Beyond(beyond) = &alert.condition else {
            continue;
        };
        let Some(drive) = source
            .drive(beyond, interval, |value| alert.annotations.values().all(|text| text.is_steady(value)))
        else {
            continue;
        };
        let timeline = timeline.get_or_insert_with(|| {
            // The bystander moves alike, and these alerts must not see it.
            let bystander = bystander.as_ref().and_then(|source| source.drive(beyond, interval, |_| true));
            let bystander = bystander.map_or(Vec::new(), |drive| drive.series);
            Timeline::new(interval, drive.series.iter().cloned().chain(bystander))
        });
        level(timeline, interval, alert, beyond, &drive, draft);
        longest = longest.max(settled(alert, beyond));
        walked.push((*alert, drive.labels.clone(), drive.fires_idle));
        idle = drive.idle.or(idle);
    }
    let Some(mut timeline) = timeline else {
        return;
    };
    if let Some(idle) = idle {
        timeline.pass(longest, &idle);
        let at = evaluation_before(minus(timeline.now(), interval));
        for (alert, labels, fires) in &walked {
            draft.expect(at, alert, fires.then(|| (labels.clone(), 0.0)));
        }
    }
    timeline.pass(longest, &[]);
    let at = evaluation_before(minus(timeline.now(), interval));
    for (alert, _, _) in walked {
        draft.expect(at, alert, None);
    }
    draft.add(timeline);
}

/// How long it takes at most until an alert has made up its mind.
fn settled(alert: &Alert<'_>, beyond: &Beyond) -> PromDuration {
    let keep = alert.keep_firing_for.unwrap_or(PromDuration::ZERO);
    sum([beyond.window, alert.hold, keep, MARGIN, STEP])
}

/// Walks a KPI past one threshold and back.
fn level<'a>(
    timeline: &mut Timeline,
    interval: PromDuration,
    alert: &'a Alert<'a>,
    beyond: &Beyond,
    drive: &drive::Drive<'a>,
    draft: &mut Draft<'a>,
) {
    let (window, hold) = (beyond.window, alert.hold);
    let firing = || Some((drive.labels.clone(), drive.value));
    // At the threshold, or just inside it: silent.
    timeline.pass(settled(alert, beyond), &drive.inside);
    draft.expect(evaluation_before(minus(timeline.now(), interval)), alert, None);
    // Far inside, so that a window turns bad only when all of it is beyond.
    let earliest = match &drive.far {
        Some(far) => {
            timeline.pass(sum([window, STEP]), far);
            // The least event is too much for a threshold of zero.
            let share = if beyond.value.is_zero() { 0 } else { 9 };
            PromDuration::from_millis(window.as_millis() / 10 * share)
        }
        None => minus(window, interval),
    };
    // Just beyond: fires when the window is full and the hold is over, and not before.
    let start = timeline.now();
    let pending = minus(evaluation_before(sum([start, earliest, hold])), MARGIN);
    if pending > start {
        draft.expect(pending, alert, None);
    }
    let fires = sum([evaluation_after(sum([start, window, hold])), MARGIN]);
    if drive.far.is_none() {
        // One failed scrape, in the middle of the evaluation before.
        let failed = minus(fires, STEP).as_millis() / interval.as_millis().max(1);
        timeline.pass_until(interval.times(failed), &drive.beyond);
        timeline.pass(interval, &[]);
    }
    timeline.pass_until(sum([fires, interval]), &drive.beyond);
    draft.expect(fires, alert, firing());
    // Back: goes on firing as long as asked, then clears.
    let back = timeline.now();
    let keep = alert.keep_firing_for.unwrap_or(PromDuration::ZERO);
    let kept = minus(evaluation_before(sum([back, keep])), MARGIN);
    if drive.far.is_none() && kept > back {
        draft.expect(kept, alert, firing());
    }
    let clear = sum([evaluation_after(sum([back, window, keep])), MARGIN]);
    timeline.pass_until(sum([clear, interval]), &drive.inside);
    draft.expect(clear, alert, None);
}

/// There, gone for long enough, there again; another agent's series is there all the time.
fn no_data<'a>(
    registry: &'a Registry,
    alert: &'a Alert<'a>,
    (kpi, metric): (KpiId, &str),
    agent: Option<AgentId>,
    interval: PromDuration,
    draft: &mut Draft<'a>,
) {
    let agents = registry.agents_of(kpi);
    let source = drive::Source::new(registry, kpi, agent.or_else(|| agents.first().copied()));
    let mut timeline = Timeline::new(interval, [source.named(metric)]);
    let there = [Motion::Stays(Decimal::ONE)];
    timeline.pass(sum([MARGIN, STEP]), &there);
    let gone = timeline.now();
    draft.expect(MARGIN, alert, None);
    let name = agent.map(|agent| registry.agent(agent).name.value.as_str());
    let labels: Labels<'_> = name.map(|name| ("agent", name)).into_iter().collect();
    around_hold(&mut timeline, alert, gone, &[], labels, interval, draft);
    let back = timeline.now();
    let clear = sum([evaluation_after(back), MARGIN]);
    timeline.pass_until(sum([clear, interval]), &there);
    draft.expect(clear, alert, None);
    if let Some(other) = agents.into_iter().find(|other| agent.is_some_and(|agent| agent != *other)) {
        let other = drive::Source::new(registry, kpi, Some(other));
        let mut always = Timeline::new(interval, [other.named(metric)]);
        always.pass_until(timeline.now(), &there);
        draft.add(always);
    }
    draft.add(timeline);
}

/// Expects silence just before the hold is over and an alert just after it.
fn around_hold<'a>(
    timeline: &mut Timeline,
    alert: &'a Alert<'a>,
    since: PromDuration,
    motions: &[Motion],
    labels: Labels<'a>,
    interval: PromDuration,
    draft: &mut Draft<'a>,
) {
    let pending = minus(evaluation_before(sum([since, alert.hold])), MARGIN);
    if pending > since {
        draft.expect(pending, alert, None);
    }
    let fires = sum([evaluation_after(sum([since, alert.hold])), MARGIN]);
    draft.expect(fires, alert, Some((labels, value_of_presence(alert))));
    timeline.pass_until(sum([fires, interval]), motions);
}

/// The value of an alert on something missing: `absent()` is 1, `up` is 0.
const fn value_of_presence(alert: &Alert<'_>) -> f64 {
    match alert.condition {
        Condition::InstanceDown { .. } | Condition::AgentDown { .. } => 0.0,
        _ => 1.0,
    }
}

fn up<'a>(agent: &'a str, instance: &'a str) -> Labels<'a> {
    Labels::from([("agent", agent), ("instance", instance), ("job", agent)])
}

/// Of two instances one fails for long enough, and comes back.
fn instance_down<'a>(
    alert: &'a Alert<'a>,
    agent: &'a str,
    window: PromDuration,
    interval: PromDuration,
    draft: &mut Draft<'a>,
) {
    let series = ["test:1", "test:2"].map(|instance| drive::series("up", &up(agent, instance)));
    let mut timeline = Timeline::new(interval, series);
    let (up_now, down) = (Motion::Stays(Decimal::ONE), Motion::Stays(Decimal::ZERO));
    timeline.pass(sum([MARGIN, STEP]), &[up_now, up_now]);
    draft.expect(MARGIN, alert, None);
    // A window that begins with the last good scrape is not bad yet.
    let since = sum([timeline.now(), window]);
    around_hold(&mut timeline, alert, since, &[down, up_now], up(agent, "test:1"), interval, draft);
    let clear = sum([evaluation_after(timeline.now()), MARGIN]);
    timeline.pass_until(sum([clear, interval]), &[up_now, up_now]);
    draft.expect(clear, alert, None);
    draft.add(timeline);
}

/// One of two instances fails, then both, then both are gone altogether, then they are back.
fn agent_down<'a>(
    alert: &'a Alert<'a>,
    agent: &'a str,
    window: PromDuration,
    interval: PromDuration,
    draft: &mut Draft<'a>,
) {
    let series = ["test:1", "test:2"].map(|instance| drive::series("up", &up(agent, instance)));
    let mut timeline = Timeline::new(interval, series);
    let (up_now, down) = (Motion::Stays(Decimal::ONE), Motion::Stays(Decimal::ZERO));
    let labels = Labels::from([("job", agent)]);
    timeline.pass(sum([window, alert.hold, MARGIN, STEP]), &[down, up_now]);
    draft.expect(evaluation_before(minus(timeline.now(), interval)), alert, None);
    let since = sum([timeline.now(), window]);
    around_hold(&mut timeline, alert, since, &[down, down], labels.clone(), interval, draft);
    timeline.pass(sum([window, MARGIN, STEP]), &[]);
    let gone = evaluation_before(minus(timeline.now(), interval));
    draft.expect(gone, alert, Some((labels, value_of_presence(alert))));
    let clear = sum([evaluation_after(timeline.now()), MARGIN]);
    timeline.pass_until(sum([clear, interval]), &[up_now, up_now]);
    draft.expect(clear, alert, None);
    draft.add(timeline);
}
