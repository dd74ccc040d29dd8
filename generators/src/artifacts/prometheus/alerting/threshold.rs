//! Alerts on thresholds, and those that users wrote themselves.

use std::collections::BTreeMap;

use kpi_registry::entity::{AgentId, Kind, KpiId, Level, Measure, Recipe, Spread, Threshold};
use kpi_registry::promql::{Dialect, Expr, Matcher};
use kpi_registry::registry::Registry;

use super::names::Names;
use super::text::{self, Writing};
use super::{Alert, Beyond, Condition, Context};
use crate::wire::template::Template;
use kpi_registry::series::{Reading, smoothing};

/// Every alert on the thresholds of a KPI, in ascending order of level.
pub(super) fn alerts<'a>(context: &Context<'a>, id: KpiId, names: &mut Names) -> Vec<Alert<'a>> {
    if context.registry.kpi(id).watched().is_err() {
        return Vec::new();
    }
    let by_level = Level::ALL.into_iter().flat_map(|level| {
        let variants = variants(context, id, level);
        let alone = variants.len() == 1;
        variants.into_iter().map(move |variant| (level, alone, variant))
    });
    by_level.map(|(level, alone, variant)| alert(context, id, level, alone, &variant, names)).collect()
}

/// A threshold and the agents it holds for.
struct Variant<'a> {
    agents: Vec<AgentId>,
    threshold: &'a Threshold,
    actions: &'a [String],
    /// Whether other agents have other thresholds, or none.
    exclusive: bool,
}

/// The different thresholds of one level, each with its agents in order of the registry.
fn variants<'a>(context: &Context<'a>, id: KpiId, level: Level) -> Vec<Variant<'a>> {
    let registry = context.registry;
    let kpi = registry.kpi(id);
    let agents = registry.agents_of(id);
    if agents.is_empty() {
        let only = kpi.thresholds.get(level);
        return only
            .map(|threshold| Variant { agents, threshold, actions: &[], exclusive: false })
            .into_iter()
            .collect();
    }
    let mut variants: Vec<Variant<'_>> = Vec::new();
    for agent in &agents {
        let view = context.views.get(&(id, *agent));
        let own = view.and_then(|view| view.thresholds.get(level));
        let Some(threshold) = own.or_else(|| kpi.thresholds.get(level)) else {
            continue;
        };
        let actions = view.map_or(&[][..], |view| view.actions.as_slice());
        let same =
            |variant: &&mut Variant<'_>| alike(variant.threshold, threshold) && variant.actions == actions;
        match variants.iter_mut().find(same) {
            Some(variant) => variant.agents.push(*agent),
            None => variants.push(Variant { agents: vec![*agent], threshold, actions, exclusive: true }),
        }
    }
    for variant in &mut variants {
        variant.exclusive = variant.agents.len() < agents.len();
    }
    variants
}

/// Whether two thresholds say the same, wherever they were written.
fn alike(a: &Threshold, b: &Threshold) -> bool {
    let parts = |threshold: &Threshold| {
        let Threshold { value, hold, keep_firing_for, action, severity } = threshold.clone();
        (value.value, hold, keep_firing_for, action, severity)
    };
    parts(a) == parts(b)
}

fn alert<'a>(
    context: &Context<'a>,
    id: KpiId,
    level: Level,
    alone: bool,
    variant: &Variant<'a>,
    names: &mut Names,
) -> Alert<'a> {
    let registry = context.registry;
    let kpi = registry.kpi(id);
    let threshold = variant.threshold;
    let reading = Reading::watched(registry, id);
    let smoothing = || smoothing(registry.scrape_interval(id));
    let (metric, window) = match &reading {
        Some(reading) if reading.is_recorded() => (reading.record_name(), smoothing()),
        Some(reading) => (kpi.metric.value.clone(), reading.window),
        None => (kpi.metric.value.clone(), smoothing()),
    };
    let agent_names: Vec<&str> =
        variant.agents.iter().map(|agent| registry.agent(*agent).name.value.as_str()).collect();
    let distinct = if alone { "" } else { agent_names.first().copied().unwrap_or_default() };
    let beyond = Beyond {
        kpi: id,
        metric,
        reading,
        window,
        only: variant.exclusive.then(|| Matcher::any_of("agent", &agent_names)),
        agents: variant.agents.clone(),
        value: threshold.value.value,
        level,
    };
    Alert {
        name: names.give(&[&kpi.name, word(level), distinct]),
        hold: threshold.hold,
        keep_firing_for: threshold.keep_firing_for,
        labels: labels(registry, &beyond, threshold),
        annotations: annotations(context, &beyond, variant),
        condition: Condition::Beyond(Box::new(beyond)),
    }
}

/// How a level is called in the name of an alert.
const fn word(level: Level) -> &'static str {
    match level {
        Level::CriticalLow => "critically_low",
        Level::WarningLow => "low",
        Level::WarningHigh => "high",
        Level::CriticalHigh => "critically_high",
    }
}

fn labels<'a>(
    registry: &'a Registry,
    beyond: &Beyond,
    threshold: &Threshold,
) -> BTreeMap<&'a str, Template<'a>> {
    let kpi = registry.kpi(beyond.kpi);
    let mut labels = BTreeMap::from([
        ("kpi", Template::text(&*kpi.name.value)),
        ("severity", Template::text(threshold.severity.as_str())),
    ]);
    let owner = registry.owner_of(beyond.kpi, &beyond.agents);
    labels.extend(owner.map(|owner| ("team", Template::text(owner))));
    let agent = match beyond.agents.as_slice() {
        [only] => Some(Template::text(&*registry.agent(*only).name.value)),
        // A user's expression may have dropped the label; every alert must have one.
        _ if matches!(kpi.kind.value, Kind::Derived(_)) => {
            Some(Template::default().label_or("agent", &registry.platform.value))
        }
        [] => Some(Template::default().label_or("agent", &registry.platform.value)),
        _ => None,
    };
    labels.extend(agent.map(|agent| ("agent", agent)));
    labels
}

/// The labels the expression keeps, but for `agent`.
fn kept(context: &Context<'_>, beyond: &Beyond) -> Vec<String> {
    let registry = context.registry;
    let kpi = registry.kpi(beyond.kpi);
    let labels = if let Some(reading) = &beyond.reading {
        reading.labels.clone()
    } else {
        let derived = matches!(kpi.kind.value, Kind::Derived(_));
        let of_target: &[&str] = if derived { &[] } else { &context.target_labels };
        let own = kpi.labels.iter().map(|label| registry.label(label.value).name.value.clone());
        let instance = (!derived).then(|| "instance".to_owned());
        of_target.iter().map(|label| (*label).to_owned()).chain(instance).chain(own).collect()
    };
    labels.into_iter().filter(|label| label != "agent").collect()
}

fn annotations<'a>(
    context: &Context<'a>,
    beyond: &Beyond,
    variant: &Variant<'a>,
) -> BTreeMap<&'static str, Template<'a>> {
    let registry = context.registry;
    let kpi = registry.kpi(beyond.kpi);
    let measure = beyond.reading.as_ref().map_or(Measure::Unit, |reading| reading.recipe.measure());
    let writing = Writing::new(&kpi.unit, measure, beyond.window, beyond.value);
    let bound = format!("{} {}", side(beyond.level), writing.exact(beyond.value));
    let subject = text::of_agent(subject(&kpi.name, beyond), registry, &beyond.agents);
    let start = Template::text(format!("{}. The value is ", text::unstopped(&kpi.description)));
    let hold = variant.threshold.hold;
    let lasting =
        if hold.is_zero() { format!(", {bound}") } else { format!(" and has been {bound} for {hold}") };
    let description = writing.value(start).then(lasting);
    let description = text::places(description, kept(context, beyond)).then(".");
    let action = variant.threshold.action.as_ref().or(kpi.action.as_ref());
    let agent_actions = (!variant.actions.is_empty()).then(|| variant.actions.join(", "));
    [
        ("summary", Some(subject.then(format!(" is {bound}")))),
        ("description", Some(description)),
        ("action", action.map(Template::text)),
        ("agent_actions", agent_actions.map(Template::text)),
        ("runbook_url", kpi.runbook.as_ref().map(Template::text)),
        ("dashboard_url", text::panel_link(context, beyond.kpi, &beyond.agents)),
    ]
    .into_iter()
    .filter_map(|(name, text)| Some((name, text?)))
    .collect()
}

const fn side(level: Level) -> &'static str {
    if level.is_low() { "below" } else { "above" }
}

/// What is compared with the threshold, in words.
fn subject(name: &str, beyond: &Beyond) -> String {
    let Some(reading) = &beyond.reading else {
        return name.to_owned();
    };
    let spread = |spread| match spread {
        Spread::Mean => "mean",
        Spread::Min => "least",
        Spread::Max => "greatest",
    };
    let percent = |q: kpi_registry::value::Decimal| q.checked_mul(100.into()).unwrap_or(q);
    match reading.recipe {
        Recipe::Rate | Recipe::BucketRate | Recipe::NativeRate => format!("Rate of {name}"),
        Recipe::Increase | Recipe::BucketIncrease | Recipe::NativeIncrease => format!("Increase of {name}"),
        Recipe::SpreadOfRates(which) => format!("The {} rate of {name}", spread(which)),
        Recipe::SpreadNow(which) | Recipe::SpreadOverTime(which) => format!("The {} {name}", spread(which)),
        Recipe::Sum | Recipe::SumOfMeans => format!("The sum of {name}"),
        Recipe::CountSeries => format!("The number of series of {name}"),
        Recipe::Last => name.to_owned(),
        Recipe::Delta => format!("The change of {name}"),
        Recipe::Trend => format!("The trend of {name}"),
        Recipe::BucketFraction(limit) | Recipe::NativeFraction(limit) => {
            format!("The share of {name} up to {limit}")
        }
        Recipe::QuantileOverTime(q)
        | Recipe::QuantileAcross(q)
        | Recipe::BucketQuantile(q)
        | Recipe::NativeQuantile(q) => format!("p{} of {name}", percent(q)),
        Recipe::BucketMean | Recipe::NativeMean => format!("The mean {name}"),
    }
}

/// The alerts under `alerts:`, as they were written.
pub(super) fn written(registry: &Registry) -> impl Iterator<Item = Alert<'_>> {
    let dialect = Dialect::rules(registry.prometheus.version.value);
    registry.alerts.iter().filter_map(move |own| {
        let mut labels: BTreeMap<&str, Template<'_>> =
            own.labels.iter().map(|(name, value)| (name.as_str(), Template::raw(value))).collect();
        labels.insert("severity", Template::text(own.severity.as_str()));
        let owner = own.owner.as_deref().or(registry.defaults.owner.as_deref());
        labels.extend(owner.map(|owner| ("team", Template::text(owner))));
        let annotations = [
            ("summary", own.summary.as_ref()),
            ("description", own.description.as_ref()),
            ("action", own.action.as_ref()),
            ("runbook_url", own.runbook.as_ref()),
        ];
        let annotations = annotations.into_iter();
        Some(Alert {
            name: own.name.value.clone(),
            condition: Condition::Written(Expr::parse(&own.expr, dialect).ok()?),
            hold: own.hold,
            keep_firing_for: own.keep_firing_for,
            labels,
            annotations: annotations.filter_map(|(name, text)| Some((name, Template::raw(text?)))).collect(),
        })
    })
}
