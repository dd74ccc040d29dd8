//! The cells of a series: zero, and the octaves in which values are expected.

use super::{BUCKETS_PER_OCTAVE, Bucket, INFINITE, SCHEMA, ZERO_THRESHOLD, index, resolution};
use crate::snapshot::NativeHistogram;

/// The octaves that have cells, from 2^-30 to 2^34: every duration of a nanosecond and more in seconds or milliseconds,
/// every size up to 16 GiB in bytes.
const OCTAVES: std::ops::Range<i32> = -30..34;

/// Cells of the window.
const WINDOW: usize = ((OCTAVES.end - OCTAVES.start) * BUCKETS_PER_OCTAVE) as usize;

/// The bucket of its first cell.
const FIRST: i32 = OCTAVES.start * BUCKETS_PER_OCTAVE + 1;

/// Where an observation is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Where {
    /// In this one of the series' cells.
    Cell(usize),
    /// In none of them.
    Spill(Bucket),
}

/// Cells of a series: that of zero, and the window. Values below zero, which few units have, spill.
pub(crate) const CELLS: usize = 1 + WINDOW;

/// Where a value is counted.
#[inline]
pub(crate) fn locate(value: f64) -> Where {
    let bits = value.abs().to_bits();
    // Zero, infinities and what is no number are far outside of the window, whatever bucket their bits would give.
    let slot = usize::try_from(index(bits) - FIRST).unwrap_or(usize::MAX);
    if slot < WINDOW && value > 0.0 { Where::Cell(1 + slot) } else { outside(value) }
}

#[cold]
fn outside(value: f64) -> Where {
    let magnitude = value.abs();
    if magnitude <= ZERO_THRESHOLD {
        return Where::Cell(0);
    }
    let index = if magnitude.is_finite() { index(magnitude.to_bits()) } else { INFINITE };
    Where::Spill(if value < 0.0 { Bucket::Negative(index) } else { Bucket::Positive(index) })
}

/// The buckets of a series, from the values of its cells in their order and from what was spilled.
pub(crate) fn collect(
    cells: impl IntoIterator<Item = u64>,
    spilled: impl IntoIterator<Item = (Bucket, u64)>,
) -> NativeHistogram {
    let mut native = NativeHistogram::new(SCHEMA, ZERO_THRESHOLD);
    let mut cells = cells.into_iter();
    native.zero_count = cells.next().unwrap_or(0);
    let counted = (FIRST..).zip(cells.take(WINDOW));
    native.positive.extend(counted.filter(|(_, count)| *count != 0));
    for (bucket, count) in spilled {
        let (side, index) = match bucket {
            Bucket::Positive(index) => (&mut native.positive, index),
            Bucket::Negative(index) => (&mut native.negative, index),
        };
        let at = side.partition_point(|(other, _)| *other < index);
        side.insert(at, (index, count));
    }
    resolution::limit(&mut native);
    native
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::native::spill::Spill;

    #[test]
    fn the_window_is_as_wide_as_it_says() {
        assert_eq!(CELLS, 513);
        let low = 2f64.powi(-30);
        let high = 2f64.powi(34);
        let cases = [
            (low.next_up(), Where::Cell(1)),
            (low, Where::Spill(Bucket::Positive(-240))),
            (1.0, Where::Cell(240)),
            (high, Where::Cell(512)),
            (high.next_up(), Where::Spill(Bucket::Positive(273))),
            (-1.0, Where::Spill(Bucket::Negative(0))),
            (-high, Where::Spill(Bucket::Negative(272))),
        ];
        for (value, expected) in cases {
            assert_eq!(locate(value), expected, "{value}");
        }
    }

    #[test]
    fn values_that_are_no_ordinary_numbers_have_a_bucket() {
        let zeros = [0.0, -0.0, 5e-324, -5e-324, f64::MIN_POSITIVE, ZERO_THRESHOLD, -ZERO_THRESHOLD];
        for value in zeros {
            assert_eq!(locate(value), Where::Cell(0), "{value}");
        }
        let outside = [
            (ZERO_THRESHOLD.next_up(), Bucket::Positive(-1023)),
            (-ZERO_THRESHOLD.next_up(), Bucket::Negative(-1023)),
            (f64::MAX, Bucket::Positive(8192)),
            (f64::INFINITY, Bucket::Positive(8193)),
            (f64::NEG_INFINITY, Bucket::Negative(8193)),
            (f64::NAN, Bucket::Positive(8193)),
            (-f64::NAN, Bucket::Positive(8193)),
        ];
        for (value, bucket) in outside {
            assert_eq!(locate(value), Where::Spill(bucket), "{value}");
        }
    }

    fn observed(values: &[f64]) -> NativeHistogram {
        let (mut window, mut spill) = (vec![0; CELLS], Spill::new());
        for value in values {
            match locate(*value) {
                Where::Cell(cell) => window[cell] += 1,
                Where::Spill(bucket) => {
                    spill.observe(7, bucket, *value);
                }
            }
        }
        collect(window, spill.buckets(7))
    }

    #[test]
    fn buckets_come_in_their_order() {
        let values = [0.0, 1.0, 1.0, 1e-12, 1e12, -3.0, -1e12, f64::INFINITY];
        let expected = [(-318, 1), (0, 2), (319, 1), (8193, 1)];
        let native = observed(&values);
        assert_eq!((native.schema, native.zero_count, native.positive.as_slice()), (3, 1, &expected[..]));
        assert_eq!(native.negative, [(13, 1), (319, 1)]);
        assert_eq!(observed(&[]), NativeHistogram::new(3, ZERO_THRESHOLD));
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_counted_twice(
            values in proptest::collection::vec(prop_oneof![any::<f64>(), -1e3..1e6, Just(0.0)], 0..300),
        ) {
            let native = observed(&values);
            prop_assert_eq!(native.count(), values.len() as u64);
            for side in [&native.positive, &native.negative] {
                prop_assert!(side.is_sorted_by(|(a, _), (b, _)| a < b) && side.iter().all(|(_, count)| *count > 0));
            }
            prop_assert!(native.positive.len() + native.negative.len() <= resolution::MAX_BUCKETS);
        }
    }
}
