//! Rules across entities. One noun a file; each rule stands in [`CHECKS`] or [`ADVICE`] and has a case in `tests/cases`.

mod agent;
mod aggregation;
mod alert;
#[cfg(feature = "promql")]
mod alert_expression;
mod bounds;
mod bucket;
#[cfg(feature = "promql")]
mod cost;
mod debug;
mod description;
#[cfg(feature = "promql")]
mod duplicate;
pub(crate) mod exposed;
#[cfg(feature = "promql")]
mod expressions;
mod external_label;
#[cfg(feature = "promql")]
mod function;
#[cfg(feature = "promql")]
mod join;
mod kind;
mod label;
mod life;
mod metric_name;
mod normal_range;
#[cfg(feature = "promql")]
mod not_promql;
mod objective;
mod panel;
mod prelude;
#[cfg(feature = "promql")]
mod regex;
mod ruler;
#[cfg(feature = "promql")]
mod selector;
mod slo;
#[cfg(feature = "promql")]
mod sum;
mod template;
mod threshold;
mod tier;
#[cfg(feature = "promql")]
mod window;

#[cfg(feature = "promql")]
pub use self::expressions::{Expressions, check_expression, check_expressions};
use crate::check::Check;
#[cfg(feature = "promql")]
use crate::check::ExpressionCheck;

/// The rules that a registry must keep, in the order of the codes.
pub const CHECKS: &[Check] = &[
    exposed::ExposedTwice::CHECK,
    exposed::ExposedByRuntime::CHECK,
    exposed::ExposedElsewhere::CHECK,
    metric_name::CounterTotal::CHECK,
    kind::CounterUnit::CHECK,
    life::DependencyCycle::CHECK,
    life::Replacement::CHECK,
    life::RemovalOrder::CHECK,
    life::Removed::CHECK,
    life::RenamedFrom::CHECK,
    debug::DebugPromise::CHECK,
    label::TooManyLabels::CHECK,
    label::StateLabel::CHECK,
    label::LabelValue::CHECK,
    threshold::ThresholdOrder::CHECK,
    threshold::ThresholdKind::CHECK,
    threshold::ThresholdReach::CHECK,
    normal_range::RangeOrder::CHECK,
    aggregation::AggregationKind::CHECK,
    aggregation::AggregationTwice::CHECK,
    aggregation::AggregationLimit::CHECK,
    slo::SloKind::CHECK,
    slo::SloBucket::CHECK,
    slo::SloTime::CHECK,
    objective::SloObjective::CHECK,
    objective::SloWindow::CHECK,
    slo::SloBad::CHECK,
    slo::SloMissing::CHECK,
    slo::SloRange::CHECK,
    objective::OwnSloKpis::CHECK,
    tier::SloTierRefused::CHECK,
    objective::SloNameTaken::CHECK,
    slo::SloLowTraffic::CHECK,
    slo::SloBy::CHECK,
    agent::ForeignView::CHECK,
    agent::OldPrometheus::CHECK,
    alert::AlertLabels::CHECK,
    alert::AlertTaken::CHECK,
    template::AlertTemplate::CHECK,
    template::ValueInLabel::CHECK,
    panel::PanelPosition::CHECK,
    panel::PanelKind::CHECK,
    panel::FunnelStages::CHECK,
];

/// The rules that only warn or note, in the order of the codes. The compiler shows errors alone, so macros and build
/// scripts do without them.
pub const ADVICE: &[Check] = if cfg!(feature = "advice") {
    &[
        description::DescriptionStyle::CHECK,
        metric_name::TotalElsewhere::CHECK,
        metric_name::ReservedSuffix::CHECK,
        metric_name::UnitSuffix::CHECK,
        metric_name::BaseUnit::CHECK,
        metric_name::Prefix::CHECK,
        metric_name::MetricStyle::CHECK,
        kind::InitZero::CHECK,
        kind::Exemplars::CHECK,
        kind::NoData::CHECK,
        label::UnusedLabel::CHECK,
        label::AlertsOwnLabel::CHECK,
        label::LabelLimit::CHECK,
        label::UnboundedName::CHECK,
        label::SeriesBudget::CHECK,
        label::InfoLabels::CHECK,
        external_label::ExternalLabel::CHECK,
        threshold::ThresholdRange::CHECK,
        normal_range::RangeContradicts::CHECK,
        bucket::ManyBuckets::CHECK,
        bucket::BucketRange::CHECK,
        aggregation::AggregationWindow::CHECK,
        aggregation::AggregationOpen::CHECK,
        tier::SloTiers::CHECK,
        objective::UnusedProfile::CHECK,
        agent::NoTargets::CHECK,
        agent::TargetTwice::CHECK,
        agent::IdleAgent::CHECK,
        agent::ScrapeInterval::CHECK,
        agent::Runbook::CHECK,
        agent::UnwatchedContainer::CHECK,
        ruler::Unevaluated::CHECK,
        ruler::VictoriaLacks::CHECK,
        alert::NoReceiver::CHECK,
        alert::ReceiverOwner::CHECK,
        alert::AlertName::CHECK,
        alert::AlertHold::CHECK,
        alert::AlertSummary::CHECK,
        panel::PanelOverlap::CHECK,
        panel::EmptyDashboard::CHECK,
    ]
} else {
    &[]
};

/// The rules about expressions, in the order of the codes. Programs don't evaluate them, so macros and build scripts do
/// without.
#[cfg(feature = "promql")]
pub const EXPRESSIONS: &[ExpressionCheck] = &[
    not_promql::NotPromql::CHECK,
    selector::UnknownMetric::CHECK,
    selector::UnknownLabel::CHECK,
    selector::UnknownValue::CHECK,
    function::FunctionKind::CHECK,
    function::BucketsWithoutLe::CHECK,
    join::NeverMatches::CHECK,
    sum::SumOfRatios::CHECK,
    join::DifferentUnits::CHECK,
    sum::ZeroByZero::CHECK,
    alert_expression::AlwaysFires::CHECK,
    alert_expression::TemplateLabel::CHECK,
    regex::NoRegex::CHECK,
    regex::RegexForNothing::CHECK,
    window::WindowLength::CHECK,
    duplicate::RuleTwice::CHECK,
    duplicate::RecordedAlready::CHECK,
    debug::ReadsDebug::CHECK,
    join::ManyToMany::CHECK,
    cost::SeriesRead::CHECK,
    cost::SamplesHeld::CHECK,
];
