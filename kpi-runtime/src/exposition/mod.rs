//! From a snapshot to the bytes of an answer.

mod accept;
mod compress;
mod number;
mod write;

use crate::snapshot::Snapshot;

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
#[cfg(feature = "push")]
pub(crate) const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

impl Format {
    /// The format to answer in.
    pub(crate) fn accepted(accept: Option<&str>) -> Self {
        accept.and_then(accept::format).unwrap_or(Self::Text)
    }

    /// The value of the `Content-Type` header.
    pub(crate) fn content_type(self) -> String {
        let (kind, version, escaping) = match self {
            Self::Text => ("text/plain", "0.0.4", None),
            Self::Text1(escaping) => ("text/plain", "1.0.0", Some(escaping)),
            Self::OpenMetrics0 => ("application/openmetrics-text", "0.0.1", None),
            Self::OpenMetrics1(escaping) => ("application/openmetrics-text", "1.0.0", escaping),
        };
        let escaping =
            escaping.map_or_else(String::new, |escaping| format!("; escaping={}", escaping.as_str()));
        format!("{kind}; version={version}; charset=utf-8{escaping}")
    }

    /// The snapshot in this format.
    pub(crate) fn render(self, snapshot: &Snapshot) -> String {
        match self {
            Self::Text | Self::Text1(_) => text(snapshot),
            Self::OpenMetrics0 | Self::OpenMetrics1(_) => openmetrics(snapshot),
        }
    }
}

/// A snapshot in the Prometheus text format 0.0.4.
pub fn text(snapshot: &Snapshot) -> String {
    write::page(snapshot, write::Dialect::Text)
}

/// A snapshot in OpenMetrics 1.0.
pub fn openmetrics(snapshot: &Snapshot) -> String {
    write::page(snapshot, write::Dialect::OpenMetrics)
}

/// An answer to a scrape.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) content_type: String,
    pub(crate) gzipped: bool,
    pub(crate) body: Vec<u8>,
}

impl Page {
    /// What the two headers agree to, of all that is exposed now.
    pub(crate) fn new(accept: Option<&str>, accept_encoding: Option<&str>) -> Self {
        let format = Format::accepted(accept);
        let text = format.render(&crate::snapshot()).into_bytes();
        let gzipped = accept_encoding.is_some_and(accept::gzip);
        let body = if gzipped { compress::gzip(&text) } else { text };
        Self { content_type: format.content_type(), gzipped, body }
    }
}
