//! Points in time, which snapshots have as seconds since the epoch.

use crate::snapshot::{Kind, Series};

/// The seconds that a protobuf timestamp may hold: the years 1 to 9999.
const SECONDS: std::ops::Range<f64> = -62_135_596_800.0..253_402_300_800.0;

/// When a series began at zero, if it is of a kind that does and the time is one.
pub(super) fn created(kind: Kind, series: &Series) -> Option<f64> {
    let begins = match kind {
        Kind::Counter | Kind::Histogram | Kind::Summary => true,
        Kind::Gauge | Kind::State | Kind::Info | Kind::Unknown => false,
    };
    series.created.filter(|seconds| begins && seconds.is_finite())
}

/// Whole seconds and the nanoseconds beyond them, to the microsecond: a real number of seconds holds no more these days.
pub(super) fn timestamp(seconds: f64) -> Option<(i64, u32)> {
    if !SECONDS.contains(&seconds) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "the range of seconds was looked at")]
    let micros = (seconds * 1e6).round() as i64;
    let (whole, rest) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
    Some((whole, u32::try_from(rest).ok()? * 1_000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::Value;

    #[test]
    fn seconds_are_split() {
        let cases = [
            (0.0, Some((0, 0))),
            (1_700_000_000.123, Some((1_700_000_000, 123_000_000))),
            (-0.25, Some((-1, 750_000_000))),
            (1.999_999_9, Some((2, 0))),
            (253_402_300_799.0, Some((253_402_300_799, 0))),
            (253_402_300_800.0, None),
            (f64::NAN, None),
            (f64::NEG_INFINITY, None),
        ];
        for (seconds, expected) in cases {
            assert_eq!(timestamp(seconds), expected, "{seconds}");
        }
    }

    #[test]
    fn what_comes_and_goes_was_never_created() {
        let at = |seconds| Series::new(Vec::new(), Value::Whole(1)).with_created(seconds);
        assert_eq!(created(Kind::Counter, &at(1.5)), Some(1.5));
        assert_eq!(created(Kind::Gauge, &at(1.5)), None);
        assert_eq!(created(Kind::Counter, &at(f64::INFINITY)), None);
        assert_eq!(created(Kind::Counter, &Series::new(Vec::new(), Value::Whole(1))), None);
    }
}
