//! What who asks accepts: the headers `Accept` and `Accept-Encoding`.

use super::{Escaping, Format};

/// The format of the highest quality that is spoken here, of equals the first. `None` if none is named: then the text
/// format is the answer, as to a wildcard, because a Prometheus that asks for something else reads it too.
pub(super) fn format(accept: &str) -> Option<Format> {
    best(accept.split(',').filter_map(|element| {
        let mut parts = element.split(';').map(str::trim);
        let kind = parts.next()?.to_ascii_lowercase();
        let (mut version, mut escaping, mut quality) = (None, None, 1.0);
        for (name, value) in parts.filter_map(parameter) {
            match name.as_str() {
                "version" => version = Some(value),
                "escaping" => escaping = self::escaping(value),
                "q" => quality = self::quality(value),
                _ => {}
            }
        }
        Some((offer(&kind, version, escaping)?, quality))
    }))
}

fn offer(kind: &str, version: Option<&str>, escaping: Option<Escaping>) -> Option<Format> {
    match (kind, version) {
        ("application/openmetrics-text", Some("1.0.0") | None) => Some(Format::OpenMetrics1(escaping)),
        ("application/openmetrics-text", Some("0.0.1")) => Some(Format::OpenMetrics0),
        ("text/plain", Some("1.0.0")) => Some(Format::Text1(escaping.unwrap_or(Escaping::Underscores))),
        ("text/plain", Some("0.0.4") | None) | ("text/*" | "*/*", _) => Some(Format::Text),
        _ => None,
    }
}

/// Prometheus' documents write `allow-utf-8` in one place and `allow-utf8` in another.
fn escaping(value: &str) -> Option<Escaping> {
    match value {
        "allow-utf-8" | "allow-utf8" => Some(Escaping::AllowUtf8),
        "underscores" => Some(Escaping::Underscores),
        "dots" => Some(Escaping::Dots),
        "values" => Some(Escaping::Values),
        _ => None,
    }
}

/// Whether gzip is wanted: named (or meant by `*`) with a quality above 0 and not below that of sending it as it is.
pub(super) fn gzip(accept_encoding: &str) -> bool {
    let (mut gzip, mut identity, mut any) = (None, None, None);
    for element in accept_encoding.split(',') {
        let mut parts = element.split(';').map(str::trim);
        let slot = match parts.next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => &mut gzip,
            "identity" => &mut identity,
            "*" => &mut any,
            _ => continue,
        };
        let weight = parts.filter_map(parameter).find(|(name, _)| name == "q");
        *slot = Some(weight.map_or(1.0, |(_, value)| quality(value)));
    }
    gzip.or(any).is_some_and(|gzip| gzip > 0.0 && identity.is_none_or(|identity| gzip >= identity))
}

/// `name=value`, the name in lower case, the value without quotes.
fn parameter(text: &str) -> Option<(String, &str)> {
    let (name, value) = text.split_once('=')?;
    Some((name.trim().to_ascii_lowercase(), value.trim().trim_matches('"')))
}

/// A quality; what is none means that the element is not wanted.
fn quality(text: &str) -> f64 {
    text.parse().ok().filter(|quality| (0.0..=1.0).contains(quality)).unwrap_or(0.0)
}

fn best<T>(offers: impl Iterator<Item = (T, f64)>) -> Option<T> {
    let wanted = offers.filter(|(_, quality)| *quality > 0.0);
    let first_best = |best: Option<(T, f64)>, offer: (T, f64)| match best {
        Some(best) if best.1 >= offer.1 => Some(best),
        _ => Some(offer),
    };
    wanted.fold(None, first_best).map(|(format, _)| format)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROTOBUF: &str =
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

    #[test]
    fn speaks_what_prometheus_asks_for() {
        let prometheus_2_42 = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;\
                               q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        let prometheus_3 = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
                            application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;\
                            escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
        let native = format!("{PROTOBUF};q=0.7,{prometheus_3}");
        let text_only =
            "text/plain;version=1.0.0;escaping=allow-utf8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
        let utf8 = Some(Escaping::AllowUtf8);
        let cases = [
            (prometheus_2_42, Some(Format::OpenMetrics1(None))),
            (prometheus_3, Some(Format::OpenMetrics1(utf8))),
            (&native, Some(Format::OpenMetrics1(utf8))),
            (text_only, Some(Format::Text1(Escaping::AllowUtf8))),
            ("application/openmetrics-text; version=0.0.1", Some(Format::OpenMetrics0)),
            (
                "application/openmetrics-text;version=1.0.0;escaping=dots",
                Some(Format::OpenMetrics1(Some(Escaping::Dots))),
            ),
            ("text/plain;version=1.0.0;escaping=values", Some(Format::Text1(Escaping::Values))),
            ("text/plain;version=1.0.0", Some(Format::Text1(Escaping::Underscores))),
        ];
        for (accept, expected) in cases {
            assert_eq!(format(accept), expected, "{accept}");
        }
    }

    #[test]
    fn weighs_qualities() {
        let openmetrics = Some(Format::OpenMetrics1(None));
        let cases = [
            ("text/plain;q=0.5,application/openmetrics-text", openmetrics),
            ("text/plain,application/openmetrics-text", Some(Format::Text)),
            ("application/openmetrics-text;q=0,text/plain;q=0.1", Some(Format::Text)),
            ("application/openmetrics-text; Q=0.9 ; version=\"1.0.0\" , text/plain;q=0.8", openmetrics),
            ("APPLICATION/OpenMetrics-Text", openmetrics),
            ("application/openmetrics-text;q=2,text/plain;q=0.1", Some(Format::Text)),
            ("application/openmetrics-text;version=2.0.0,text/plain;version=0.0.4;q=0.1", Some(Format::Text)),
        ];
        for (accept, expected) in cases {
            assert_eq!(format(accept), expected, "{accept}");
        }
    }

    #[test]
    fn falls_back_to_text() {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        for accept in
            ["", "*/*", browser, PROTOBUF, "text/plain;q=0", "*/*;q=0", "/;q=0.1", ";;;,,=", "text/*"]
        {
            assert_eq!(Format::accepted(Some(accept)), Format::Text, "{accept}");
        }
        assert_eq!(Format::accepted(None), Format::Text);
    }

    #[test]
    fn gzip_is_used_when_wanted() {
        for wanted in ["gzip", "deflate, gzip;q=0.5", "*", "GZIP ; q=1.0", "identity;q=0.5, gzip", "x-gzip"] {
            assert!(gzip(wanted), "{wanted}");
        }
        for unwanted in [
            "",
            "identity",
            "gzip;q=0",
            "gzip; q=0.000",
            "*;q=0",
            "gzip;q=0, *",
            "identity, gzip;q=0.5",
            "gzip;q=x",
            "br",
        ] {
            assert!(!gzip(unwanted), "{unwanted}");
        }
    }

    #[test]
    fn content_types_name_what_is_sent() {
        let cases = [
            (Format::Text, "text/plain; version=0.0.4; charset=utf-8"),
            (
                Format::Text1(Escaping::AllowUtf8),
                "text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8",
            ),
            (Format::OpenMetrics0, "application/openmetrics-text; version=0.0.1; charset=utf-8"),
            (Format::OpenMetrics1(None), "application/openmetrics-text; version=1.0.0; charset=utf-8"),
        ];
        for (format, expected) in cases {
            assert_eq!(format.content_type(), expected);
        }
    }
}
