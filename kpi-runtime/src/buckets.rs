//! Bucket bounds, and how an observation finds its bucket.

/// A set of bucket bounds.
pub trait Buckets: 'static {
    /// The upper bounds, inclusive, strictly increasing and finite; the bucket up to +Inf is not listed.
    const BOUNDS: &'static [f64];
    /// Whether the buckets are those of a native histogram, and there are no bounds.
    #[doc(hidden)]
    const NATIVE: bool = false;
    /// The search in these bounds.
    #[doc(hidden)]
    const SEARCH: &'static Search = &Search::new(Self::BOUNDS);
}

/// The buckets of a native histogram: exponential, without an end, eight to each power of two.
#[derive(Debug)]
pub struct Native;

impl Buckets for Native {
    const BOUNDS: &'static [f64] = &[];
    const NATIVE: bool = true;
}

/// How many low bits of a number are left out in its cell: what remains are the exponent and two bits of the mantissa, so
/// that a cell spans at most a quarter of its lower end.
const SHIFT: u32 = 50;
const CELLS: usize = 256;
const LAST: i64 = 255;

/// A search in bounds, made at compile time: a table tells the first bound that a number may lie below, and comparing
/// goes on from there. Few bounds lie so close together that more than one comparison is needed.
#[derive(Debug)]
pub struct Search {
    /// The cell that `first` begins with. `None` where bounds are too far apart for a table, or not all above zero.
    begin: Option<i64>,
    /// For each cell the first bound that is not below all its numbers.
    first: [u8; CELLS],
    /// The bounds, and behind them what no number exceeds.
    bounds: [f64; CELLS],
    /// How many bounds one cell holds at most.
    steps: u8,
}

impl Search {
    /// The search in these bounds.
    pub const fn new(bounds: &[f64]) -> Self {
        let none = Self { begin: None, first: [0; CELLS], bounds: [f64::INFINITY; CELLS], steps: 0 };
        if bounds.is_empty() || bounds.len() > 250 || bounds[0] <= 0.0 {
            return none;
        }
        // The cell before that of the first bound, for all that is below it.
        let begin = cell(bounds[0]) - 1;
        if cell(bounds[bounds.len() - 1]) - begin >= LAST {
            return none;
        }
        let (mut first, mut padded, mut steps) = ([0; CELLS], [f64::INFINITY; CELLS], 0);
        let (mut at, mut here, mut bound) = (0, begin, 0);
        while at < CELLS {
            first[at] = bound;
            let mut within = 0;
            while (bound as usize) < bounds.len() && cell(bounds[bound as usize]) == here {
                padded[bound as usize] = bounds[bound as usize];
                bound += 1;
                within += 1;
            }
            if within > steps {
                steps = within;
            }
            (at, here) = (at + 1, here + 1);
        }
        Self { begin: Some(begin), first, bounds: padded, steps }
    }

    /// The number of the first of these bounds that is not below the value; of all of them for NaN.
    #[inline]
    pub(crate) fn bucket(&self, bounds: &[f64], value: f64) -> usize {
        if value.is_nan() {
            return bounds.len();
        }
        let Some(begin) = self.begin else { return bounds.partition_point(|bound| value > *bound) };
        let cell = (cell(value) - begin).clamp(0, LAST);
        #[expect(clippy::cast_sign_loss, reason = "it is within the table")]
        let mut bucket = self.first[cell as usize & (CELLS - 1)];
        for _ in 0..self.steps {
            bucket += u8::from(value > self.bounds[usize::from(bucket)]);
        }
        usize::from(bucket)
    }
}

/// Negative numbers have negative cells, so all of them come before zero.
#[expect(clippy::cast_possible_wrap, reason = "the sign bit is meant to be one")]
const fn cell(value: f64) -> i64 {
    value.to_bits() as i64 >> SHIFT
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bucket of each value, the same that a linear search finds.
    fn buckets(bounds: &[f64], values: impl IntoIterator<Item = f64>) -> Vec<usize> {
        let search = Search::new(bounds);
        let bucket = |value| {
            let linear = bounds.iter().position(|bound| value <= *bound).unwrap_or(bounds.len());
            assert_eq!(search.bucket(bounds, value), linear, "{value} in {bounds:?}");
            linear
        };
        values.into_iter().map(bucket).collect()
    }

    const SETS: &[&[f64]] = &[
        &[],
        &[1.0],
        &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0],
        &[1.0, 1.01, 1.02, 1.03, 2.0, 2.000_000_1],
        &[-1.0, 0.0, 2.5],
        &[0.0, 1.0],
        &[1e-300, 1.0, 1e300],
        &[f64::MIN_POSITIVE / 4.0, f64::MIN_POSITIVE],
        &[1e15, f64::MAX],
        &[f64::MAX],
    ];

    #[test]
    fn bounds_are_inclusive() {
        for bounds in SETS {
            let all = 0..bounds.len();
            assert_eq!(buckets(bounds, bounds.iter().copied()), all.collect::<Vec<_>>());
            buckets(bounds, bounds.iter().flat_map(|bound| [bound.next_down(), bound.next_up()]));
        }
        assert_eq!(buckets(&[1.0, 2.0], [1.0f64.next_down(), 1.0f64.next_up(), 3.0]), [0, 1, 2]);
    }

    #[test]
    fn special_values_have_a_bucket() {
        for bounds in SETS {
            let least = f64::from_bits(1);
            let finite = [0.0, 1.0, f64::MAX, f64::MIN_POSITIVE, least, f64::INFINITY];
            buckets(bounds, finite.into_iter().flat_map(|value| [value, -value]));
            assert_eq!(buckets(bounds, [f64::NAN, -f64::NAN]), [bounds.len(); 2]);
        }
    }

    #[test]
    fn the_table_finds_what_a_linear_search_finds() {
        for bounds in SETS {
            // Every exponent with the mantissa's upper bits, and both signs.
            let values = (0..1 << 16).flat_map(|upper: u64| [upper << 48, (upper << 48) | 0xffff_ffff_ffff]);
            buckets(bounds, values.map(f64::from_bits));
        }
    }
}
