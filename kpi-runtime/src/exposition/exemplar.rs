//! Exemplars: which ones are shown, and of which bucket.

use super::{escape, number, time};
use crate::snapshot::{Exemplar, Histogram};

/// The most characters that the names and values of an exemplar's labels may have together, by OpenMetrics.
pub(crate) const MAX_CHARS: usize = 128;

/// Whether formats may show it. One that is not would cost the whole scrape: too long, with names that are none or kept for
/// Prometheus itself, or with one name twice.
pub(super) fn is_sound(exemplar: &Exemplar) -> bool {
    let labels = &exemplar.labels;
    let chars = labels.iter().map(|(name, value)| name.chars().count() + value.chars().count());
    let mut names = labels.iter().map(|(name, _)| name).enumerate();
    let is_first = |i: usize, name: &str| labels.iter().take(i).all(|(before, _)| before != name);
    chars.sum::<usize>() <= MAX_CHARS && names.all(|(i, name)| is_label_name(name) && is_first(i, name))
}

/// Whether an exemplar's label may have this name.
pub(crate) fn is_label_name(name: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let begins = name.starts_with(|c: char| part(c) && !c.is_ascii_digit()) && !name.starts_with("__");
    begins && name.chars().all(part)
}

/// The latest sound exemplar of the bucket of this index, the last one being that of +Inf.
pub(super) fn of_bucket(histogram: &Histogram, index: usize) -> Option<&Exemplar> {
    let bounds = &histogram.cumulative;
    let bucket = |value| bounds.iter().position(|(bound, _)| value <= *bound).unwrap_or(bounds.len());
    let own = |exemplar: &&Exemplar| bucket(exemplar.value) == index && is_sound(exemplar);
    let time = |exemplar: &Exemplar| exemplar.timestamp.unwrap_or(f64::NEG_INFINITY);
    histogram.exemplars.iter().filter(own).max_by(|a, b| time(a).total_cmp(&time(b)))
}

/// Writes a sound exemplar as OpenMetrics has it behind a sample's value; nothing for one that is not.
pub(super) fn text(out: &mut String, exemplar: &Exemplar) {
    if !is_sound(exemplar) {
        return;
    }
    out.push_str(" # {");
    for (i, (name, value)) in exemplar.labels.iter().enumerate() {
        out.extend([if i == 0 { "" } else { "," }, name, "=\""]);
        escape::label_value(out, value);
        out.push('"');
    }
    out.push_str("} ");
    number::value(out, exemplar.value);
    if let Some(seconds) = exemplar.timestamp.filter(|seconds| time::timestamp(*seconds).is_some()) {
        out.push(' ');
        number::value(out, seconds);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exemplar(labels: &[(&'static str, &str)], value: f64) -> Exemplar {
        let labels = labels.iter().map(|(name, value)| ((*name).into(), (*value).to_owned().into()));
        Exemplar::new(labels.collect(), value)
    }

    #[test]
    fn length_is_that_of_characters_of_names_and_values() {
        let sound = |value: &str| is_sound(&exemplar(&[("ab", value)], 1.0));
        assert!(sound(&"é".repeat(126)) && !sound(&"é".repeat(127)));
        assert!(is_sound(&exemplar(&[], 1.0)));
        assert!(!is_sound(&exemplar(&[("a", &"x".repeat(64)), ("b", &"x".repeat(64))], 1.0)));
    }

    #[test]
    fn names_are_names_and_differ() {
        for name in ["", "1a", "trace-id", "trace:id", "é", "a b", "__name__"] {
            assert!(!is_sound(&exemplar(&[(name, "x")], 1.0)), "{name}");
        }
        assert!(is_sound(&exemplar(&[("_a", "x"), ("a1", "\n\"")], 1.0)));
        assert!(!is_sound(&exemplar(&[("a", "x"), ("b", "x"), ("a", "y")], 1.0)));
    }

    #[test]
    fn text_is_that_of_openmetrics() {
        let shown = |exemplar| {
            let mut out = String::new();
            text(&mut out, &exemplar);
            out
        };
        let full = exemplar(&[("trace_id", "4bf9"), ("b", "\"\\\n")], 0.067);
        assert_eq!(
            shown(full.at(1_700_000_000.25)),
            " # {trace_id=\"4bf9\",b=\"\\\"\\\\\\n\"} 0.067 1700000000.25"
        );
        assert_eq!(shown(exemplar(&[], f64::INFINITY).at(f64::NAN)), " # {} +Inf");
        assert_eq!(shown(exemplar(&[("a", &"x".repeat(128))], 1.0)), "");
    }

    #[test]
    fn a_bucket_shows_its_latest() {
        let values = [0.5, 1.0, 1.5, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
        let mut exemplars: Vec<_> = values.into_iter().map(|value| exemplar(&[], value)).collect();
        exemplars[0] = exemplars[0].clone().at(2.0);
        exemplars[1] = exemplars[1].clone().at(1.0);
        exemplars.push(exemplar(&[("bad name", "")], 0.5).at(9.0));
        let histogram = Histogram::new(vec![(1.0, 3), (2.0, 4)], 6, 0.0).with_exemplars(exemplars);
        let shown = |index| of_bucket(&histogram, index).map(|exemplar| exemplar.value);
        assert_eq!(
            [shown(0), shown(1), shown(2), shown(3)],
            [Some(0.5), Some(1.5), Some(f64::INFINITY), None]
        );
    }
}
