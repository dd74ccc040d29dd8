//! The text formats. They differ in few places, which [`Dialect`] names.

use std::borrow::Cow;
use std::fmt::Write;

use super::{number, unit};
use crate::snapshot::{Family, Histogram, Kind, Series, Snapshot, Summary, Value};

/// Which text format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Prometheus text 0.0.4.
    Text,
    /// OpenMetrics 1.0.
    OpenMetrics,
}

/// The whole page.
pub(super) fn page(snapshot: &Snapshot, dialect: Dialect) -> String {
    let mut page = Page { out: String::new(), dialect };
    snapshot.families.iter().for_each(|family| page.family(family));
    if dialect == Dialect::OpenMetrics {
        page.out.push_str("# EOF\n");
    }
    page.out
}

impl Dialect {
    /// The type, and the name of the family, from which OpenMetrics takes the suffix that its samples then have.
    fn metadata(self, family: &Family) -> (&'static str, &str) {
        let name = &*family.name;
        let openmetrics = self == Self::OpenMetrics;
        match family.kind {
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

    /// The text format does not escape quotes in a description, OpenMetrics does.
    fn escapes_quotes_in_help(self) -> bool {
        self == Self::OpenMetrics
    }
}

struct Page {
    out: String,
    dialect: Dialect,
}

impl Page {
    fn family(&mut self, family: &Family) {
        let (kind, name) = self.dialect.metadata(family);
        if !family.help.is_empty() {
            self.write(format_args!("# HELP {name} "));
            escape(&mut self.out, &family.help, self.dialect.escapes_quotes_in_help());
            self.out.push('\n');
        }
        self.write(format_args!("# TYPE {name} {kind}\n"));
        if let Some(unit) = unit::shown(family).filter(|_| self.dialect == Dialect::OpenMetrics) {
            self.write(format_args!("# UNIT {name} {unit}\n"));
        }
        for series in &family.series {
            self.series(&family.name, series);
        }
    }

    fn series(&mut self, name: &str, series: &Series) {
        let labels = &series.labels;
        match &series.value {
            Value::Whole(number) => self.whole(name, "", labels, None, *number),
            Value::Real(number) => self.real(name, "", labels, None, *number),
            Value::Histogram(Histogram { cumulative, count, sum, .. }) => {
                for (bound, number) in cumulative {
                    self.whole(name, "_bucket", labels, Some(("le", *bound)), *number);
                }
                if cumulative.last().is_none_or(|(bound, _)| *bound < f64::INFINITY) {
                    self.whole(name, "_bucket", labels, Some(("le", f64::INFINITY)), *count);
                }
                self.real(name, "_sum", labels, None, *sum);
                self.whole(name, "_count", labels, None, *count);
            }
            Value::Summary(Summary { quantiles, count, sum }) => {
                for (quantile, number) in quantiles {
                    self.real(name, "", labels, Some(("quantile", *quantile)), *number);
                }
                self.real(name, "_sum", labels, None, *sum);
                self.whole(name, "_count", labels, None, *count);
            }
        }
    }

    fn whole(&mut self, name: &str, suffix: &str, labels: &Labels, bound: Option<(&str, f64)>, number: u64) {
        self.sample(name, suffix, labels, bound);
        self.write(format_args!("{number}\n"));
    }

    fn real(&mut self, name: &str, suffix: &str, labels: &Labels, bound: Option<(&str, f64)>, number: f64) {
        self.sample(name, suffix, labels, bound);
        number::value(&mut self.out, number);
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
            escape(&mut self.out, value, true);
            self.out.push('"');
            separator = ',';
        }
        if let Some((name, bound)) = bound {
            let bound = number::bound(bound, self.dialect == Dialect::OpenMetrics);
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

type Labels = [(Cow<'static, str>, Cow<'static, str>)];

fn escape(out: &mut String, text: &str, quotes: bool) {
    for part in text.split_inclusive(['\\', '\n', '"']) {
        let mut chars = part.chars();
        match chars.next_back() {
            Some('\\') => out.extend([chars.as_str(), "\\\\"]),
            Some('\n') => out.extend([chars.as_str(), "\\n"]),
            Some('"') if quotes => out.extend([chars.as_str(), "\\\""]),
            _ => out.push_str(part),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(page(snapshot, Dialect::OpenMetrics), openmetrics);
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
        assert!(page(&snapshot, Dialect::OpenMetrics).contains("# TYPE x unknown\nx 1\n# EOF\n"));
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
        assert!(page(&snapshot, Dialect::OpenMetrics).ends_with("# TYPE x info\nx_info{v=\"1\"} 1\n# EOF\n"));
    }

    #[test]
    fn nothing_is_still_a_page() {
        check(&Snapshot::default(), "", "# EOF\n");
    }
}
