//! Rules across entities. One noun a file; each rule stands in [`CHECKS`] and has a case in `tests/cases`.

mod agent;
mod aggregation;
mod alert;
mod bounds;
mod bucket;
mod description;
mod exposed;
mod kind;
mod label;
mod life;
mod metric_name;
mod normal_range;
mod objective;
mod panel;
mod prelude;
mod slo;
mod template;
mod threshold;
mod tier;

use crate::check::Check;

/// Every rule, in the order of the codes.
pub const CHECKS: &[&dyn Check] = &[
    &description::DescriptionStyle,
    &exposed::ExposedTwice,
    &exposed::ExposedByRuntime,
    &exposed::ExposedElsewhere,
    &metric_name::CounterTotal,
    &metric_name::TotalElsewhere,
    &metric_name::ReservedSuffix,
    &metric_name::UnitSuffix,
    &metric_name::BaseUnit,
    &metric_name::Prefix,
    &metric_name::MetricStyle,
    &kind::CounterUnit,
    &kind::InitZero,
    &kind::Exemplars,
    &kind::NoData,
    &life::DependencyCycle,
    &life::Replacement,
    &life::RemovalOrder,
    &life::Removed,
    &life::RenamedFrom,
    &label::UnusedLabel,
    &label::AlertsOwnLabel,
    &label::LabelLimit,
    &label::UnboundedName,
    &label::SeriesBudget,
    &label::TooManyLabels,
    &label::StateLabel,
    &label::InfoLabels,
    &label::ExternalLabel,
    &label::LabelValue,
    &threshold::ThresholdOrder,
    &threshold::ThresholdKind,
    &threshold::ThresholdRange,
    &threshold::ThresholdReach,
    &normal_range::RangeOrder,
    &normal_range::RangeContradicts,
    &bucket::ManyBuckets,
    &bucket::BucketRange,
    &aggregation::AggregationKind,
    &aggregation::AggregationWindow,
    &aggregation::AggregationOpen,
    &aggregation::AggregationTwice,
    &aggregation::AggregationLimit,
    &slo::SloKind,
    &slo::SloBucket,
    &slo::SloTime,
    &objective::SloObjective,
    &objective::SloWindow,
    &slo::SloBad,
    &slo::SloMissing,
    &slo::SloRange,
    &objective::OwnSloKpis,
    &tier::SloTiers,
    &objective::UnusedProfile,
    &tier::SloTierRefused,
    &objective::SloNameTaken,
    &slo::SloLowTraffic,
    &slo::SloBy,
    &agent::NoTargets,
    &agent::TargetTwice,
    &agent::IdleAgent,
    &agent::ForeignView,
    &agent::ScrapeInterval,
    &agent::OldPrometheus,
    &agent::Runbook,
    &agent::UnwatchedContainer,
    &alert::NoReceiver,
    &alert::ReceiverOwner,
    &alert::AlertName,
    &alert::AlertHold,
    &alert::AlertLabels,
    &alert::AlertSummary,
    &alert::AlertTaken,
    &template::AlertTemplate,
    &panel::PanelPosition,
    &panel::PanelOverlap,
    &panel::PanelKind,
    &panel::FunnelStages,
    &panel::EmptyDashboard,
];
