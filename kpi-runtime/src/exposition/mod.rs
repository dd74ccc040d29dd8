//! From a snapshot to the bytes of an answer.

mod accept;
mod compress;
mod escape;
pub(crate) mod exemplar;
mod number;
mod own;
mod page;
mod prepared;
mod protobuf;
mod time;
mod unit;
mod write;

use crate::snapshot::Snapshot;

#[cfg(feature = "otlp")]
pub(crate) use compress::Gzip;
pub(crate) use page::store;
pub use page::{Page, page};
pub(crate) use prepared::Prepared;
pub(crate) use write::Dialect;

/// A format, as agreed with who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// The text format 0.0.4.
    Text,
    /// The text format 1.0.0, which differs in how names outside the classic ones are written. The KPIs have none.
    Text1(Escaping),
    /// OpenMetrics 0.0.1, in which nothing that is written here differs from 1.0.0.
    OpenMetrics0,
    /// OpenMetrics 1.0.0.
    OpenMetrics1(Option<Escaping>),
    /// Delimited protobuf messages.
    Protobuf(Option<Escaping>),
}

/// How names outside the classic ones are to be written; answered as it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Escaping {
    /// `allow-utf-8`
    AllowUtf8,
    /// `underscores`
    Underscores,
    /// `dots`
    Dots,
    /// `values`
    Values,
}

impl Escaping {
    fn as_str(self) -> &'static str {
        match self {
            Self::AllowUtf8 => "allow-utf-8",
            Self::Underscores => "underscores",
            Self::Dots => "dots",
            Self::Values => "values",
        }
    }
}

/// The content type of [`text`].
pub(crate) const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

impl Format {
    /// The format to answer in.
    pub(crate) fn accepted(accept: Option<&str>) -> Self {
        accept.and_then(accept::format).unwrap_or(Self::Text)
    }

    /// The value of the `Content-Type` header.
    pub(crate) fn content_type(self) -> String {
        let (kind, escaping) = match self {
            Self::Text => (TEXT, None),
            Self::Text1(escaping) => ("text/plain; version=1.0.0; charset=utf-8", Some(escaping)),
            Self::OpenMetrics0 => ("application/openmetrics-text; version=0.0.1; charset=utf-8", None),
            Self::OpenMetrics1(escaping) => {
                ("application/openmetrics-text; version=1.0.0; charset=utf-8", escaping)
            }
            Self::Protobuf(escaping) => (
                "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
                escaping,
            ),
        };
        let escaping =
            escaping.map_or_else(String::new, |escaping| format!("; escaping={}", escaping.as_str()));
        format!("{kind}{escaping}")
    }
}

/// A snapshot in the Prometheus text format 0.0.4.
pub fn text(snapshot: &Snapshot) -> String {
    write::page(snapshot, Dialect::Text)
}

/// A snapshot in OpenMetrics 1.0, without the times at which series began; [`OpenMetrics`] has them.
pub fn openmetrics(snapshot: &Snapshot) -> String {
    OpenMetrics::new().page(snapshot)
}

/// How OpenMetrics is written.
#[derive(Debug, Clone, Copy, Default)]
pub struct OpenMetrics {
    created: bool,
}

impl OpenMetrics {
    /// As Prometheus reads it best.
    pub const fn new() -> Self {
        Self { created: false }
    }

    /// Whether there are `_created` lines. Off by default: Prometheus stores each as a series of its own, unless a feature
    /// flag makes it read them as times of creation.
    #[must_use]
    pub const fn created(self, created: bool) -> Self {
        Self { created }
    }

    /// A snapshot in this format.
    pub fn page(self, snapshot: &Snapshot) -> String {
        write::page(snapshot, Dialect::OpenMetrics { created: self.created })
    }
}

/// A series as the text format names it: `name{label="value"}`.
#[cfg(feature = "testing")]
pub(crate) fn series(name: &str, labels: &write::Labels) -> String {
    write::series(name, labels)
}

/// A real number as the text formats write it.
#[cfg(feature = "testing")]
pub(crate) fn number(number: f64) -> String {
    let mut text = String::new();
    number::value(&mut text, number);
    text
}

/// A snapshot in Prometheus' protobuf format: delimited `io.prometheus.client.MetricFamily` messages. It is the one that
/// carries native histograms.
pub fn protobuf(snapshot: &Snapshot) -> Vec<u8> {
    protobuf::page(snapshot)
}
