//! What a registry speaks of, one noun a file. Everything here is resolved: names have become ids.

mod agent;
mod aggregation;
mod alert;
mod dashboard;
mod decode;
mod external;
mod id;
mod kpi;
mod label;
mod receiver;
mod recipe;
mod remote_write;
mod ruler;
mod settings;
mod slo;
mod target;
mod threshold;
mod tier;

pub(crate) use decode::{Cx, check_name, named};
pub(crate) use external::{bad_metric_name, decode_external};
pub(crate) use kpi::{Surroundings, decode_unit, default_metric};
pub(crate) use label::OwnLabels;
pub(crate) use threshold::not_strict;

pub use agent::{Agent, AgentKpi, Collaboration, Collaborations};
pub use aggregation::{Aggregation, AggregationOp};
pub use alert::OwnAlert;
pub use dashboard::{Funnel, OwnDashboard, OwnPanel, PanelHints, PanelType, Position, Trace};
pub use external::{Catalog, ExternalMetric};
pub use id::{AgentId, KpiId, LabelId};
pub use kpi::{Buckets, Deprecation, Init, Kind, KindName, Kpi, Stability, Tier};
pub use label::{Label, LabelValues};
pub use receiver::{Receiver, ReceiverKind};
pub use recipe::{Measure, Recipe, Refusal, Spread, Watched, default_window, supported};
pub use remote_write::RemoteWrite;
pub use ruler::{Mimir, PartialResponse, RuleObjects, VictoriaMetrics};
pub use settings::{Defaults, PrometheusSettings};
pub use slo::{AnySlo, OwnSlo, Slo, SloGoal, SloProfile, SloTerms};
pub use target::{Discovery, SloRecords, Targets, UnknownLabels};
pub use threshold::{Level, NormalRange, Severity, Threshold, Thresholds};
pub use tier::{Burn, BurnSetting, BurnTier, TierProblem};
