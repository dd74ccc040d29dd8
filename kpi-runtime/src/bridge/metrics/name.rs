//! From the names of `metrics`, which may be any text, to those of Prometheus.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Longer label values are cut here, at the character boundary before.
const MAX_VALUE_BYTES: usize = 256;

/// A label set in the order of its names, each of which it has once.
pub(super) type Labels = Vec<(String, String)>;

/// What a kind of metric asks of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Suffix {
    /// A counter's name ends in `_total`.
    Total,
    /// Nothing.
    None,
}

impl Suffix {
    fn add(self, mut name: String) -> String {
        if self == Self::Total && !name.ends_with("_total") {
            name.push_str("_total");
        }
        name
    }
}

/// The names that these are exposed under, in their order; no two are the same.
pub(super) fn exposed<'n>(names: impl IntoIterator<Item = &'n str>, suffix: Suffix) -> Vec<Exposed<'n>> {
    let mut exposed: Vec<Exposed<'n>> = names
        .into_iter()
        .map(|name| Exposed { name, text: suffix.add(plain(name)), is_escaped: false })
        .collect();
    let mut claims: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, claim) in exposed.iter().enumerate() {
        claims.entry(claim.text.clone()).or_default().push(at);
    }
    for (_, mut claimants) in claims {
        claimants.sort_by(|a, b| match (exposed.get(*a), exposed.get(*b)) {
            (Some(a), Some(b)) => (a.changes(), a.name).cmp(&(b.changes(), b.name)),
            _ => Ordering::Equal,
        });
        for at in claimants.into_iter().skip(1) {
            if let Some(loser) = exposed.get_mut(at) {
                loser.text = suffix.add(escaped(loser.name));
                loser.is_escaped = true;
            }
        }
    }
    exposed
}

/// A name and what it is exposed under.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Exposed<'n> {
    pub(super) name: &'n str,
    pub(super) text: String,
    /// Another name has the one that this would have.
    pub(super) is_escaped: bool,
}

impl Exposed<'_> {
    /// How far the two are apart: the same, with a suffix, or of other characters.
    fn changes(&self) -> u8 {
        match self.text.strip_prefix(self.name) {
            Some("") => 0,
            Some(_) => 1,
            None => 2,
        }
    }
}

/// A name with `_` for what is not allowed in it.
fn plain(name: &str) -> String {
    let mut plain: String = name.chars().map(|c| if is_allowed(c) { c } else { '_' }).collect();
    if !plain.starts_with(|first: char| !first.is_ascii_digit()) {
        plain.insert(0, '_');
    }
    plain
}

fn is_allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == ':'
}

/// A name in the escaping that Prometheus calls `values`: no two names are escaped alike.
fn escaped(name: &str) -> String {
    let mut escaped = "U__".to_owned();
    for (at, c) in name.char_indices() {
        match c {
            '_' => escaped.push_str("__"),
            c if is_allowed(c) && !(at == 0 && c.is_ascii_digit()) => escaped.push(c),
            // Writing into a String never fails.
            c => drop(write!(escaped, "_{:x}_", u32::from(c))),
        }
    }
    escaped
}

/// Labels as Prometheus takes them.
pub(super) fn labels<'l>(labels: impl IntoIterator<Item = (&'l str, &'l str)>, is_histogram: bool) -> Labels {
    let mut given: Vec<(&str, &str)> = labels.into_iter().collect();
    given.sort_by_key(|(name, _)| *name);
    let mut labels: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in given {
        let name = label_name(name, is_histogram);
        match labels.get_mut(&name) {
            Some(joined) => {
                joined.push(';');
                joined.push_str(value);
            }
            None => drop(labels.insert(name, value.to_owned())),
        }
    }
    for value in labels.values_mut() {
        cut(value);
    }
    labels.into_iter().collect()
}

/// A label's name: without colons, and not with two underscores first, which Prometheus keeps for itself.
fn label_name(name: &str, is_histogram: bool) -> String {
    let plain = plain(&name.replace(':', "_"));
    let plain = if plain.starts_with("__") { plain.trim_start_matches('_') } else { plain.as_str() };
    match plain {
        "" => "_".to_owned(),
        "le" if is_histogram => "exported_le".to_owned(),
        plain if plain.starts_with(|first: char| first.is_ascii_digit()) => format!("_{plain}"),
        plain => plain.to_owned(),
    }
}

fn cut(value: &mut String) {
    if value.len() > MAX_VALUE_BYTES {
        let end = (0..=MAX_VALUE_BYTES).rev().find(|end| value.is_char_boundary(*end));
        value.truncate(end.unwrap_or(0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[track_caller]
    fn check(names: &[&str], suffix: Suffix, expected: &[&str]) {
        let exposed = exposed(names.iter().copied(), suffix);
        assert_eq!(exposed.iter().map(|it| it.text.as_str()).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn names_become_those_of_prometheus() {
        let names = ["a.b", "http:rpm", "9to5", "", "größe", "a-b c"];
        let expected = ["a_b", "http:rpm", "_9to5", "_", "gr__e", "a_b_c"];
        check(&names, Suffix::None, &expected);
        check(
            &["hits", "hits.all", "misses_total"],
            Suffix::Total,
            &["hits_total", "hits_all_total", "misses_total"],
        );
    }

    #[test]
    fn two_names_are_never_one() {
        check(&["a.b", "a_b"], Suffix::None, &["U__a_2e_b", "a_b"]);
        check(&["a.b", "a-b"], Suffix::None, &["U__a_2e_b", "a_b"]);
        check(&["a", "a_total", "a.total"], Suffix::Total, &["U__a_total", "a_total", "U__a_2e_total"]);
    }

    #[test]
    fn labels_become_those_of_prometheus() {
        let given = [
            ("b:c", "2"),
            ("a.b", "x"),
            ("a_b", "y"),
            ("le", "1"),
            ("__name__", "n"),
            ("a.b", "z"),
            ("__", "u"),
            ("__1", "v"),
        ];
        let expected =
            [("_", "u"), ("_1", "v"), ("a_b", "x;z;y"), ("b_c", "2"), ("le", "1"), ("name__", "n")];
        let expected: Labels = expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        assert_eq!(labels(given, false), expected);
        assert_eq!(labels([("le", "1")], true), [("exported_le".to_owned(), "1".to_owned())]);
        let long = format!("{}é", "x".repeat(MAX_VALUE_BYTES - 1));
        assert_eq!(labels([("a", long.as_str())], false)[0].1.len(), MAX_VALUE_BYTES - 1);
    }

    proptest! {
        #[test]
        fn whatever_the_names(names in prop::collection::btree_set("[a-c._:0é-]{0,4}", 0..20), total in any::<bool>()) {
            let suffix = if total { Suffix::Total } else { Suffix::None };
            let exposed = exposed(names.iter().map(String::as_str), suffix);
            let all: BTreeSet<&str> = exposed.iter().map(|it| it.text.as_str()).collect();
            prop_assert_eq!(all.len(), names.len(), "{:?}", exposed);
            for name in all {
                prop_assert!(!name.starts_with(|c: char| c.is_ascii_digit()) && !name.is_empty() && name.chars().all(is_allowed), "{}", name);
            }
        }

        #[test]
        fn whatever_the_labels(given in prop::collection::vec(("[a-b._:0é-]{0,4}", ".*"), 0..8)) {
            let labels = labels(given.iter().map(|(name, value)| (name.as_str(), value.as_str())), true);
            prop_assert!(labels.is_sorted_by(|(a, _), (b, _)| a < b), "{:?}", labels);
            for (name, _) in labels {
                prop_assert!(!name.starts_with("__") && !name.starts_with(|c: char| c.is_ascii_digit()), "{}", name);
                prop_assert!(!name.is_empty() && !name.contains(':') && name.chars().all(is_allowed), "{}", name);
            }
        }
    }
}
