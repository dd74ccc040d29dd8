//! What a panel asks Prometheus for.

use kpi_registry::entity::{Kind, Kpi};
use kpi_registry::promql::{AggregateOp, BinaryOp, Dialect, Expr, Grouping, Matcher, Selector, Variable};
use kpi_registry::registry::Registry;
use kpi_registry::value::{BuiltinUnit, Decimal, Unit};

/// One query and how its series are called.
#[derive(Clone, Debug)]
pub(super) struct Query {
    /// The query.
    pub(super) expr: Expr,
    /// The name of its series, with `{{label}}` for values of labels.
    pub(super) legend: String,
    /// A colour that means the same on every panel.
    pub(super) color: Option<&'static str>,
}

/// Everything a panel on one KPI can ask.
#[derive(Clone, Debug)]
pub(super) struct Queries {
    /// Values over time.
    pub(super) lines: Vec<Query>,
    /// Which of them is the one number to show, when only one can be.
    pub(super) main: usize,
    /// Observations per bucket over time, of a distribution.
    pub(super) buckets: Option<Query>,
    /// The Grafana unit of `lines`.
    pub(super) unit: String,
    /// What `lines` are of the KPI: ` per second`.
    pub(super) suffix: &'static str,
}

/// A panel with more lines than this is not read but searched.
const MOST_LINES: u32 = 10;

/// A selector of series that a target exposes, narrowed to the chosen jobs and instances.
pub(super) fn raw(metric: &str) -> Selector {
    Selector::new(metric)
        .matching(Matcher::variable("job", Variable::new("job")))
        .matching(Matcher::variable("instance", Variable::new("instance")))
}

/// What a panel on a KPI asks.
pub(super) fn of_kpi(registry: &Registry, kpi: &Kpi) -> Queries {
    let labels: Vec<&str> =
        kpi.labels.iter().map(|label| registry.label(label.value).name.as_str()).collect();
    let metric = kpi.metric.as_str();
    let unit = kpi.unit.grafana().to_owned();
    let many = series(registry, kpi) > u64::from(MOST_LINES);
    let plain = |lines: Vec<Query>, unit| Queries { lines, main: 0, buckets: None, unit, suffix: "" };
    match &kpi.kind.value {
        Kind::Gauge => {
            let expr = at_most(raw(metric).into(), many);
            plain(vec![line(expr, legend(&labels, &["instance"]))], unit)
        }
        Kind::Counter => rate(kpi, &labels, many),
        Kind::Histogram(_) => distribution(kpi, &raw(&format!("{metric}_bucket")), &["le"]),
        Kind::NativeHistogram => distribution(kpi, &raw(metric), &[]),
        Kind::State => {
            let expr = Expr::from(raw(metric)).aggregate(AggregateOp::Max, by(&labels));
            plain(vec![line(expr, legend(&labels, &[]))], "none".into())
        }
        Kind::Info => plain(vec![line(raw(metric).into(), legend(&labels, &["instance"]))], "none".into()),
        Kind::Derived(_) => {
            plain(vec![line(at_most(Selector::new(metric).into(), many), legend(&labels, &["agent"]))], unit)
        }
    }
}

/// What a panel on an expression of the registry's author asks; nothing when it is no PromQL, which the checks refuse.
pub(super) fn of_expression(registry: &Registry, text: &str) -> Queries {
    let expr = Expr::parse(text, Dialect::panels(registry.prometheus.version.value)).ok();
    let lines = expr.into_iter().map(|expr| line(expr, "__auto".into())).collect();
    Queries { lines, main: 0, buckets: None, unit: "short".into(), suffix: "" }
}

/// The rate of a counter over all instances.
fn rate(kpi: &Kpi, labels: &[&str], many: bool) -> Queries {
    let per_second = raw(&kpi.metric).over(Variable::rate_interval()).rate().sum(by(labels));
    let (unit, hourly) = rate_unit(&kpi.unit);
    let rate = if hourly { per_second.times(rate_period(&kpi.unit)) } else { per_second };
    let suffix = if hourly { " per hour" } else { " per second" };
    let legend = if labels.is_empty() { kpi.name.value.clone() } else { legend(labels, &[]) };
    Queries { lines: vec![line(at_most(rate, many), legend)], main: 0, buckets: None, unit, suffix }
}

/// The seconds that the rate of a counter is shown for: a second, or an hour.
pub(super) fn rate_period(unit: &Unit) -> Decimal {
    if rate_unit(unit).1 { Decimal::from(3600) } else { Decimal::ONE }
}

/// The Grafana unit of a change per second, and whether a change per hour is easier to read.
fn rate_unit(unit: &Unit) -> (String, bool) {
    let per_second = || (["suffix: ", unit.symbol(), "/s"].concat(), false);
    let Unit::Builtin(builtin) = unit else { return per_second() };
    let id = match builtin {
        BuiltinUnit::Requests => "reqps",
        BuiltinUnit::Messages => "mps",
        BuiltinUnit::Count | BuiltinUnit::Tokens | BuiltinUnit::Score => "cps",
        BuiltinUnit::Bytes => "binBps",
        BuiltinUnit::Joules => "watt",
        BuiltinUnit::Usd | BuiltinUnit::Eur => return (unit.grafana().to_owned(), true),
        BuiltinUnit::Milliseconds
        | BuiltinUnit::Seconds
        | BuiltinUnit::Minutes
        | BuiltinUnit::Hours
        | BuiltinUnit::Days
        | BuiltinUnit::Percentage
        | BuiltinUnit::Ratio
        | BuiltinUnit::Bpm
        | BuiltinUnit::Hertz
        | BuiltinUnit::Rpm
        | BuiltinUnit::Celsius
        | BuiltinUnit::Watts
        | BuiltinUnit::GramsPerKilogram => return per_second(),
    };
    (id.to_owned(), false)
}

/// Quantiles over all series, and the buckets.
fn distribution(kpi: &Kpi, buckets: &Selector, bucket_labels: &[&str]) -> Queries {
    const QUANTILES: [(&str, i64, &str); 3] =
        [("p50", 50, "light-blue"), ("p95", 95, "blue"), ("p99", 99, "purple")];
    let rate = buckets.clone().over(Variable::rate_interval()).rate().sum(by(bucket_labels));
    let quantiles = QUANTILES.map(|(name, percent, color)| Query {
        expr: rate.clone().histogram_quantile(Decimal::new(percent, 2)),
        legend: name.into(),
        color: Some(color),
    });
    let classic = !bucket_labels.is_empty();
    let increase = buckets.clone().over(Variable::rate_interval()).increase().sum(by(bucket_labels));
    Queries {
        lines: quantiles.into(),
        main: 1,
        buckets: Some(line(increase, if classic { legend(&["le"], &[]) } else { kpi.name.value.clone() })),
        unit: kpi.unit.grafana().to_owned(),
        suffix: "",
    }
}

fn by(labels: &[&str]) -> Grouping {
    if labels.is_empty() { Grouping::All } else { Grouping::by(labels.iter().copied()) }
}

fn series(registry: &Registry, kpi: &Kpi) -> u64 {
    let labels = kpi.labels.iter().map(|label| registry.label(label.value).values.cardinality());
    labels.fold(1, u64::saturating_mul)
}

fn at_most(expr: Expr, many: bool) -> Expr {
    if !many {
        return expr;
    }
    expr.aggregate_with(AggregateOp::Topk, Decimal::from(MOST_LINES).into(), Grouping::All)
}

fn line(expr: Expr, legend: String) -> Query {
    Query { expr, legend, color: None }
}

/// The values of labels, one after the other.
fn legend(labels: &[&str], more: &[&str]) -> String {
    let parts: Vec<String> = labels.iter().chain(more).map(|label| ["{{", label, "}}"].concat()).collect();
    parts.join(" ")
}

/// How many of the chosen targets answer.
pub(super) fn targets_up() -> Query {
    line(Expr::from(raw("up")).sum(Grouping::All), "up".into())
}

/// How many alerts of some agents fire; zero when none does.
pub(super) fn alerts_firing(agents: &[&str]) -> Query {
    let count = Expr::from(firing(agents)).aggregate(AggregateOp::Count, Grouping::All);
    let zero = Expr::call(kpi_registry::promql::Function::Vector, [Decimal::ZERO.into()]);
    line(count.binary(BinaryOp::Or, zero), "firing".into())
}

/// The alerts of some agents that fire.
pub(super) fn firing(agents: &[&str]) -> Selector {
    Selector::new("ALERTS").eq("alertstate", "firing").matching(Matcher::any_of("agent", agents))
}

/// Series that every scrape stored.
pub(super) fn series_scraped() -> Query {
    line(raw("scrape_samples_post_metric_relabeling").into(), legend(&["instance"], &[]))
}

/// When processes started, in milliseconds since 1970.
pub(super) fn process_starts() -> Expr {
    Expr::from(raw("process_start_time_seconds")).times(Decimal::from(1000))
}
