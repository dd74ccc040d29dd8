//! How many buckets a series may show: Prometheus has to store each.

use crate::snapshot::NativeHistogram;

/// The most buckets of a series, as client libraries of Prometheus and OpenTelemetry have it. It takes values that are
/// spread over more than 20 octaves (a factor of a million) to need more.
pub(super) const MAX_BUCKETS: usize = 160;

/// The coarsest resolution there is.
const MIN_SCHEMA: i32 = -4;

/// Merges neighbours until there are few enough. Buckets once used stay so, hence a series never gets finer again.
pub(super) fn limit(native: &mut NativeHistogram) {
    while native.positive.len() + native.negative.len() > MAX_BUCKETS && native.schema > MIN_SCHEMA {
        native.schema -= 1;
        merge(&mut native.positive);
        merge(&mut native.negative);
    }
}

/// Halves the resolution: of `(base^(i-1), base^i]` the pairs that end at even `i` become one.
fn merge(buckets: &mut Vec<(i32, u64)>) {
    for (index, _) in buckets.iter_mut() {
        *index = (*index + 1) >> 1;
    }
    buckets.dedup_by(|(index, count), (kept, sum)| {
        let same = index == kept;
        if same {
            *sum = sum.wrapping_add(*count);
        }
        same
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_merged_by_their_upper_bounds() {
        let mut buckets = vec![(-3, 1), (-2, 2), (-1, 4), (0, 8), (1, 16), (2, 32), (3, 64)];
        merge(&mut buckets);
        assert_eq!(buckets, [(-1, 3), (0, 12), (1, 48), (2, 64)]);
    }

    #[test]
    fn few_buckets_stay_as_they_are() {
        let mut native = NativeHistogram::new(3, 0.0);
        native.positive = (0..160).map(|index| (index, 1)).collect();
        limit(&mut native);
        assert_eq!((native.schema, native.positive.len()), (3, 160));
        native.negative = vec![(0, 1)];
        limit(&mut native);
        assert_eq!((native.schema, native.positive.len(), native.count()), (2, 81, 161));
    }

    #[test]
    fn every_value_there_is_still_fits() {
        let all: Vec<_> = (-1023..=8193).map(|index| (index, 1)).collect();
        let mut native = NativeHistogram::new(3, 0.0);
        (native.positive, native.negative) = (all.clone(), all);
        limit(&mut native);
        assert!(native.positive.len() + native.negative.len() <= MAX_BUCKETS, "{}", native.positive.len());
        assert_eq!(native.count(), 2 * (8193 + 1024));
    }
}
