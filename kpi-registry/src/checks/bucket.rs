//! Buckets of histograms.

use super::bounds::{describe, natural_range};
use super::prelude::*;

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
