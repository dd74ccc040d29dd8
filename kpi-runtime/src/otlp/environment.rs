//! The environment variables that OpenTelemetry's specification has for exporters.

use std::time::Duration;

use super::error::ExportError;
use super::exporter::Exporter;

/// An exporter as these variables say.
pub(super) fn exporter(variable: impl Fn(&str) -> Option<String>) -> Result<Exporter, ExportError> {
    // An empty variable is one that is not set.
    let set = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
    // What is said about metrics goes before what is said about all signals.
    let either = |metrics: &'static str, all: &'static str| {
        set(metrics).map(|value| (metrics, value)).or_else(|| set(all).map(|value| (all, value)))
    };

    if let Some((name, value)) = either("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
        && value.trim() != "http/protobuf"
    {
        return Err(wrong(name, format!("`{value}` is not spoken here, only `http/protobuf`")));
    }
    let mut exporter = match (set("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"), set("OTEL_EXPORTER_OTLP_ENDPOINT"))
    {
        // This one is used as it is.
        (Some(url), _) => Exporter::at(url.trim(), ""),
        (None, Some(url)) => Exporter::new(url.trim()),
        (None, None) => Exporter::new("http://localhost:4318"),
    };
    if let Some((name, value)) = either("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS") {
        for (key, value) in pairs(name, &value)? {
            exporter = exporter.header(key, value);
        }
    }
    if let Some((name, value)) = either("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT") {
        exporter = exporter.timeout(milliseconds(name, &value)?);
    }
    if let Some((name, value)) =
        either("OTEL_EXPORTER_OTLP_METRICS_COMPRESSION", "OTEL_EXPORTER_OTLP_COMPRESSION")
    {
        exporter = exporter.gzip(match value.trim() {
            "gzip" => true,
            "none" => false,
            other => return Err(wrong(name, format!("`{other}` is neither `gzip` nor `none`"))),
        });
    }
    if let Some(value) = set("OTEL_METRIC_EXPORT_INTERVAL") {
        exporter = exporter.interval(milliseconds("OTEL_METRIC_EXPORT_INTERVAL", &value)?);
    }
    if let Some(value) = set("OTEL_RESOURCE_ATTRIBUTES") {
        for (key, value) in pairs("OTEL_RESOURCE_ATTRIBUTES", &value)? {
            exporter = exporter.resource(key, value);
        }
    }
    if let Some(name) = set("OTEL_SERVICE_NAME") {
        exporter = exporter.service(name);
    }
    exporter.checked()
}

fn wrong(name: &'static str, why: String) -> ExportError {
    ExportError::Environment { name, why }
}

fn milliseconds(name: &'static str, value: &str) -> Result<Duration, ExportError> {
    let number = value.trim().parse().ok().filter(|number| *number > 0);
    let number = number.ok_or_else(|| wrong(name, format!("`{value}` is no number of milliseconds")))?;
    Ok(Duration::from_millis(number))
}

/// `key=value,key=value`, each escaped by percent signs.
fn pairs(name: &'static str, text: &str) -> Result<Vec<(String, String)>, ExportError> {
    let pair = |text: &str| {
        let (key, value) = text.split_once('=')?;
        Some((unescaped(key.trim())?, unescaped(value.trim())?)).filter(|(key, _)| !key.is_empty())
    };
    let parts = text.split(',').filter(|part| !part.trim().is_empty());
    let pairs =
        parts.map(|part| pair(part).ok_or_else(|| wrong(name, "expected `key=value,key=value`".to_owned())));
    pairs.collect()
}

fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut parts = text.split('%');
    bytes.extend_from_slice(parts.next()?.as_bytes());
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Result<String, String> {
        let variable = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        exporter(variable).map(|exporter| exporter.described()).map_err(|error| error.to_string())
    }

    #[test]
    fn the_variables_of_the_specification_are_read() {
        let nothing = "http://localhost:4318/v1/metrics gzip=false 10s 60s";
        assert_eq!(of(&[]).as_deref(), Ok(nothing));
        assert_eq!(of(&[("OTEL_EXPORTER_OTLP_ENDPOINT", " ")]).as_deref(), Ok(nothing));
        let all = of(&[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/otel/"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=a%2Cb, x-other = c "),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "1500"),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "5000"),
            ("OTEL_RESOURCE_ATTRIBUTES", "service.name=ignored,host.name=gr%C3%B6%C3%9Fe,"),
            ("OTEL_SERVICE_NAME", "neuros"),
        ]);
        let expected = "http://collector:4318/otel/v1/metrics gzip=true 1.5s 5s x-tenant=a,b x-other=c host.name=größe \
                        service.name=neuros";
        assert_eq!(all.as_deref(), Ok(expected));
        let metrics = of(&[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://all:4318"),
            ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://metrics:9090/api/v1/otlp/v1/metrics"),
        ]);
        assert_eq!(metrics.as_deref(), Ok("http://metrics:9090/api/v1/otlp/v1/metrics gzip=false 10s 60s"));
    }

    #[test]
    fn what_they_should_not_say_is_told() {
        let cases = [
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "`grpc` is not spoken here"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector", "https is not spoken here"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "novalue", "expected `key=value"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "a=%zz", "expected `key=value"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "a=b%0d%0ac", "one line of ASCII"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "10s", "`10s` is no number of milliseconds"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "0", "`0` is no number of milliseconds"),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd", "`zstd` is neither"),
        ];
        for (name, value, said) in cases {
            let error = of(&[(name, value)]).err().unwrap_or_default();
            assert!(error.contains(said), "{name}={value}: {error}");
        }
    }
}
