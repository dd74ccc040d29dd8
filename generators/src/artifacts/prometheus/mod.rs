//! What a Prometheus server reads.

mod scrape;

pub use scrape::Scrape;

/// Where rule files are, relative to the output directory; the scrape configuration reads every `*.yml` there.
pub const RULES: &str = "prometheus/rules";

/// Where tests of rules are, relative to the output directory.
pub const TESTS: &str = "prometheus/tests";
