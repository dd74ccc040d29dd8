//! The series that a registry tells of.

use std::collections::{BTreeMap, BTreeSet};

use super::{Form, Label, Labels, Measure, Quantity, Shape, Slos};
use crate::catalog::{self, MetricKind, Part};
use crate::checks::exposed::BUILTIN;
use crate::entity::{Buckets, Catalog, ExternalMetric, Kind, KindName, Kpi, KpiId, Recipe};
use crate::registry::Registry;
use crate::series::{Reading, slo};
use crate::value::Unit;

/// The series of one name.
#[derive(Clone, Debug)]
pub struct Series<'a> {
    /// What they are.
    pub shape: Shape<'a>,
    /// The KPI whose they are, unless they are somebody else's.
    pub kpi: Option<KpiId>,
}

/// Every series that a registry tells of, by name.
#[derive(Debug)]
pub struct Schema<'a> {
    registry: &'a Registry,
    series: BTreeMap<String, Series<'a>>,
    /// Whether every SLO is one of which records can be told.
    knows_slos: bool,
}

/// Labels that targets of exporters have, by static configuration or by discovery.
const OF_EXPORTERS: &[&str] = &[
    "agent",
    "cluster",
    "container",
    "endpoint",
    "environment",
    "exported_container",
    "exported_instance",
    "exported_job",
    "exported_namespace",
    "exported_pod",
    "exported_service",
    "instance",
    "job",
    "namespace",
    "node",
    "pod",
    "service",
];

impl<'a> Schema<'a> {
    /// The series of a registry and of its SLOs.
    pub fn of(registry: &'a Registry, slos: &'a Slos<'a>) -> Self {
        let mut schema = Self { registry, series: BTreeMap::new(), knows_slos: slos.are_known() };
        for name in BUILTIN {
            if let Some(quantity) = of_endpoints(name) {
                schema.add((*name).to_owned(), None, Shape { quantity, ..Shape::unknown() });
            }
        }
        for metric in &registry.external_metrics {
            schema.add_external(metric);
        }
        for (id, kpi) in registry.kpis() {
            schema.add_kpi(id, kpi);
            schema.add_records(id, kpi);
        }
        if schema.knows_slos {
            schema.add_slos(slos);
        }
        schema
    }

    /// The registry.
    pub const fn registry(&self) -> &'a Registry {
        self.registry
    }

    /// The series of a name: those of the registry, or else of the programs whose catalogs it uses. While an SLO is wrong,
    /// nothing is known of what is recorded of any.
    pub fn find(&self, name: &str) -> Option<Series<'a>> {
        let own = self.series.get(name).cloned();
        let known = own.or_else(|| {
            let mut series = exported(self.registry.catalogs.iter().map(|used| used.value), name)?;
            series.shape.labels = series.shape.labels.allowing_also(self.found_elsewhere());
            Some(series)
        });
        let is_untold = || !self.knows_slos && slo::is_record(name);
        known.or_else(|| is_untold().then(|| Series { shape: Shape::unknown(), kpi: None }))
    }

    /// The catalogs that have series of a name, in the order of the reference.
    pub fn catalogs_with(name: &str) -> Vec<Catalog> {
        Catalog::ALL.iter().copied().filter(|known| exported([*known], name).is_some()).collect()
    }

    /// Says what the series of a derived KPI are, once that is known.
    pub fn refine(&mut self, name: &str, shape: Shape<'a>) {
        if let Some(series) = self.series.get_mut(name) {
            series.shape = Shape { quantity: series.shape.quantity, measure: series.shape.measure, ..shape };
        }
    }

    /// Every name that may have been meant: those of the registry, then those of the catalogs in use.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let used = self.registry.catalogs.iter().flat_map(|used| catalog::metrics(used.value));
        self.series.keys().map(String::as_str).chain(used.map(|metric| metric.name))
    }

    /// The series of the registry's own of a name.
    pub(super) fn declared(&self, name: &str) -> Option<&Shape<'a>> {
        self.series.get(name).map(|series| &series.shape)
    }

    pub(super) fn add(&mut self, name: String, kpi: Option<KpiId>, shape: Shape<'a>) {
        self.series.insert(name, Series { shape, kpi });
    }

    fn add_histogram(
        &mut self,
        name: &str,
        kpi: Option<KpiId>,
        shape: &Shape<'a>,
        buckets: Option<&Buckets>,
    ) {
        let most = buckets.map(|buckets| buckets.bounds.len() as u64 + 1);
        let buckets = Shape {
            labels: shape.labels.clone().with("le", Label { always: true, values: None, most }),
            quantity: Quantity::Total(Form::Buckets),
            measure: shape.measure,
        };
        let sum = Shape { quantity: Quantity::Total(Form::Number), ..shape.clone() };
        let count = Shape { measure: None, ..sum.clone() };
        for (suffix, shape) in [("_bucket", buckets), ("_sum", sum), ("_count", count)] {
            self.add(format!("{name}{suffix}"), kpi, shape);
        }
    }

    fn add_external(&mut self, metric: &'a ExternalMetric) {
        let labels = Labels::none().allowing(OF_EXPORTERS.iter().copied()).allowing(self.found_elsewhere());
        let labels = labels.allowing(metric.labels.iter().map(String::as_str));
        let (quantity, name) = (quantity(metric.kind, metric.unit.as_ref()), metric.name.value.as_str());
        let shape = Shape { labels, quantity, measure: metric.unit.as_ref().map(measure) };
        if metric.kind == KindName::Histogram {
            self.add_histogram(name, None, &shape, None);
        } else {
            self.add(name.to_owned(), None, shape);
        }
    }

    fn add_kpi(&mut self, id: KpiId, kpi: &'a Kpi) {
        let (quantity, measure) = (quantity(kpi.kind.name(), Some(&kpi.unit)), Some(measure(&kpi.unit)));
        let labels = self.labels_of(kpi);
        let shape = Shape { labels, quantity, measure };
        match &kpi.kind.value {
            Kind::Histogram(buckets) => self.add_histogram(&kpi.metric, Some(id), &shape, Some(buckets)),
            _ => self.add(kpi.metric.value.clone(), Some(id), shape),
        }
    }

    /// Labels that series may have where others than the generated configuration scrape them or send them on.
    pub(super) fn found_elsewhere(&self) -> impl Iterator<Item = &'a str> {
        let targets = &self.registry.targets;
        let is_elsewhere = !targets.evaluates_rules()
            || targets.prometheus_operator.is_some()
            || targets.mimir.is_some()
            || targets.thanos.is_some()
            || targets.victoriametrics.is_some();
        let external = self.registry.prometheus.external_labels.keys().map(String::as_str);
        let replica = targets.replica.iter().map(|_| targets.replica_label.as_str());
        let all = OF_EXPORTERS.iter().copied().chain(external).chain(replica);
        all.filter(move |_| is_elsewhere)
    }

    /// The labels of the series that agents expose.
    pub(super) fn labels_of(&self, kpi: &'a Kpi) -> Labels<'a> {
        if let Kind::Derived(_) = kpi.kind.value {
            return Labels::any();
        }
        let labels =
            Labels::none().of_targets(false, self.found_elsewhere()).of_targets(false, ["environment"]);
        let labels = labels.of_targets(true, ["agent", "instance", "job"]);
        let own = kpi.labels.iter().map(|label| self.registry.label(label.value));
        let labels = own.fold(labels, |labels, own| {
            let values =
                own.values.closed().map(|values| values.iter().map(|value| value.as_str()).collect());
            let always = values.as_ref().is_none_or(|values: &Vec<&str>| !values.contains(&""));
            labels.with(&own.name, Label { always, values, most: Some(own.values.cardinality()) })
        });
        match kpi.kind.value {
            Kind::State if !labels.may_have("state") => labels.having(["state"]),
            _ => labels,
        }
    }

    fn add_records(&mut self, id: KpiId, kpi: &'a Kpi) {
        let mut names = BTreeSet::new();
        let asked = kpi.aggregations.iter();
        let asked = asked.filter_map(|asked| Reading::of_aggregation(self.registry, id, asked));
        for reading in asked.chain(Reading::watched_record(self.registry, id)) {
            let name = reading.record_name();
            if !names.insert(name.clone()) {
                continue;
            }
            let all = self.labels_of(kpi);
            let kept: Vec<&str> =
                all.names().filter(|label| reading.labels.iter().any(|kept| kept == label)).collect();
            let added = Labels::none().of_targets(false, self.found_elsewhere());
            let labels = kept
                .into_iter()
                .fold(added, |labels, label| labels.with(label, all.get(label).cloned().unwrap_or_default()));
            let labels = if kpi.kind.name() == KindName::Derived { Labels::any() } else { labels };
            let (quantity, measure) = recorded(reading.recipe, measure(&kpi.unit), &kpi.unit);
            self.add(name, Some(id), Shape { labels, quantity, measure });
        }
    }
}

/// What every endpoint exposes of itself under a name; `None` for the family of series with a suffix.
fn of_endpoints(name: &str) -> Option<Quantity> {
    let is_family = |suffix: &str| BUILTIN.iter().any(|other| other.strip_suffix(suffix) == Some(name));
    match name {
        _ if is_family("_total") || is_family("_info") => None,
        _ if name.ends_with("_total") => Some(Quantity::Total(Form::Number)),
        _ if name.ends_with("_info") => Some(Quantity::Fact),
        _ => Some(Quantity::Level),
    }
}

fn quantity(kind: KindName, unit: Option<&Unit>) -> Quantity {
    match kind {
        KindName::Counter => Quantity::Total(Form::Number),
        KindName::Histogram => Quantity::Total(Form::Buckets),
        KindName::NativeHistogram => Quantity::Total(Form::Histogram),
        KindName::Info => Quantity::Fact,
        KindName::State => Quantity::Level,
        KindName::Gauge | KindName::Derived => match unit {
            Some(unit) if !unit.is_additive() => Quantity::Intensive,
            _ => Quantity::Level,
        },
    }
}

/// Whether there are samples of a series as the text formats have it: a histogram has none of its own name.
fn has_samples(found: &catalog::Series) -> bool {
    found.part != Part::Itself || found.metric.kind != MetricKind::Histogram
}

/// What the programs of some catalogs expose under a name, with all labels that any of them has there.
fn exported<'a>(catalogs: impl IntoIterator<Item = Catalog>, name: &str) -> Option<Series<'a>> {
    let shapes = catalog::find_all(catalogs, name).filter(has_samples).map(|found| exported_by_one(&found));
    let shape = shapes.reduce(|one, other| Shape { labels: one.labels.or(&other.labels), ..one })?;
    Some(Series { shape, kpi: None })
}

fn exported_by_one(found: &catalog::Series) -> Shape<'static> {
    let metric = found.metric;
    // What Prometheus makes itself has the labels of whatever is scraped.
    let is_of_prometheus = catalog::find([], metric.name).is_some();
    let mut labels = if is_of_prometheus { Labels::any() } else { Labels::none() };
    labels = labels.allowing(OF_EXPORTERS.iter().copied());
    for label in &metric.labels {
        if let Some(start) = label.name.strip_suffix('*') {
            labels = labels.beginning_with(start);
            continue;
        }
        let values = (!label.values.is_empty()).then(|| label.values.clone());
        labels = labels.with(label.name, Label { values, ..Label::default() });
    }
    match found.part {
        Part::Bucket => labels = labels.having(["le"]),
        Part::Itself if metric.kind == MetricKind::Summary => labels = labels.allowing(["quantile"]),
        Part::Itself | Part::Sum | Part::Count => {}
    }
    let is_additive = found.unit().is_none_or(|unit| Unit::Builtin(unit).is_additive());
    let quantity = match (found.part, metric.kind) {
        (Part::Bucket, _) => Quantity::Total(Form::Buckets),
        (Part::Sum | Part::Count, _) | (Part::Itself, MetricKind::Counter) => Quantity::Total(Form::Number),
        (Part::Itself, MetricKind::Summary) => Quantity::Quantile,
        (Part::Itself, MetricKind::Info) => Quantity::Fact,
        (Part::Itself, MetricKind::Gauge) if is_additive => Quantity::Level,
        (Part::Itself, MetricKind::Gauge) => Quantity::Intensive,
        (Part::Itself, MetricKind::Histogram | MetricKind::Untyped) => Quantity::Unknown,
    };
    let measure = found.unit().map(|unit| Measure { unit: unit.name(), per_second: false });
    Shape { labels, quantity, measure }
}

fn measure(unit: &Unit) -> Measure<'_> {
    Measure { unit: unit.name(), per_second: false }
}

/// What a record holds.
fn recorded<'a>(recipe: Recipe, measure: Measure<'a>, unit: &Unit) -> (Quantity, Option<Measure<'a>>) {
    let level = if unit.is_additive() { Quantity::Level } else { Quantity::Intensive };
    let per_second = Measure { per_second: true, ..measure };
    match recipe {
        Recipe::Rate => (Quantity::Flow(Form::Number), Some(per_second)),
        Recipe::Increase => (Quantity::Flow(Form::Number), Some(measure)),
        Recipe::BucketRate | Recipe::BucketIncrease | Recipe::NativeRate | Recipe::NativeIncrease => {
            (Quantity::Flow(Form::Number), None)
        }
        Recipe::SpreadOfRates(_) | Recipe::Trend => (Quantity::Intensive, Some(per_second)),
        Recipe::Sum
        | Recipe::SumOfMeans
        | Recipe::Last
        | Recipe::Delta
        | Recipe::SpreadNow(_)
        | Recipe::SpreadOverTime(_) => (level, Some(measure)),
        Recipe::CountSeries => (Quantity::Level, None),
        Recipe::BucketMean | Recipe::NativeMean => (Quantity::Intensive, Some(measure)),
        Recipe::BucketFraction(_) | Recipe::NativeFraction(_) => (Quantity::Intensive, None),
        Recipe::QuantileOverTime(_)
        | Recipe::QuantileAcross(_)
        | Recipe::BucketQuantile(_)
        | Recipe::NativeQuantile(_) => (Quantity::Quantile, Some(measure)),
    }
}
