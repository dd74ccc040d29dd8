//! The text formats. They differ in few places, which [`Dialect`] names.

use std::borrow::Cow;
use std::fmt::Write;

use super::{escape, exemplar, number, time, unit};
use crate::snapshot::{Exemplar, Family, Histogram, Kind, Series, Snapshot, Summary, Value};

/// Which text format.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Prometheus text 0.0.4.
    Text,
    /// OpenMetrics 1.0. Where it differs from what is written: a histogram with negative bounds has a sum here, as
    /// Prometheus' own client libraries have it, because means are made from it.
    OpenMetrics {
        /// With the times at which series began.
        created: bool,
    },
}

/// The whole page.
pub(super) fn page(snapshot: &Snapshot, dialect: Dialect) -> String {
    let mut page = Page { out: String::new(), dialect };
    snapshot.families.iter().for_each(|family| page.family(family));
    page.finish()
}

/// A series as it stands before its value.
#[cfg(feature = "testing")]
pub(super) fn series(name: &str, labels: &Labels) -> String {
    let mut page = Page { out: String::new(), dialect: Dialect::Text };
    page.sample(name, "", labels, None);
    page.out.truncate(page.out.len() - 1);
    page.out
}

impl Dialect {
    /// The type, and the name of the family, from which OpenMetrics takes the suffix that its samples then have.
    fn metadata(self, name: &str, kind: Kind) -> (&'static str, &str) {
        let openmetrics = self.is_openmetrics();
        match kind {
            Kind::Counter if openmetrics => match name.strip_suffix("_total") {
                Some(base) => ("counter", base),
                None => ("unknown", name),
            },
            Kind::Info => match name.strip_suffix("_info").filter(|_| openmetrics) {
                Some(base) => ("info", base),
                None => ("gauge", name),
            },
            Kind::Counter => ("counter", name),
            // A stateset's label would have the name of the family, so the same series would differ between formats.
            Kind::Gauge | Kind::State => ("gauge", name),
            Kind::Histogram => ("histogram", name),
            Kind::Summary => ("summary", name),
            Kind::Unknown if openmetrics => ("unknown", name),
            Kind::Unknown => ("untyped", name),
        }
    }

    pub(super) fn is_openmetrics(self) -> bool {
        matches!(self, Self::OpenMetrics { .. })
    }

    pub(super) fn has_created(self) -> bool {
        matches!(self, Self::OpenMetrics { created: true })
    }
}

/// A page while it is written.
pub(super) struct Page {
    pub(super) out: String,
    pub(super) dialect: Dialect,
}

/// The lines that go before the samples of a family.
pub(super) fn header(out: &mut String, dialect: Dialect, name: &str, kind: Kind, help: &str, unit: &str) {
    let unit = unit::shown(name, kind, unit).filter(|_| dialect.is_openmetrics());
    let (kind, name) = dialect.metadata(name, kind);
    // Writing to a String cannot fail.
    if !help.is_empty() {
        let _ = write!(out, "# HELP {name} ");
        escape::help(out, help, dialect.is_openmetrics());
        out.push('\n');
    }
    let _ = writeln!(out, "# TYPE {name} {kind}");
    if let Some(unit) = unit {
        let _ = writeln!(out, "# UNIT {name} {unit}");
    }
}

impl Page {
    /// Ends the page.
    pub(super) fn finish(mut self) -> String {
        if self.dialect.is_openmetrics() {
            self.out.push_str("# EOF\n");
        }
        self.out
    }

    /// Writes a family and its samples, if there are any.
    pub(super) fn family(&mut self, family: &Family) {
        if family.series.is_empty() {
            return;
        }
        header(&mut self.out, self.dialect, &family.name, family.kind, &family.help, &family.unit);
        let (kind, name) = self.dialect.metadata(&family.name, family.kind);
        for series in &family.series {
            self.series(&family.name, kind, series);
            let created = time::created(family.kind, series).filter(|_| self.dialect.has_created());
            if let Some(created) = created.filter(|_| kind != "unknown") {
                self.real(name, "_created", &series.labels, None, created);
            }
        }
    }

    fn series(&mut self, name: &str, kind: &str, series: &Series) {
        let labels = &series.labels;
        match &series.value {
            Value::Whole(_) | Value::Real(_) => {
                self.sample(name, "", labels, None);
                match series.value {
                    Value::Whole(number) => self.write(format_args!("{number}")),
                    _ => number::value(&mut self.out, series.value.as_f64()),
                }
                self.end(series.exemplar.as_deref().filter(|_| kind == "counter"));
            }
            Value::Histogram(histogram) => {
                let Histogram { cumulative, count, sum, .. } = histogram;
                for (i, (bound, number)) in cumulative.iter().enumerate() {
                    self.bucket(name, labels, (*bound, *number), exemplar::of_bucket(histogram, i));
                }
                if cumulative.last().is_none_or(|(bound, _)| *bound < f64::INFINITY) {
                    let exemplar = exemplar::of_bucket(histogram, cumulative.len());
                    self.bucket(name, labels, (f64::INFINITY, *count), exemplar);
                }
                self.real(name, "_sum", labels, None, *sum);
                self.whole(name, "_count", labels, *count);
            }
            Value::Summary(Summary { quantiles, count, sum }) => {
                for (quantile, number) in quantiles {
                    self.real(name, "", labels, Some(("quantile", *quantile)), *number);
                }
                self.real(name, "_sum", labels, None, *sum);
                self.whole(name, "_count", labels, *count);
            }
        }
    }

    fn bucket(&mut self, name: &str, labels: &Labels, bucket: (f64, u64), exemplar: Option<&Exemplar>) {
        let (bound, number) = bucket;
        self.sample(name, "_bucket", labels, Some(("le", bound)));
        self.write(format_args!("{number}"));
        self.end(exemplar);
    }

    fn whole(&mut self, name: &str, suffix: &str, labels: &Labels, number: u64) {
        self.sample(name, suffix, labels, None);
        self.write(format_args!("{number}\n"));
    }

    fn real(&mut self, name: &str, suffix: &str, labels: &Labels, bound: Option<(&str, f64)>, number: f64) {
        self.sample(name, suffix, labels, bound);
        number::value(&mut self.out, number);
        self.out.push('\n');
    }

    /// The end of a line that may have an exemplar.
    fn end(&mut self, exemplar: Option<&Exemplar>) {
        if let Some(exemplar) = exemplar.filter(|_| self.dialect.is_openmetrics()) {
            exemplar::text(&mut self.out, exemplar);
        }
        self.out.push('\n');
    }

    /// A sample up to its value.
    fn sample(&mut self, name: &str, suffix: &str, labels: &Labels, bound: Option<(&str, f64)>) {
        self.out.push_str(name);
        self.out.push_str(suffix);
        let mut separator = '{';
        for (name, value) in labels {
            self.out.push(separator);
            self.write(format_args!("{name}=\""));
            escape::label_value(&mut self.out, value);
            self.out.push('"');
            separator = ',';
        }
        if let Some((name, bound)) = bound {
            let bound = number::bound(bound, self.dialect.is_openmetrics());
            self.write(format_args!("{separator}{name}=\"{bound}\""));
            separator = ',';
        }
        self.out.push_str(if separator == ',' { "} " } else { " " });
    }

    fn write(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = self.out.write_fmt(text);
    }
}

pub(crate) type Labels = [(Cow<'static, str>, Cow<'static, str>)];

#[cfg(test)]
mod tests {
    use super::*;

    const OPENMETRICS: Dialect = Dialect::OpenMetrics { created: false };

    fn family(name: &'static str, kind: Kind, unit: &'static str, series: Vec<Series>) -> Snapshot {
        let family = Family::new(name, kind, series).with_help("a \"b\" \\ c\nd").with_unit(unit);
        Snapshot { families: vec![family] }
    }

    fn one(labels: &[(&'static str, &'static str)], value: Value) -> Vec<Series> {
        let labels = labels.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        vec![Series::new(labels, value)]
    }

    #[track_caller]
    fn check(snapshot: &Snapshot, text: &str, openmetrics: &str) {
        assert_eq!(page(snapshot, Dialect::Text), text);
        assert_eq!(page(snapshot, OPENMETRICS), openmetrics);
    }

    #[test]
    fn a_counter() {
        let series = one(&[("path", "a\"b\\c\nd\u{e9}"), ("empty", "")], Value::Whole(u64::MAX));
        check(
            &family("x_bytes_total", Kind::Counter, "bytes", series),
            concat!(
                "# HELP x_bytes_total a \"b\" \\\\ c\\nd\n",
                "# TYPE x_bytes_total counter\n",
                "x_bytes_total{path=\"a\\\"b\\\\c\\nd\u{e9}\",empty=\"\"} 18446744073709551615\n",
            ),
            concat!(
                "# HELP x_bytes a \\\"b\\\" \\\\ c\\nd\n",
                "# TYPE x_bytes counter\n",
                "# UNIT x_bytes bytes\n",
                "x_bytes_total{path=\"a\\\"b\\\\c\\nd\u{e9}\",empty=\"\"} 18446744073709551615\n",
                "# EOF\n",
            ),
        );
    }

    #[test]
    fn a_counter_that_is_not_named_as_one_is_unknown_to_openmetrics() {
        let snapshot = family("x", Kind::Counter, "", one(&[], Value::Whole(1)));
        assert!(page(&snapshot, OPENMETRICS).contains("# TYPE x unknown\nx 1\n# EOF\n"));
    }

    #[test]
    fn a_histogram() {
        let value = Histogram::new(vec![(1.0, 2), (2.5, 3)], 5, f64::NEG_INFINITY);
        check(
            &family("x_seconds", Kind::Histogram, "ms", one(&[("a", "b")], Value::Histogram(value))),
            concat!(
                "# HELP x_seconds a \"b\" \\\\ c\\nd\n",
                "# TYPE x_seconds histogram\n",
                "x_seconds_bucket{a=\"b\",le=\"1\"} 2\n",
                "x_seconds_bucket{a=\"b\",le=\"2.5\"} 3\n",
                "x_seconds_bucket{a=\"b\",le=\"+Inf\"} 5\n",
                "x_seconds_sum{a=\"b\"} -Inf\n",
                "x_seconds_count{a=\"b\"} 5\n",
            ),
            concat!(
                "# HELP x_seconds a \\\"b\\\" \\\\ c\\nd\n",
                "# TYPE x_seconds histogram\n",
                "x_seconds_bucket{a=\"b\",le=\"1.0\"} 2\n",
                "x_seconds_bucket{a=\"b\",le=\"2.5\"} 3\n",
                "x_seconds_bucket{a=\"b\",le=\"+Inf\"} 5\n",
                "x_seconds_sum{a=\"b\"} -Inf\n",
                "x_seconds_count{a=\"b\"} 5\n",
                "# EOF\n",
            ),
        );
    }

    #[test]
    fn an_info_keeps_its_sample() {
        let snapshot = family("x_info", Kind::Info, "", one(&[("v", "1")], Value::Whole(1)));
        assert!(page(&snapshot, Dialect::Text).ends_with("# TYPE x_info gauge\nx_info{v=\"1\"} 1\n"));
        assert!(page(&snapshot, OPENMETRICS).ends_with("# TYPE x info\nx_info{v=\"1\"} 1\n# EOF\n"));
    }

    fn exemplar(value: f64) -> Exemplar {
        Exemplar::new(vec![("trace_id".into(), "4bf9".into())], value)
    }

    #[test]
    fn openmetrics_has_exemplars_and_times_of_creation() {
        let created = Dialect::OpenMetrics { created: true };
        let count = Value::Real(1.5);
        let counter = Series::new(Vec::new(), count).with_exemplar(exemplar(1.0)).with_created(1.7e9);
        let snapshot = family("x_total", Kind::Counter, "", vec![counter.clone()]);
        assert!(page(&snapshot, Dialect::Text).ends_with("\nx_total 1.5\n"));
        let shown = "\nx_total 1.5 # {trace_id=\"4bf9\"} 1\n";
        assert!(page(&snapshot, OPENMETRICS).ends_with(&[shown, "# EOF\n"].concat()));
        assert!(page(&snapshot, created).ends_with(&[shown, "x_created 1700000000\n# EOF\n"].concat()));
        // Not a counter to OpenMetrics, which then allows neither.
        let snapshot = family("x", Kind::Counter, "", vec![counter]);
        assert!(page(&snapshot, created).ends_with("# TYPE x unknown\nx 1.5\n# EOF\n"));

        let histogram =
            Histogram::new(vec![(1.0, 1)], 3, 7.0).with_exemplars(vec![exemplar(0.5), exemplar(4.0)]);
        let histogram = Series::new(Vec::new(), Value::Histogram(histogram)).with_created(0.25);
        let expected = concat!(
            "x_bucket{le=\"1.0\"} 1 # {trace_id=\"4bf9\"} 0.5\n",
            "x_bucket{le=\"+Inf\"} 3 # {trace_id=\"4bf9\"} 4\n",
            "x_sum 7\n",
            "x_count 3\n",
            "x_created 0.25\n",
            "# EOF\n",
        );
        assert!(page(&family("x", Kind::Histogram, "", vec![histogram]), created).ends_with(expected));
    }

    #[test]
    fn nothing_is_still_a_page() {
        check(&Snapshot::default(), "", "# EOF\n");
    }
}
