//! What one kind of generated thing is.

use kpi_registry::registry::Registry;
use serde::Serialize;

use crate::wire;

/// One kind of artifact: a pure function from a checked registry to files.
///
/// Implementors are unit structs made with [`documented!`](crate::documented), listed once in
/// [`ARTIFACTS`](crate::artifacts::ARTIFACTS); the command line, the manifest and the tests follow that list.
pub trait Artifact: Sync {
    /// Its stable name, unique among all artifacts: `prometheus-scrape`.
    fn id(&self) -> &'static str;

    /// The system it is for, as `kpi generate --only` takes it: `prometheus`.
    fn group(&self) -> &'static str;

    /// What it is, for people: the doc comment of the implementing type.
    fn about(&self) -> &'static str;

    /// The files, in any order; paths must not collide with those of any other artifact.
    fn files(&self, registry: &Registry) -> Vec<File>;
}

/// Declares a unit struct whose doc comment can be read at run time, as `Self::ABOUT`.
#[macro_export]
macro_rules! documented {
    ($(#[doc = $line:literal])+ pub struct $name:ident;) => {
        $(#[doc = $line])+
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl $name {
            /// The doc comment of this type: one line of text for every line of the source.
            pub const ABOUT: &'static str = concat!($($line, "\n"),+);
        }
    };
}

/// What the content of a file is; decides which tool can check it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileKind {
    /// A Prometheus configuration: `promtool check config`.
    PrometheusConfig,
    /// Rule groups: `promtool check rules`.
    PrometheusRules,
    /// Unit tests of rules: `promtool test rules`.
    PrometheusTests,
    /// A list of scrape targets that Prometheus discovers from a file.
    PrometheusTargets,
    /// An Alertmanager configuration: `amtool check-config`.
    AlertmanagerConfig,
    /// Tests of Alertmanager's routes: `amtool config routes test`.
    AlertmanagerRoutes,
    /// A dashboard.
    GrafanaDashboard,
    /// What dashboard-linter shall not complain about.
    GrafanaLint,
    /// A Grafana provisioning file.
    GrafanaProvisioning,
    /// An object of OpenSLO.
    OpenSlo,
    /// An object of the Prometheus Operator that holds rules.
    PrometheusRuleObject,
    /// A namespace of rules, for mimirtool.
    MimirRules,
    /// A part of Mimir's runtime configuration.
    MimirRuntime,
    /// Rule groups of Thanos Ruler.
    ThanosRules,
    /// Rule groups of vmalert: `vmalert -dryRun`.
    VictoriaMetricsRules,
    /// An object of VictoriaMetrics' operator that holds rules.
    VmRuleObject,
}

impl FileKind {
    /// The name the manifest knows it by.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PrometheusConfig => "prometheus-config",
            Self::PrometheusRules => "prometheus-rules",
            Self::PrometheusTests => "prometheus-tests",
            Self::PrometheusTargets => "prometheus-targets",
            Self::AlertmanagerConfig => "alertmanager-config",
            Self::AlertmanagerRoutes => "alertmanager-routes",
            Self::GrafanaDashboard => "grafana-dashboard",
            Self::GrafanaLint => "grafana-lint",
            Self::GrafanaProvisioning => "grafana-provisioning",
            Self::OpenSlo => "openslo",
            Self::PrometheusRuleObject => "prometheus-rule-object",
            Self::MimirRules => "mimir-rules",
            Self::MimirRuntime => "mimir-runtime",
            Self::ThanosRules => "thanos-rules",
            Self::VictoriaMetricsRules => "victoriametrics-rules",
            Self::VmRuleObject => "vm-rule-object",
        }
    }
}

/// One generated file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where it belongs, relative to the output directory, with `/` between the parts.
    pub path: String,
    /// What its content is.
    pub kind: FileKind,
    /// How its text is written, which decides whether it can carry a comment.
    pub syntax: Syntax,
    /// The content without the header comment: [`generate`](crate::generate()) adds that.
    pub bytes: Vec<u8>,
}

/// The language a file is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// Comments start with `#`.
    Yaml,
    /// No comments.
    Json,
}

impl File {
    /// A YAML file of a typed value.
    pub fn yaml(path: impl Into<String>, kind: FileKind, value: &impl Serialize) -> Self {
        Self { path: path.into(), kind, syntax: Syntax::Yaml, bytes: wire::yaml(value).into_bytes() }
    }

    /// A JSON file of a typed value, indented by two spaces.
    pub fn json(path: impl Into<String>, kind: FileKind, value: &impl Serialize) -> Self {
        Self { path: path.into(), kind, syntax: Syntax::Json, bytes: wire::json(value).into_bytes() }
    }
}
