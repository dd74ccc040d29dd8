//! Native histograms: from a value to its bucket, and how the buckets of a series are kept.
//!
//! Every power of two is divided into eight buckets, each 2^(1/8) times (about 9 %) wider than the one before: bucket `i`
//! holds what is in `(2^((i-1)/8), 2^(i/8)]`. Nothing has to be known of the values beforehand.
//!
//! | value | where it is counted |
//! |---|---|
//! | up to 2^-128 away from zero, subnormals among them | the zero bucket |
//! | +Inf, -Inf | the bucket behind that of the greatest finite value |
//! | NaN | as +Inf, as in a classic histogram: the count stays the sum of the buckets, and Prometheus refuses any other |
//!
//! Most observations of a series lie in few octaves, so a [`window`] of them is kept in plain cells that a single writer
//! may own, and what lies outside goes to a [`spill`] that all writers share.

mod resolution;
pub(crate) mod spill;
pub(crate) mod window;

/// Prometheus' name for eight buckets to each power of two.
const SCHEMA: i32 = 3;
const BUCKETS_PER_OCTAVE: i32 = 1 << SCHEMA;

/// What is no further from zero is zero; the default of Prometheus' client libraries, 2^-128.
pub(crate) const ZERO_THRESHOLD: f64 = f64::from_bits((EXPONENT_BIAS - 128) << MANTISSA_BITS);

/// The bucket of infinities: one behind that of the greatest finite value, whose octave ends at 2^1024.
const INFINITE: i32 = 1024 * BUCKETS_PER_OCTAVE + 1;

const EXPONENT_BIAS: u64 = 1023;
const MANTISSA_BITS: u32 = 52;
const MANTISSA: u64 = (1 << MANTISSA_BITS) - 1;

/// The mantissa of the greatest double that is not above 2^(i/8), for i from 1 to 7; the octave's own end is never reached.
const BOUNDS: [u64; 8] = [
    0x0001_72b8_3c7d_517a,
    0x0003_06fe_0a31_b715,
    0x0004_bfda_d536_2a27,
    0x0006_a09e_667f_3bcc,
    0x0008_ace5_422a_a0db,
    0x000a_e89f_995a_d3ad,
    0x000d_5818_dcfb_a487,
    u64::MAX,
];

/// A bucket other than that of zero, the positive ones before the negative ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Bucket {
    Positive(i32),
    Negative(i32),
}

/// The bucket of a positive finite value above the zero threshold, from its bits.
///
/// The bits above the lower 49 of the mantissa count eighths of octaves. Each eighth but the last holds one bound, which
/// lies further on than the eighth's begin; what is above it is one bucket further. An octave's begin still belongs to the
/// bucket below.
#[expect(clippy::cast_possible_truncation, reason = "12 bits and 3")]
#[inline]
fn index(bits: u64) -> i32 {
    let eighths = bits >> (MANTISSA_BITS - SCHEMA.unsigned_abs());
    let mantissa = bits & MANTISSA;
    let bound = BOUNDS[(eighths % 8) as usize];
    eighths as i32 - EXPONENT_BIAS as i32 * BUCKETS_PER_OCTAVE
        + i32::from(mantissa > bound)
        + i32::from(mantissa > 0)
}

#[cfg(test)]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "digits, and numbers in ranges that stand beside them"
)]
mod tests {
    use std::cmp::Ordering;

    use proptest::prelude::*;

    use super::*;

    /// Little-endian digits of 32 bits.
    fn times(a: &[u32], b: &[u32]) -> Vec<u32> {
        let mut product = vec![0u32; a.len() + b.len()];
        for (i, x) in a.iter().enumerate() {
            let mut carry = 0u64;
            for (j, y) in b.iter().enumerate() {
                let digit = u64::from(*x) * u64::from(*y) + u64::from(product[i + j]) + carry;
                (product[i + j], carry) = (digit as u32, digit >> 32);
            }
            product[i + b.len()] = carry as u32;
        }
        product
    }

    /// Compares a mantissa m of 53 bits, which is a value m / 2^52 of 1 to 2, with 2^(i/8), exactly: m^8 with 2^(416+i).
    fn compare(mantissa: u64, i: u32) -> Ordering {
        let value = vec![mantissa as u32, (mantissa >> 32) as u32];
        let eighth = (0..3).fold(value, |value, _| times(&value, &value));
        let top = eighth.iter().rposition(|digit| *digit != 0).expect("is not zero");
        let bits = 32 * top as u32 + 32 - eighth[top].leading_zeros();
        let is_power = eighth[top].is_power_of_two() && eighth[..top].iter().all(|digit| *digit == 0);
        match (bits - 1).cmp(&(8 * MANTISSA_BITS + i)) {
            Ordering::Equal if is_power => Ordering::Equal,
            Ordering::Equal => Ordering::Greater,
            other => other,
        }
    }

    fn of(value: f64) -> i32 {
        index(value.to_bits())
    }

    #[test]
    fn bounds_are_the_greatest_doubles_not_above_the_exact_ones() {
        for (i, bound) in (1..8).zip(BOUNDS) {
            let mantissa = bound | 1 << MANTISSA_BITS;
            assert_eq!(compare(mantissa, i), Ordering::Less, "{i}");
            assert_eq!(compare(mantissa + 1, i), Ordering::Greater, "{i}");
            assert_eq!(bound >> 49, u64::from(i) - 1, "one bound lies in each eighth");
        }
        assert_eq!(compare(1 << MANTISSA_BITS, 0), Ordering::Equal);
    }

    #[test]
    fn a_bound_is_the_last_value_of_its_bucket() {
        for exponent in -127..1024 {
            for i in 0..8 {
                let mantissa = if i == 0 { 0 } else { BOUNDS[i as usize - 1] };
                let bound = f64::from_bits(((exponent + 1023) as u64) << MANTISSA_BITS | mantissa);
                let expected = exponent * 8 + i;
                assert_eq!((of(bound), of(bound.next_up())), (expected, expected + 1), "{bound}");
                assert_eq!(of(bound.next_down()), expected, "{bound}");
            }
        }
    }

    /// Indices that Prometheus' Go library gives, by its own tests.
    #[test]
    fn known_values_are_where_others_put_them() {
        let cases =
            [(1.0, 0), (1.05, 1), (2.0, 8), (4.0, 16), (0.5, -8), (3.0, 13), (1e6, 160), (f64::MAX, 8192)];
        for (value, expected) in cases {
            assert_eq!(of(value), expected, "{value}");
        }
        assert_eq!(ZERO_THRESHOLD.to_bits(), 2f64.powi(-128).to_bits());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn every_value_is_between_the_bounds_of_its_bucket(mantissa in 0..=MANTISSA, exponent in -127i64..1024) {
            let bits = ((exponent + 1023) as u64) << MANTISSA_BITS | mantissa;
            // The bucket within the octave whose begin is the power of two.
            let i = index(bits) - exponent as i32 * 8;
            let value = mantissa | 1 << MANTISSA_BITS;
            prop_assert_ne!(compare(value, i as u32), Ordering::Greater);
            prop_assert!(i == 0 || compare(value, i as u32 - 1) == Ordering::Greater);
        }
    }
}
