//! Values as people read them.

use crate::exposition::number;
use crate::snapshot::{Histogram, Summary, Value};

/// `1 observation`, `2 observations`.
pub(super) fn observations(count: u64) -> String {
    format!("{count} observation{}", if count == 1 { "" } else { "s" })
}

/// A value on its own.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::Whole(whole) => whole.to_string(),
        Value::Real(real) => number(*real),
        Value::Histogram(Histogram { count, sum, .. }) | Value::Summary(Summary { count, sum, .. }) => {
            format!("{}, sum {}", observations(*count), number(*sum))
        }
    }
}

/// Where the observations lie that a histogram has more than before: `1 in (5, 25], 2 above 100`. Empty if the two can't be
/// compared.
pub(super) fn buckets(before: &Histogram, after: &Histogram) -> String {
    let [old, new] = [before, after].map(in_buckets);
    let is_new = before.count == 0 && before.cumulative.is_empty();
    let comparable = is_new
        || old.iter().map(|(bound, _)| bound.to_bits()).eq(new.iter().map(|(bound, _)| bound.to_bits()));
    let mut parts = Vec::new();
    let mut below = None;
    for (at, (bound, number_of)) in new.iter().enumerate() {
        let earlier = if is_new { 0 } else { old.get(at).map_or(0, |(_, number_of)| *number_of) };
        let Some(more) = number_of.checked_sub(earlier).filter(|_| comparable) else { return String::new() };
        if more != 0 {
            parts.push(match below {
                None => format!("{more} up to {}", number(*bound)),
                Some(below) if bound.is_infinite() => format!("{more} above {}", number(below)),
                Some(below) => format!("{more} in ({}, {}]", number(below), number(*bound)),
            });
        }
        below = Some(*bound);
    }
    parts.join(", ")
}

/// Upper bounds with the number of observations in each bucket alone; nothing for a histogram without bounds.
fn in_buckets(histogram: &Histogram) -> Vec<(f64, u64)> {
    if histogram.cumulative.is_empty() {
        return Vec::new();
    }
    let mut below = 0;
    let all = histogram.cumulative.iter().copied().chain([(f64::INFINITY, histogram.count)]);
    all.map(|(bound, upto)| (bound, upto.saturating_sub(std::mem::replace(&mut below, upto)))).collect()
}
