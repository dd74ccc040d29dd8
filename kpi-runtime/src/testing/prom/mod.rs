//! `.prom` files: pages in the text format 0.0.4, written by a test run and read by the next.

mod families;
mod file;
mod line;

use std::fmt;

use crate::snapshot::Snapshot;
use families::Families;

pub use file::{Source, assert_prom_file};

/// Reads a page in the Prometheus text format 0.0.4. What the format does not tell is not there: states and infos are
/// gauges, native buckets and units are missing, and timestamps are passed over.
///
/// # Errors
///
/// The first place that is no text of that format, or contradicts what stands before it.
pub fn read_prom(text: &str) -> Result<Snapshot, PromError> {
    let mut families = Families::default();
    for (number, text) in text.lines().enumerate() {
        let at =
            |fault: line::Fault| PromError { line: number + 1, column: fault.column, message: fault.message };
        match line::Line::read(text).map_err(at)? {
            line::Line::Nothing => {}
            line::Line::Help { name, help } => families.help(name, help),
            line::Line::Type { name, kind } => families.kind(name, kind).map_err(at)?,
            line::Line::Sample(sample) => families.sample(number + 1, sample).map_err(at)?,
        }
    }
    families.finish()
}

/// What is wrong with a `.prom` file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromError {
    line: usize,
    column: usize,
    message: String,
}

impl PromError {
    /// The line, from 1 on.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The character within the line, from 1 on.
    pub fn column(&self) -> usize {
        self.column
    }
}

impl fmt::Display for PromError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for PromError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exposition;
    use crate::testing::diff;

    /// Two of everything that the format has, in the order of names.
    const PAGE: &str = concat!(
        "# HELP a_total a \\\\ and\\na line\n# TYPE a_total counter\na_total 18446744073709551615\n",
        "# TYPE b gauge\nb{x=\"\\\\\\\"\\n\"} -0.5\nb{x=\"y\"} NaN\n",
        "# TYPE c histogram\n",
        "c_bucket{x=\"y\",le=\"0.5\"} 1\nc_bucket{x=\"y\",le=\"1e+06\"} 1\nc_bucket{x=\"y\",le=\"+Inf\"} 3\n",
        "c_sum{x=\"y\"} +Inf\nc_count{x=\"y\"} 3\n",
        "# TYPE d summary\nd{quantile=\"0.5\"} 7\nd{quantile=\"0.99\"} NaN\nd_sum 14\nd_count 2\n",
        "# TYPE e_sum untyped\ne_sum 1\n",
    );

    #[test]
    fn what_was_written_reads_back() {
        let snapshot = read_prom(PAGE).expect("is a page");
        assert_eq!(exposition::text(&snapshot), PAGE);
        let again = read_prom(&exposition::text(&snapshot)).expect("is a page");
        assert_eq!(diff(&snapshot, &again).to_string(), "");
    }

    #[test]
    fn pages_of_others_are_read() {
        let page = "b 1.0\n\n# a word to people\na_count 3\n# TYPE h histogram\nh_count 3.0\nh_bucket{le=\"1.0\"} 2.0\n";
        let snapshot = read_prom(page).expect("is a page");
        let shown =
            "a_count absent -> 3\nb absent -> 1\nh +3 observations, sum 0 -> NaN: 2 up to 1, 1 above 1";
        assert_eq!(diff(&Snapshot::default(), &snapshot).to_string(), shown);
    }

    #[test]
    fn contradictions_are_told_with_their_place() {
        let cases = [
            ("a 1\na 2\n", "2:1: `a` is there twice"),
            ("a{b=\"c\"} 1\na{b=\"c\"} 1\n", "2:1: `a{b=\"c\"}` is there twice"),
            (
                "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"1\"} 1\n",
                "3:1: `h_bucket{le=\"1\"}` is there twice",
            ),
            ("a 1\n# TYPE a gauge\n", "2:1: the type of `a` stands once, before its samples"),
            ("# TYPE h histogram\nh_sum{a=\"b\"} 1\n", "2:1: `h{a=\"b\"}` has no sample of its `_count`"),
            ("# TYPE h histogram\nh_bucket 1\n", "2:1: expected the label `le` with a number"),
            ("# TYPE h histogram\nh_count 1.5\n", "2:1: `1.5` is no number of observations"),
            ("# TYPE s summary\ns{quantile=\"all\"} 1\n", "2:1: expected the label `quantile` with a number"),
            ("a 1\nb 1 2 3\n", "2:5: expected the end of the line"),
        ];
        for (page, message) in cases {
            assert_eq!(read_prom(page).map_err(|error| error.to_string()), Err(message.to_owned()), "{page}");
        }
    }
}
