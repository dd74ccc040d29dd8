//! Units of families.

use crate::snapshot::Kind;

/// The unit, where the format may name it: OpenMetrics wants the name of the family to end in it, and an info has none.
pub(super) fn shown<'a>(name: &str, kind: Kind, unit: &'a str) -> Option<&'a str> {
    let name = match kind {
        Kind::Counter => name.strip_suffix("_total").unwrap_or(name),
        Kind::Info => return None,
        Kind::Gauge | Kind::State | Kind::Histogram | Kind::Summary | Kind::Unknown => name,
    };
    let is_suffix = name.strip_suffix(unit).is_some_and(|rest| rest.ends_with('_'));
    (is_suffix && !unit.is_empty()).then_some(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_shown_where_the_name_ends_in_it() {
        let cases = [
            ("x_seconds", Kind::Gauge, "seconds", Some("seconds")),
            ("x_seconds_total", Kind::Counter, "seconds", Some("seconds")),
            ("x_seconds_total", Kind::Gauge, "seconds", None),
            ("xseconds", Kind::Gauge, "seconds", None),
            ("seconds", Kind::Gauge, "seconds", None),
            ("x_", Kind::Gauge, "", None),
            ("x_seconds", Kind::Histogram, "ms", None),
            ("x_seconds_info", Kind::Info, "seconds", None),
        ];
        for (name, kind, unit, expected) in cases {
            assert_eq!(shown(name, kind, unit), expected, "{name}");
        }
    }
}
