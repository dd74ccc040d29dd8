//! Buckets of histograms.

use std::fmt::Display;

use super::bounds::{describe, natural_range};
use super::prelude::*;
use crate::diagnostic::Code;
use crate::entity::Buckets;

/// More buckets cost more than they tell.
const MANY: usize = 40;

check! {
    /// Each bucket is a series of its own for every combination of labels. Beyond some forty they cost more than they tell;
    /// a native histogram is finer and cheaper.
    ///
    /// ```yaml
    /// buckets: {linear: {start: 0.01, width: 0.01, count: 100}}        # wrong
    /// buckets: {exponential: {start: 0.005, factor: 2, count: 12}}     # right
    /// ```
    ManyBuckets = "KPI0447", "very many buckets", many_buckets
}

fn many_buckets(registry: &Registry, out: &mut Diagnostics) {
    for kpi in &registry.kpis {
        let Kind::Histogram(buckets) = &kpi.kind.value else { continue };
        let count = buckets.bounds.len();
        if count > MANY {
            out.push(
                Diagnostic::warning(
                    ManyBuckets::CODE,
                    buckets.span,
                    format!("`{}` has {count} buckets", kpi.name),
                )
                .label("one series each, for every combination of labels")
                .help("space them exponentially, or write `type: native_histogram`"),
            );
        }
    }
}

check! {
    /// A bucket lies where the unit has no values, such as above 100 percent or at 0 bytes and below. It is always empty,
    /// or always equal to its neighbour.
    ///
    /// ```yaml
    /// {name: load, type: histogram, unit: ratio, buckets: [0.5, 0.9, 1, 50]}   # wrong: 50 percent is 0.5
    /// {name: load, type: histogram, unit: ratio, buckets: [0.5, 0.9, 1]}       # right
    /// ```
    BucketRange = "KPI0448", "bucket outside what the unit allows", bucket_range
}

fn bucket_range(registry: &Registry, out: &mut Diagnostics) {
    for kpi in &registry.kpis {
        let Kind::Histogram(buckets) = &kpi.kind.value else { continue };
        let range = natural_range(&kpi.unit);
        let outside = |bound: &&Spanned<Decimal>| {
            range.min.is_some_and(|min| bound.value < min) || range.max.is_some_and(|max| bound.value > max)
        };
        if let Some(bound) = buckets.bounds.iter().find(outside) {
            out.push(
                Diagnostic::warning(
                    BucketRange::CODE,
                    bound.span,
                    format!("the bucket {bound} of `{}` lies outside of its unit", kpi.name),
                )
                .label(format!("{} {}", kpi.unit.value, describe(range)))
                .also(kpi.unit.span, "the unit")
                .help("write buckets in the KPI's unit, or correct the unit"),
            );
        }
    }
}

/// The finding that a limit, as it was written and in the KPI's unit, is none of the buckets; names the two beside it.
pub(super) fn no_bucket<T: Display>(
    code: Code,
    kpi: &Kpi,
    buckets: &Buckets,
    limit: &Spanned<T>,
    value: Decimal,
) -> Option<Diagnostic> {
    if buckets.bounds.iter().any(|bound| bound.value == value) {
        return None;
    }
    let below = buckets.bounds.iter().rev().find(|bound| bound.value < value);
    let above = buckets.bounds.iter().find(|bound| bound.value > value);
    let between = match (below, above) {
        (Some(below), Some(above)) => format!("the nearest are {below} and {above}"),
        (Some(last), None) => format!("the last is {last}"),
        (None, Some(first)) => format!("the first is {first}"),
        (None, None) => "there is none".into(),
    };
    let written = limit.to_string();
    let same =
        if written == value.to_string() { String::new() } else { format!(" ({value} {})", kpi.unit.value) };
    let message = format!("`{}` has no bucket at {written}{same}: {between}", kpi.name);
    let finding = Diagnostic::error(code, limit.span, message)
        .label("must be one of the buckets")
        .help(format!("add {value} to `buckets`, or choose one of them as the threshold"));
    Some([below, above].into_iter().flatten().fold(finding, |finding, bound| {
        finding.also(bound.span, if bound.value < value { "the bucket below" } else { "the bucket above" })
    }))
}
