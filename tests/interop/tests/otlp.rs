//! What is exported, as OpenTelemetry's own types read it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "what is unexpected fails the test")]

mod kpis {
    kpi_runtime::kpis!("otlp.yaml", agent = "sender", emitted_in = []);
}
#[path = "../../../kpi-runtime/tests/support/receiver.rs"]
mod receiver;

use std::collections::BTreeMap;
use std::io::Read;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use flate2::read::GzDecoder;
use kpi_registry::value::{BuiltinUnit, Unit};
use kpi_runtime::Exemplar;
use kpi_runtime::otlp::{Exporter, ucum};
use kpi_runtime::snapshot::{self as data, Family, Kind, Series, Snapshot, Value};
use kpi_runtime::testing;
use kpis::{BreakerState, KPIS, Kpis, Model, ReleaseVersion, Step, Usd};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value};
use opentelemetry_proto::tonic::metrics::v1::exemplar::Value as ExemplarNumber;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value as Number;
use opentelemetry_proto::tonic::metrics::v1::{AggregationTemporality, Metric, NumberDataPoint};
use prost::Message;
use receiver::Receiver;

const TAKEN: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

/// What a receiver gets of a snapshot: the attributes of the resource, and the metrics by name.
fn exported(
    exporter: impl FnOnce(Exporter) -> Exporter,
    snapshot: Option<&Snapshot>,
) -> (BTreeMap<String, String>, BTreeMap<String, Metric>) {
    let receiver = Receiver::answering(&[TAKEN]);
    let exporter = exporter(Exporter::new(&receiver.url()));
    match snapshot {
        Some(snapshot) => exporter.export_snapshot(snapshot).unwrap(),
        None => exporter.export().unwrap(),
    }
    let [request] = receiver.received().try_into().unwrap();
    let mut body = request.body.clone();
    if request.header("content-encoding") == Some("gzip") {
        body.clear();
        GzDecoder::new(request.body.as_slice()).read_to_end(&mut body).unwrap();
    }
    let request = ExportMetricsServiceRequest::decode(body.as_slice()).unwrap();
    let [resource] = request.resource_metrics.try_into().unwrap();
    let [scope] = resource.scope_metrics.try_into().unwrap();
    assert_eq!(scope.scope.unwrap().name, "kpi-runtime");
    let metrics = scope.metrics.into_iter().map(|metric| (metric.name.clone(), metric)).collect();
    (attributes(&resource.resource.unwrap().attributes), metrics)
}

fn attributes(pairs: &[KeyValue]) -> BTreeMap<String, String> {
    let text = |pair: &KeyValue| match pair.value.clone().unwrap().value.unwrap() {
        any_value::Value::StringValue(text) => (pair.key.clone(), text),
        other => panic!("{other:?}"),
    };
    pairs.iter().map(text).collect()
}

/// The points of numbers, by their attributes.
fn numbers(points: &[NumberDataPoint]) -> Vec<(Vec<(String, String)>, Number)> {
    points
        .iter()
        .map(|point| (attributes(&point.attributes).into_iter().collect(), point.value.unwrap()))
        .collect()
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn prometheus_type(metric: &Metric) -> String {
    attributes(&metric.metadata).remove("prometheus.type").unwrap()
}

#[test]
fn every_kind_becomes_what_the_specification_says() {
    let kpis = Kpis::new();
    kpis.rows.with(Step::Read).inc_by(7_u64);
    kpis.cost.set(Usd(-0.25));
    kpis.spent.with(Model("größe\"")).inc_by(kpis::NonNegative::clamped(Usd(1.5)));
    for seconds in [0.05, 0.1, 0.5, 2.0, 3.0] {
        kpis.took.with(Step::Write).observe(kpis::Seconds(seconds));
    }
    kpis.breaker.set(BreakerState::Open);
    kpis.release.set(ReleaseVersion("1.4.2"));
    let (_, metrics) = exported(|exporter| exporter, Some(&testing::snapshot(&kpis)));

    let rows = &metrics["send_rows_total"];
    assert_eq!(
        (rows.description.as_str(), rows.unit.as_str(), prometheus_type(rows).as_str()),
        ("Rows sent", "", "counter")
    );
    let Some(Data::Sum(sum)) = &rows.data else { panic!("{rows:?}") };
    assert!(sum.is_monotonic && sum.aggregation_temporality() == AggregationTemporality::Cumulative);
    let expected =
        [("read", 7), ("write", 0)].map(|(step, number)| (vec![pair("step", step)], Number::AsInt(number)));
    assert_eq!(numbers(&sum.data_points), expected);

    let cost = &metrics["send_cost_usd"];
    assert_eq!((cost.unit.as_str(), prometheus_type(cost).as_str()), ("[USD]", "gauge"));
    let Some(Data::Gauge(gauge)) = &cost.data else { panic!("{cost:?}") };
    assert_eq!(numbers(&gauge.data_points), [(vec![], Number::AsDouble(-0.25))]);
    assert_eq!(gauge.data_points[0].start_time_unix_nano, 0, "a gauge begins nowhere");

    let Some(Data::Sum(spent)) = &metrics["send_spent_usd_total"].data else { panic!("it is a sum") };
    assert_eq!(numbers(&spent.data_points), [(vec![pair("model", "größe\"")], Number::AsDouble(1.5))]);

    let took = &metrics["send_took_seconds"];
    assert_eq!((took.unit.as_str(), prometheus_type(took).as_str()), ("s", "histogram"));
    let Some(Data::Histogram(histogram)) = &took.data else { panic!("{took:?}") };
    assert_eq!(histogram.aggregation_temporality(), AggregationTemporality::Cumulative);
    let point = histogram.data_points.iter().find(|point| point.count > 0).unwrap();
    assert_eq!(
        (point.explicit_bounds.as_slice(), point.bucket_counts.as_slice()),
        (&[0.1, 1.0][..], &[2, 1, 2][..])
    );
    assert_eq!((point.count, point.sum), (5, Some(5.65)));
    assert_eq!(attributes(&point.attributes).into_iter().collect::<Vec<_>>(), [pair("step", "write")]);
    let empty = histogram.data_points.iter().find(|point| point.count == 0).unwrap();
    assert_eq!((empty.bucket_counts.as_slice(), empty.sum), (&[0, 0, 0][..], Some(0.0)));

    // One of several states, and facts, are counts of 1 that may be added up.
    for (name, kind, points) in [("send_breaker", "stateset", 2), ("send_release_info", "info", 1)] {
        let metric = &metrics[name];
        let Some(Data::Sum(sum)) = &metric.data else { panic!("{metric:?}") };
        assert_eq!(
            (prometheus_type(metric).as_str(), sum.data_points.len(), sum.is_monotonic),
            (kind, points, false)
        );
        assert_eq!(sum.aggregation_temporality(), AggregationTemporality::Cumulative);
        let ones = numbers(&sum.data_points).into_iter().filter(|(_, number)| *number == Number::AsInt(1));
        assert_eq!(ones.count(), 1);
    }
    assert_eq!(metrics.len(), 7);
}

#[test]
fn numbers_survive_to_their_ends() {
    let real = |number: f64| Series::new(Vec::new(), Value::Real(number));
    let family = |name: &'static str, kind: Kind, series: Vec<Series>| Family::new(name, kind, series);
    let snapshot = Snapshot {
        families: vec![
            family(
                "most",
                Kind::Counter,
                vec![Series::new(Vec::new(), Value::Whole(i64::MAX.cast_unsigned()))],
            ),
            family("more", Kind::Counter, vec![Series::new(Vec::new(), Value::Whole(u64::MAX))]),
            family("odd", Kind::Gauge, [f64::NEG_INFINITY, f64::MIN_POSITIVE / 2.0, -0.0].map(real).into()),
            family("nan", Kind::Unknown, vec![real(f64::NAN)]),
            family(
                "none",
                Kind::Histogram,
                vec![Series::new(
                    Vec::new(),
                    // A bucket up to +Inf that somebody lists, and no other.
                    Value::Histogram(data::Histogram::new(vec![(f64::INFINITY, 3)], 3, f64::NAN)),
                )],
            ),
        ],
    };
    let (_, metrics) = exported(|exporter| exporter.gzip(true), Some(&snapshot));
    let points = |name: &str| match &metrics[name].data {
        Some(Data::Sum(sum)) => numbers(&sum.data_points),
        Some(Data::Gauge(gauge)) => numbers(&gauge.data_points),
        other => panic!("{other:?}"),
    };
    assert_eq!(points("most"), [(vec![], Number::AsInt(i64::MAX))]);
    assert_eq!(points("more"), [(vec![], Number::AsDouble(18_446_744_073_709_551_615.0))]);
    let bits = |name| {
        points(name).into_iter().map(|(_, number)| match number {
            Number::AsDouble(number) => number.to_bits(),
            Number::AsInt(_) => panic!("it is real"),
        })
    };
    let odd = [f64::NEG_INFINITY, f64::MIN_POSITIVE / 2.0, -0.0].map(f64::to_bits);
    assert_eq!(bits("odd").collect::<Vec<_>>(), odd);
    assert_eq!(bits("nan").collect::<Vec<_>>(), [f64::NAN.to_bits()]);
    let Some(Data::Histogram(none)) = &metrics["none"].data else { panic!("it is a histogram") };
    assert_eq!(
        (&none.data_points[0].explicit_bounds, &none.data_points[0].bucket_counts),
        (&vec![], &vec![3])
    );
}

#[test]
fn the_resource_says_who_sends() {
    KPIS.init().unwrap();
    let (resource, metrics) =
        exported(|exporter| exporter.resource("service.version", "").resource("host.name", "a"), None);
    let expected = [
        ("host.name", "a"),
        ("service.name", "sender"),
        ("service.namespace", "send"),
        ("telemetry.sdk.language", "rust"),
        ("telemetry.sdk.name", "kpi-runtime"),
    ];
    for (name, value) in expected {
        assert_eq!(resource.get(name).map(String::as_str), Some(value), "{name}");
    }
    assert_eq!(resource["service.instance.id"].len(), 36);
    assert!(!resource.contains_key("service.version"));
    assert_eq!(exported(|exporter| exporter.service("other"), None).0["service.name"], "other");

    // All that a scrape would show, read now, summed up since the process began.
    assert!(metrics.contains_key("process_cpu_seconds_total") && metrics.contains_key("kpi_build_info"));
    let Some(Data::Sum(rows)) = &metrics["send_rows_total"].data else { panic!("it is a sum") };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let [start, time] = [rows.data_points[0].start_time_unix_nano, rows.data_points[0].time_unix_nano]
        .map(Duration::from_nanos);
    assert!(start <= time && time <= now, "{start:?} {time:?} {now:?}");
    let process = kpi_runtime::snapshot();
    let began = process.series("process_start_time_seconds", &[]).unwrap().value.as_f64();
    assert!((start.as_secs_f64() - began).abs() < 1e-3, "{start:?} {began}");
}

/// The units that a registry knows have the codes here that they have there.
#[test]
fn units_are_those_of_the_registry() {
    for builtin in BuiltinUnit::ALL {
        let unit = Unit::Builtin(*builtin);
        // Without a suffix nothing is known of the unit here.
        let expected = if unit.suffix().is_empty() { "" } else { unit.ucum() };
        assert_eq!(ucum(unit.suffix()), expected, "{unit}");
    }
}

#[test]
fn exemplars_name_trace_and_span() {
    let kpis = Kpis::new();
    let (trace, span) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
    let exemplar = Exemplar::new([("trace_id", trace), ("span_id", span), ("user", "7")]).unwrap();
    kpis.retries.inc_by_with(3_u64, exemplar);
    kpis.took
        .with(Step::Read)
        .observe_with(kpis::Seconds(0.5), Exemplar::new([("trace_id", "none")]).unwrap());
    let (_, metrics) = exported(|exporter| exporter, Some(&testing::snapshot(&kpis)));

    let Some(Data::Sum(retries)) = &metrics["send_retries_total"].data else { panic!("it is a sum") };
    let [exemplar] = retries.data_points[0].exemplars.as_slice() else { panic!("{retries:?}") };
    let hex = |bytes: &[u8]| bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    assert_eq!((hex(&exemplar.trace_id), hex(&exemplar.span_id)), (trace.to_owned(), span.to_owned()));
    assert_eq!(
        attributes(&exemplar.filtered_attributes).into_iter().collect::<Vec<_>>(),
        [pair("user", "7")]
    );
    assert_eq!(exemplar.value, Some(ExemplarNumber::AsDouble(3.0)));
    let age = SystemTime::now().duration_since(UNIX_EPOCH + Duration::from_nanos(exemplar.time_unix_nano));
    assert!(age.unwrap() < Duration::from_secs(600));

    let Some(Data::Histogram(took)) = &metrics["send_took_seconds"].data else { panic!("it is a histogram") };
    let point = took.data_points.iter().find(|point| point.count > 0).unwrap();
    let [exemplar] = point.exemplars.as_slice() else { panic!("{point:?}") };
    assert!(exemplar.trace_id.is_empty(), "an id that is none is a label like any other");
    let labels: Vec<_> = attributes(&exemplar.filtered_attributes).into_iter().collect();
    assert_eq!(labels, [pair("trace_id", "none")]);
}
