//! Comparing with a file, and writing it.

use std::env;
use std::fs;
use std::io;
use std::path::Path;

use super::super::{diff, snapshot};
use super::read_prom;
use crate::Isolated;
use crate::exposition;
use crate::snapshot::Snapshot;
use crate::store::Registry;

/// What can be compared with a file: an isolated instance, or any snapshot, such as [`kpi_runtime::snapshot()`]'s.
///
/// [`kpi_runtime::snapshot()`]: crate::snapshot()
pub trait Source {
    /// The values.
    fn snapshot(&self) -> Snapshot;
}

impl<R: Registry> Source for Isolated<R> {
    fn snapshot(&self) -> Snapshot {
        snapshot(self)
    }
}

impl Source for Snapshot {
    fn snapshot(&self) -> Snapshot {
        self.clone()
    }
}

/// Asserts that the values are those of a `.prom` file, a page in the Prometheus text format 0.0.4. Names, labels, types and
/// values are compared, descriptions are not. Cargo runs tests in the directory of the package, to which a path is relative.
///
/// With `KPI_BLESS` set in the environment it writes the file instead, with the series in the order of their labels, so
/// that only what has changed differs. [`Snapshot::without`] and [`Snapshot::without_values`] take out what is never the
/// same twice.
///
/// ```text
/// testing::assert_prom_file("tests/expected.prom", &kpis);
/// let steady = testing::snapshot(&kpis).without_values(&["auren_analyze_duration_ms"]);
/// testing::assert_prom_file("tests/steady.prom", &steady);
/// ```
///
/// # Panics
///
/// The values are others, or the file can't be read, or with `KPI_BLESS` not be written.
#[track_caller]
#[expect(clippy::panic, reason = "an assertion fails like this")]
pub fn assert_prom_file(path: impl AsRef<Path>, source: &impl Source) {
    let path = path.as_ref();
    let result = if env::var_os("KPI_BLESS").is_some() {
        write(path, source.snapshot())
            .map_err(|error| format!("{} can't be written: {error}", path.display()))
    } else {
        compare(path, source.snapshot())
    };
    if let Err(failure) = result {
        panic!("{failure}");
    }
}

/// Writes a file, unless it is right already.
pub(super) fn write(path: &Path, snapshot: Snapshot) -> io::Result<()> {
    let text = page(snapshot);
    if fs::read(path).is_ok_and(|old| old == text.as_bytes()) {
        return Ok(());
    }
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    fs::write(path, text)
}

/// What differs between a file and the values.
pub(super) fn compare(path: &Path, snapshot: Snapshot) -> Result<(), String> {
    let bless = "KPI_BLESS=1 writes it";
    let shown = path.display();
    let text =
        fs::read_to_string(path).map_err(|error| format!("{shown} can't be read: {error}; {bless}"))?;
    let expected = read_prom(&text).map_err(|error| format!("{shown}:{error}"))?;
    // By the same way as the file: what the format does not tell is not compared.
    let actual = read_prom(&page(snapshot)).map_err(|error| format!("the page of the values: {error}"))?;
    let mut lines: Vec<String> = Vec::new();
    for family in &actual.families {
        let Some(other) = expected.family(&family.name).filter(|other| other.kind != family.kind) else {
            continue;
        };
        lines.push(
            format!("{} is a {:?}, in the file a {:?}", family.name, family.kind, other.kind).to_lowercase(),
        );
    }
    lines.extend(diff(&expected, &actual).changes().iter().map(ToString::to_string));
    if lines.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{shown} is not what the KPIs are; {bless}. From the file to what they are:\n{}",
        lines.join("\n")
    ))
}

fn page(mut snapshot: Snapshot) -> String {
    for family in &mut snapshot.families {
        family.series.sort_by(|a, b| a.labels.cmp(&b.labels));
    }
    exposition::text(&snapshot)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::process;

    use super::*;
    use crate::snapshot::{Family, Kind, Series, Value};

    /// A file that is gone afterwards.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            Self(env::temp_dir().join(format!("kpi-runtime-{}-{name}", process::id())).join("deep/kpis.prom"))
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = self.0.ancestors().nth(2).map(fs::remove_dir_all);
        }
    }

    fn orders(kind: Kind, numbers: [u64; 2]) -> Snapshot {
        let series = |(customer, number): (&'static str, u64)| {
            Series::new(vec![("customer".into(), customer.into())], Value::Whole(number))
        };
        let series = ["bob", "ada"].into_iter().zip(numbers).map(series).collect();
        Snapshot { families: vec![Family::new("orders_total", kind, series)] }
    }

    #[test]
    fn a_file_is_written_in_one_order_and_compared_in_any() {
        let file = Scratch::new("order");
        let orders = orders(Kind::Counter, [1, 2]);
        write(&file.0, orders.clone()).expect("is written, and the directories to it");
        let text = "# TYPE orders_total counter\norders_total{customer=\"ada\"} 2\norders_total{customer=\"bob\"} 1\n";
        assert_eq!(fs::read_to_string(&file.0).expect("is there"), text);
        assert_eq!(compare(&file.0, orders), Ok(()));
    }

    #[test]
    fn what_differs_is_told() {
        let file = Scratch::new("differs");
        write(&file.0, orders(Kind::Counter, [1, 2])).expect("is written");
        let told = |snapshot| {
            let told = compare(&file.0, snapshot).expect_err("differs");
            told.replace(&file.0.display().to_string(), "FILE")
        };
        let head = "FILE is not what the KPIs are; KPI_BLESS=1 writes it. From the file to what they are:\n";
        let grown = told(orders(Kind::Counter, [4, 2]));
        assert_eq!(grown, format!("{head}orders_total{{customer=\"bob\"}} +3"));
        assert_eq!(
            told(orders(Kind::Gauge, [1, 2])),
            format!("{head}orders_total is a gauge, in the file a counter")
        );
        let gone = format!(
            "{head}orders_total{{customer=\"ada\"}} 2 -> absent\norders_total{{customer=\"bob\"}} 1 -> absent"
        );
        assert_eq!(told(Snapshot::default()), gone);
    }

    #[test]
    fn a_file_that_cannot_be_read_is_told() {
        let file = Scratch::new("missing");
        let told = |file: &Scratch| {
            let told = compare(&file.0, Snapshot::default()).expect_err("can't be compared");
            told.replace(&file.0.display().to_string(), "FILE")
        };
        let missing = told(&file);
        assert!(
            missing.starts_with("FILE can't be read: ") && missing.ends_with("; KPI_BLESS=1 writes it"),
            "{missing}"
        );
        write(&file.0, Snapshot::default()).expect("is written");
        fs::write(&file.0, "a 1\nb one\n").expect("is written");
        assert_eq!(told(&file), "FILE:2:3: expected a value, such as `1`, `0.5`, `+Inf` or `NaN`");
    }
}
