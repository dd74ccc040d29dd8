//! What is generated: the handles of one agent, and the types they speak of, with their Rust names.

use super::ident::{TypeNames, field, variants};
use crate::entity::{AgentId, Kind, Kpi, Label, LabelValues};
use crate::index::Index;
use crate::registry::Registry;
use crate::value::{BuiltinUnit, CustomUnit, Unit};

/// Everything that generated code names.
pub(crate) struct Plan<'r> {
    /// The KPIs that have a handle, in the order of the registry.
    pub(crate) handles: Vec<Handle<'r>>,
    /// The labels they use, in the order of the registry.
    pub(crate) labels: Vec<LabelType<'r>>,
    /// The units of the registry's own that they use, with their types.
    pub(crate) units: Vec<(&'r CustomUnit, String)>,
    /// The sets of bucket bounds they use.
    pub(crate) buckets: Vec<Vec<f64>>,
}

/// One KPI's handle.
pub(crate) struct Handle<'r> {
    /// The KPI.
    pub(crate) kpi: &'r Kpi,
    /// The field.
    pub(crate) field: String,
    /// What kind of handle it is.
    pub(crate) kind: HandleKind,
    /// Indices into [`Plan::labels`], outermost first; of a state the label of the states comes last.
    pub(crate) labels: Vec<usize>,
}

impl Handle<'_> {
    /// Whether its series keep exemplars. Only what counts or observes does.
    pub(crate) fn keeps_exemplars(&self) -> bool {
        self.kpi.trace.exemplars
            && !matches!(self.kind, HandleKind::Gauge(_) | HandleKind::State | HandleKind::Info)
    }
}

/// The kinds of handles, with what only they need.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum HandleKind {
    /// A counter of wholes.
    Counter(UnitType),
    /// A counter of anything else.
    FloatCounter(UnitType),
    /// A gauge.
    Gauge(UnitType),
    /// A histogram over a set of [`Plan::buckets`].
    Histogram(UnitType, usize),
    /// A histogram whose buckets Prometheus chooses.
    NativeHistogram(UnitType),
    /// A state.
    State,
    /// An info.
    Info,
}

/// The type of a unit.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum UnitType {
    /// One of the runtime's.
    Builtin(BuiltinUnit),
    /// One of [`Plan::units`].
    Custom(usize),
}

/// The type of a label.
pub(crate) struct LabelType<'r> {
    /// The label.
    pub(crate) label: &'r Label,
    /// The type.
    pub(crate) name: String,
    /// The variants of a closed label, in the order of its values.
    pub(crate) variants: Vec<String>,
}

impl<'r> Plan<'r> {
    /// The plan for one agent, or for all KPIs.
    pub(crate) fn new(registry: &'r Registry, agent: Option<AgentId>) -> Self {
        let mut kpis: Vec<&Kpi> = Vec::new();
        let mut is_used = vec![false; registry.labels.len()];
        for kpi in &registry.kpis {
            if agent.is_none_or(|agent| kpi.is_of(agent)) && !matches!(kpi.kind.value, Kind::Derived(_)) {
                kpis.push(kpi);
                for label in &kpi.labels {
                    is_used[label.value.index()] = true;
                }
            }
        }
        let mut names = TypeNames::new();
        let mut labels = Vec::new();
        let mut label_at = vec![0; registry.labels.len()];
        for (id, label) in registry.labels() {
            if is_used[id.index()] {
                label_at[id.index()] = labels.len();
                labels.push(LabelType::new(registry, label, &mut names));
            }
        }

        let mut plan =
            Self { handles: Vec::with_capacity(kpis.len()), labels, units: Vec::new(), buckets: Vec::new() };
        let mut bucket_at = Index::default();
        let mut fields = Index::default();
        for kpi in kpis {
            let kind = plan.kind(kpi, &mut names, &mut bucket_at);
            let mut labels: Vec<usize> =
                kpi.labels.iter().map(|label| label_at[label.value.index()]).collect();
            if kind == HandleKind::State {
                let is_state = |label: &usize| plan.labels[*label].label.name.value == "state";
                if let Some(at) = labels.iter().position(is_state) {
                    let states = labels.remove(at);
                    labels.push(states);
                }
            }
            plan.handles.push(Handle { kpi, field: field(&kpi.name.value, &mut fields), kind, labels });
        }
        plan
    }

    fn kind(&mut self, kpi: &'r Kpi, names: &mut TypeNames, bucket_at: &mut Index) -> HandleKind {
        let unit = self.unit(&kpi.unit.value, names);
        match &kpi.kind.value {
            Kind::Counter if kpi.unit.value.is_integral() => HandleKind::Counter(unit),
            Kind::Counter => HandleKind::FloatCounter(unit),
            Kind::Histogram(buckets) => {
                let bounds: Vec<f64> = buckets.bounds.iter().map(|bound| bound.value.to_f64()).collect();
                let at = bucket_at.first(&format!("{bounds:?}"), self.buckets.len());
                if at == self.buckets.len() {
                    self.buckets.push(bounds);
                }
                HandleKind::Histogram(unit, at)
            }
            Kind::NativeHistogram => HandleKind::NativeHistogram(unit),
            Kind::State => HandleKind::State,
            Kind::Info => HandleKind::Info,
            // Derived KPIs have no handle and are not planned.
            Kind::Gauge | Kind::Derived(_) => HandleKind::Gauge(unit),
        }
    }

    fn unit(&mut self, unit: &'r Unit, names: &mut TypeNames) -> UnitType {
        match unit {
            Unit::Builtin(unit) => UnitType::Builtin(*unit),
            Unit::Custom(unit) => {
                let known = self.units.iter().position(|(known, _)| *known == unit);
                UnitType::Custom(known.unwrap_or_else(|| {
                    let words = if unit.suffix.is_empty() { &unit.ucum } else { &unit.suffix };
                    self.units.push((unit, names.claim(&[words], "Unit")));
                    self.units.len() - 1
                }))
            }
        }
    }

    /// The type of a unit, within generated code.
    pub(crate) fn unit_type(&self, unit: UnitType) -> (&'static str, &str) {
        match unit {
            UnitType::Builtin(unit) => ("__kpi::unit::", unit.rust_type()),
            UnitType::Custom(at) => ("", &self.units[at].1),
        }
    }
}

impl<'r> LabelType<'r> {
    fn new(registry: &'r Registry, label: &'r Label, names: &mut TypeNames) -> Self {
        let name = match label.owner {
            None => names.claim(&[&label.name.value], "Label"),
            Some(kpi) => names.claim(&[&registry.kpi(kpi).name.value, &label.name.value], "Label"),
        };
        let variants = match &label.values {
            LabelValues::Closed(values) => variants(values.iter().map(|value| value.value.as_str())),
            LabelValues::Open { .. } => Vec::new(),
        };
        Self { label, name, variants }
    }
}

impl HandleKind {
    /// The handle's type in the runtime.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Counter(_) => "Counter",
            Self::FloatCounter(_) => "FloatCounter",
            Self::Gauge(_) => "Gauge",
            Self::Histogram(..) => "Histogram",
            Self::NativeHistogram(_) => "NativeHistogram",
            Self::State => "State",
            Self::Info => "Info",
        }
    }
}
