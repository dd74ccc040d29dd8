//! Histograms, classic and native.

use super::super::{exemplar, time};
use super::exemplar::write as write_exemplar;
use super::write_time;
use crate::snapshot::{Exemplar, Histogram, NativeHistogram};
use crate::wire::Message;

const SAMPLE_COUNT: u32 = 1;
const SAMPLE_SUM: u32 = 2;
const BUCKET: u32 = 3;
const SCHEMA: u32 = 5;
const ZERO_THRESHOLD: u32 = 6;
const ZERO_COUNT: u32 = 7;
const NEGATIVE: Side = Side { span: 9, delta: 10 };
const POSITIVE: Side = Side { span: 12, delta: 13 };
const START_TIMESTAMP: u32 = 15;
const EXEMPLARS: u32 = 16;

/// Fields of `Bucket`.
mod bucket {
    pub(super) const CUMULATIVE_COUNT: u32 = 1;
    pub(super) const UPPER_BOUND: u32 = 2;
    pub(super) const EXEMPLAR: u32 = 3;
}

/// Fields of `BucketSpan`.
mod span {
    pub(super) const OFFSET: u32 = 1;
    pub(super) const LENGTH: u32 = 2;
}

/// The fields of the native buckets of one sign.
struct Side {
    span: u32,
    delta: u32,
}

/// Empty buckets that cost less between two others than a span of their own for the second one.
const BRIDGED: i64 = 2;

pub(super) fn write(message: &mut Message<'_>, histogram: &Histogram, created: Option<f64>) {
    let Histogram { cumulative, count, sum, native, exemplars: _ } = histogram;
    message.uint(SAMPLE_COUNT, *count);
    message.double(SAMPLE_SUM, *sum);
    for (i, (bound, count)) in cumulative.iter().enumerate() {
        write_bucket(message, *bound, *count, exemplar::of_bucket(histogram, i));
    }
    // Readers add the bucket of +Inf, which is the count. Only as the place of an exemplar it must be there.
    let infinite = exemplar::of_bucket(histogram, cumulative.len());
    if infinite.is_some() && cumulative.last().is_none_or(|(bound, _)| *bound < f64::INFINITY) {
        write_bucket(message, f64::INFINITY, *count, infinite);
    }
    if let Some(native) = native {
        write_native(message, native);
    }
    write_time(message, START_TIMESTAMP, created);
    if native.is_some() {
        let timed = |exemplar: &&Exemplar| exemplar.timestamp.and_then(time::timestamp).is_some();
        histogram
            .exemplars
            .iter()
            .filter(timed)
            .for_each(|exemplar| write_exemplar(message, EXEMPLARS, exemplar));
    }
}

fn write_bucket(message: &mut Message<'_>, bound: f64, count: u64, exemplar: Option<&Exemplar>) {
    message.message(BUCKET, |message| {
        message.uint(bucket::CUMULATIVE_COUNT, count);
        message.double(bucket::UPPER_BOUND, bound);
        if let Some(exemplar) = exemplar {
            write_exemplar(message, bucket::EXEMPLAR, exemplar);
        }
    });
}

fn write_native(message: &mut Message<'_>, native: &NativeHistogram) {
    let NativeHistogram { schema, zero_threshold, zero_count, positive, negative } = native;
    message.sint(SCHEMA, i64::from(*schema));
    message.double(ZERO_THRESHOLD, *zero_threshold);
    message.uint(ZERO_COUNT, *zero_count);
    write_side(message, &NEGATIVE, negative);
    write_side(message, &POSITIVE, positive);
    let looks_classic =
        zero_threshold.to_bits() == 0 && *zero_count == 0 && negative.is_empty() && positive.is_empty();
    if looks_classic {
        write_span(message, &POSITIVE, 0, 0);
    }
}

/// Buckets are spans of consecutive ones, each as far from the one before as its offset says (the first from bucket 0), and
/// the difference of each count to the one before, over all spans.
fn write_side(message: &mut Message<'_>, side: &Side, buckets: &[(i32, u64)]) {
    let Spans { ends, mut counts } = Spans::of(buckets);
    let mut end = 0;
    for (first, last) in ends {
        write_span(message, side, first - end, last - first + 1);
        end = last + 1;
    }
    let mut before = 0;
    for count in &mut counts {
        (*count, before) = (count.wrapping_sub(before), *count);
    }
    message.packed_sint(side.delta, &counts);
}

fn write_span(message: &mut Message<'_>, side: &Side, offset: i64, length: i64) {
    message.message(side.span, |message| {
        message.sint(span::OFFSET, offset);
        message.int(span::LENGTH, length);
    });
}

/// Spans: buckets with no more than a few empty ones between them.
#[derive(Default, PartialEq)]
struct Spans {
    /// The first and last index of each.
    ends: Vec<(i64, i64)>,
    /// The count of each bucket of all of them, also of the empty ones; in 64 bits of either sign, as they are written.
    counts: Vec<i64>,
}

impl Spans {
    fn of(buckets: &[(i32, u64)]) -> Self {
        let mut spans = Self::default();
        for (index, count) in buckets {
            let index = i64::from(*index);
            match spans.ends.last_mut() {
                Some((_, last)) if (1..=1 + BRIDGED).contains(&(index - *last)) => {
                    (*last + 1..index).for_each(|_| spans.counts.push(0));
                    *last = index;
                }
                _ => spans.ends.push((index, index)),
            }
            spans.counts.push(count.cast_signed());
        }
        spans
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire;

    type Written = (Vec<(i64, i64)>, Vec<i64>);

    fn written(buckets: &[(i32, u64)]) -> Written {
        let Spans { ends, counts } = Spans::of(buckets);
        (ends, counts)
    }

    #[test]
    fn buckets_share_a_span_across_small_gaps() {
        let cases: &[(&[(i32, u64)], Written)] = &[
            (&[], (vec![], vec![])),
            (&[(-3, 7)], (vec![(-3, -3)], vec![7])),
            (&[(0, 1), (1, 2), (4, 3)], (vec![(0, 4)], vec![1, 2, 0, 0, 3])),
            (&[(0, 1), (4, 2)], (vec![(0, 0), (4, 4)], vec![1, 2])),
            (
                &[(i32::MIN, 1), (i32::MAX, 2)],
                (vec![(-(1 << 31), -(1 << 31)), ((1 << 31) - 1, (1 << 31) - 1)], vec![1, 2]),
            ),
            // Not in order, which buckets never are: nothing is lost, and nothing goes on for ever.
            (&[(5, 1), (5, 2), (1, 3)], (vec![(5, 5), (5, 5), (1, 1)], vec![1, 2, 3])),
        ];
        for (buckets, expected) in cases {
            assert_eq!(&written(buckets), expected, "{buckets:?}");
        }
    }

    /// Written out by hand from `metrics.proto`: spans at 2 (two buckets) and, 4 further on, one bucket.
    #[test]
    fn offsets_count_from_the_end_of_the_span_before() {
        let mut native = NativeHistogram::new(3, 0.0);
        native.positive = vec![(2, 5), (3, 4), (8, 6)];
        let mut out = Vec::new();
        wire::delimited(&mut out, |message| write_native(message, &native));
        let expected = [
            &[30, 5 << 3, 6][..],
            &[6 << 3 | 1, 0, 0, 0, 0, 0, 0, 0, 0],
            &[7 << 3, 0],
            &[12 << 3 | 2, 4, 1 << 3, 4, 2 << 3, 2],
            &[12 << 3 | 2, 4, 1 << 3, 8, 2 << 3, 1],
            &[13 << 3 | 2, 3, 10, 1, 4],
        ];
        assert_eq!(out, expected.concat());
    }

    #[test]
    fn an_empty_one_is_still_told_from_a_classic_one() {
        let mut out = Vec::new();
        wire::delimited(&mut out, |message| write_native(message, &NativeHistogram::new(3, 0.0)));
        assert!(out.ends_with(&[12 << 3 | 2, 4, 1 << 3, 0, 2 << 3, 0]), "{out:?}");
    }
}
