//! What who asks accepts: the headers `Accept` and `Accept-Encoding`.

use super::compress::Coding;
use super::{Escaping, Format};

/// What an element of `Accept` names.
#[derive(Debug, Default)]
struct Kind<'a> {
    version: Option<&'a str>,
    escaping: Option<Escaping>,
    proto: Option<&'a str>,
    encoding: Option<&'a str>,
}

/// The named format of the highest quality that is spoken here, of equals the first. `None` if none is named: then the text
/// format is the answer, as to a wildcard, because a Prometheus that asks for something else reads it too. So a wildcard's
/// own quality says nothing.
pub(super) fn format(accept: &str) -> Option<Format> {
    best(accept.split(',').filter_map(|element| {
        let mut parts = element.split(';').map(str::trim);
        let name = parts.next()?.to_ascii_lowercase();
        let (mut kind, mut quality) = (Kind::default(), 1.0);
        for (name, value) in parts.filter_map(parameter) {
            match name.as_str() {
                "version" => kind.version = Some(value),
                "escaping" => kind.escaping = escaping(value),
                "proto" => kind.proto = Some(value),
                "encoding" => kind.encoding = Some(value),
                "q" => quality = self::quality(value),
                _ => {}
            }
        }
        Some((offer(&name, &kind)?, quality))
    }))
}

fn offer(name: &str, kind: &Kind<'_>) -> Option<Format> {
    let escaping = kind.escaping;
    match (name, kind.version) {
        ("application/openmetrics-text", Some("1.0.0") | None) => Some(Format::OpenMetrics1(escaping)),
        ("application/openmetrics-text", Some("0.0.1")) => Some(Format::OpenMetrics0),
        ("application/vnd.google.protobuf", _) => {
            let spoken = kind.proto == Some("io.prometheus.client.MetricFamily")
                && kind.encoding.is_some_and(|encoding| encoding.eq_ignore_ascii_case("delimited"));
            spoken.then_some(Format::Protobuf(escaping))
        }
        ("text/plain", Some("1.0.0")) => Some(Format::Text1(escaping.unwrap_or(Escaping::Underscores))),
        ("text/plain", Some("0.0.4") | None) => Some(Format::Text),
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

/// The coding of the highest quality, named or meant by `*`, of equals the first of [`Coding::ALL`]. `None` where sending the
/// page as it is has a higher one.
pub(super) fn coding(accept_encoding: &str) -> Option<Coding> {
    let mut named = [None; Coding::ALL.len()];
    let (mut identity, mut any) = (None, None);
    for element in accept_encoding.split(',') {
        let mut parts = element.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let coding = Coding::ALL.iter().zip(&mut named).find(|(coding, _)| coding.is_named(&name));
        let slot = match (coding, name.as_str()) {
            (Some((_, slot)), _) => slot,
            (None, "identity") => &mut identity,
            (None, "*") => &mut any,
            (None, _) => continue,
        };
        let weight = parts.filter_map(parameter).find(|(name, _)| name == "q");
        *slot = Some(weight.map_or(1.0, |(_, value)| quality(value)));
    }
    let qualities = named.into_iter().map(|named| named.or(any).unwrap_or(0.0));
    let wanted = qualities.map(|quality| if identity.is_some_and(|it| it > quality) { 0.0 } else { quality });
    best(Coding::ALL.iter().copied().zip(wanted))
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
    const UTF8: Option<Escaping> = Some(Escaping::AllowUtf8);

    /// What each version sends by its sources, as it is and with native histograms switched on. 2.49.0 wants anything at
    /// all more than what it names, and means the opposite.
    #[test]
    fn speaks_what_prometheus_asks_for() {
        let openmetrics = "application/openmetrics-text;version";
        let until_2_48 = format!("{openmetrics}=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1");
        let from_2_49 =
            format!("{openmetrics}=1.0.0;q=0.5,{openmetrics}=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3");
        let native_from_2_49 = format!(
            "{PROTOBUF};q=0.5,{openmetrics}=1.0.0;q=0.4,{openmetrics}=0.0.1;q=0.3,text/plain;version=0.0.4;q=0.2"
        );
        let from_3_0 = format!(
            "{openmetrics}=1.0.0;escaping=allow-utf-8;q=0.6,{openmetrics}=0.0.1;escaping=allow-utf-8;q=0.5,\
             text/plain;version=1.0.0;escaping=allow-utf-8;escaping=allow-utf-8;q=0.4,\
             text/plain;version=0.0.4;escaping=allow-utf-8;q=0.3,*/*;q=0.2"
        );
        let native_from_3_0 = format!(
            "{PROTOBUF};escaping=allow-utf-8;q=0.6,{openmetrics}=1.0.0;escaping=allow-utf-8;q=0.5,*/*;q=0.1"
        );
        let from_3_5 = format!(
            "{openmetrics}=1.0.0;escaping=allow-utf-8;q=0.6,{openmetrics}=0.0.1;q=0.5,\
             text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
        );
        let native_from_3_5 = format!(
            "{PROTOBUF};q=0.6,{openmetrics}=1.0.0;escaping=allow-utf-8;q=0.5,{openmetrics}=0.0.1;q=0.4,\
             text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1"
        );
        let cases = [
            (format!("{openmetrics}=1.0.0,{until_2_48}"), Format::OpenMetrics1(None)),
            (format!("{PROTOBUF},{openmetrics}=1.0.0;q=0.8,{until_2_48}"), Format::Protobuf(None)),
            (format!("{from_2_49},*/*;q=2"), Format::OpenMetrics1(None)),
            (format!("{native_from_2_49},*/*;q=1"), Format::Protobuf(None)),
            (format!("{from_2_49},*/*;q=0.2"), Format::OpenMetrics1(None)),
            (format!("{native_from_2_49},*/*;q=0.1"), Format::Protobuf(None)),
            (from_3_0, Format::OpenMetrics1(UTF8)),
            (native_from_3_0, Format::Protobuf(UTF8)),
            (from_3_5, Format::OpenMetrics1(UTF8)),
            (native_from_3_5, Format::Protobuf(None)),
            (
                "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,*/*;q=0.5".to_owned(),
                Format::Text1(Escaping::AllowUtf8),
            ),
            ("text/plain;version=0.0.4;q=0.6,*/*;q=0.5".to_owned(), Format::Text),
        ];
        for (accept, expected) in cases {
            assert_eq!(format(&accept), Some(expected), "{accept}");
        }
    }

    #[test]
    fn knows_the_versions_and_escapings_of_each() {
        let openmetrics = |escaping| Format::OpenMetrics1(Some(escaping));
        let cases = [
            ("application/openmetrics-text; version=0.0.1", Format::OpenMetrics0),
            ("application/openmetrics-text;version=1.0.0;escaping=dots", openmetrics(Escaping::Dots)),
            ("application/openmetrics-text;escaping=allow-utf8", openmetrics(Escaping::AllowUtf8)),
            ("application/openmetrics-text;version=1.0.0;escaping=nonsense", Format::OpenMetrics1(None)),
            ("text/plain;version=1.0.0;escaping=values", Format::Text1(Escaping::Values)),
            ("text/plain;version=1.0.0", Format::Text1(Escaping::Underscores)),
        ];
        for (accept, expected) in cases {
            assert_eq!(format(accept), Some(expected), "{accept}");
        }
        assert_eq!(format(&format!("{PROTOBUF};escaping=allow-utf-8")), Some(Format::Protobuf(UTF8)));
        let quoted = "Application/VND.google.protobuf; Proto=\"io.prometheus.client.MetricFamily\"; encoding=Delimited";
        assert_eq!(format(quoted), Some(Format::Protobuf(None)));
    }

    /// Other encodings and messages of protobuf, and other versions, are nothing we have: the next element is.
    #[test]
    fn passes_over_what_it_does_not_speak() {
        let kinds = [
            "application/vnd.google.protobuf",
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily",
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text",
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=compact-text",
            "application/vnd.google.protobuf;proto=io.prometheus.write.v2.Request;encoding=delimited",
            "application/openmetrics-text;version=2.0.0",
            "text/plain;version=0.0.3",
            "application/json",
        ];
        for kind in kinds {
            assert_eq!(format(kind), None, "{kind}");
            let then = format!("{kind},application/openmetrics-text;version=1.0.0;q=0.5");
            assert_eq!(format(&then), Some(Format::OpenMetrics1(None)), "{then}");
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
            (&format!("*/*,{PROTOBUF};q=0.8"), Some(Format::Protobuf(None))),
            (&format!("{PROTOBUF};q=0,*/*;q=0.1"), None),
            (&format!("text/plain;q=0.5,{PROTOBUF};q=0.51"), Some(Format::Protobuf(None))),
        ];
        for (accept, expected) in cases {
            assert_eq!(format(accept), expected, "{accept}");
        }
    }

    #[test]
    fn falls_back_to_text() {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        for accept in ["", "*/*", browser, "text/plain;q=0", "*/*;q=0", "/;q=0.1", ";;;,,=", "text/*"] {
            assert_eq!(Format::accepted(Some(accept)), Format::Text, "{accept}");
        }
        assert_eq!(Format::accepted(None), Format::Text);
    }

    #[test]
    fn a_page_is_compressed_when_that_is_wanted() {
        for wanted in ["gzip", "deflate, gzip;q=0.5", "GZIP ; q=1.0", "identity;q=0.5, gzip", "x-gzip"] {
            assert_eq!(coding(wanted), Some(Coding::Gzip), "{wanted}");
        }
        assert_eq!(coding("*"), Some(Coding::ALL[0]));
        for unwanted in [
            "",
            "identity",
            "gzip;q=0",
            "gzip; q=0.000",
            "*;q=0",
            "gzip;q=0, zstd;q=0, *",
            "identity, gzip;q=0.5, zstd;q=0.9",
            "identity;q=0, gzip;q=0, zstd;q=0",
            "identity;q=0",
            "gzip;q=x",
            "br",
        ] {
            assert_eq!(coding(unwanted), None, "{unwanted}");
        }
    }

    #[test]
    fn zstd_is_preferred_where_it_is_there() {
        let zstd = Coding::ALL.iter().copied().find(|coding| coding.as_str() == "zstd");
        for wanted in ["gzip, zstd", "zstd;q=0.5, gzip;q=0.5", "gzip;q=0.5, *", "identity;q=0, *"] {
            assert_eq!(coding(wanted), zstd.or(Some(Coding::Gzip)), "{wanted}");
        }
        assert_eq!(coding("zstd"), zstd);
        for wanted in ["zstd;q=0.5, gzip", "zstd;q=0, gzip", "zstd;q=0, *", "zstd;q=0, identity;q=0, *;q=0.1"]
        {
            assert_eq!(coding(wanted), Some(Coding::Gzip), "{wanted}");
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
            (
                Format::Protobuf(None),
                "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
            ),
        ];
        for (format, expected) in cases {
            assert_eq!(format.content_type(), expected);
        }
    }
}
