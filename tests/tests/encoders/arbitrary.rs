//! Snapshots of every sort. Names differ and numbers that only grow are not negative, because they are so by construction
//! where snapshots come from; everything else may be anything.

use kpi_runtime::snapshot::{
    Exemplar, Family, Histogram, Kind, Labels, NativeHistogram, Series, Snapshot, Summary, Value,
};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use std::cmp::Ordering;

/// Any snapshot.
pub(crate) fn snapshots() -> impl Strategy<Value = Snapshot> {
    vec(families(), 0..6).prop_map(|families| {
        let named = families.into_iter().enumerate().map(|(i, (mut family, unit, suffix))| {
            let unit_suffix = if unit.is_empty() { String::new() } else { format!("_{unit}") };
            family.name = format!("f{i}{unit_suffix}{suffix}").into();
            family.with_unit(unit)
        });
        Snapshot { families: named.collect() }
    })
}

/// An exemplar with one label.
pub(crate) fn exemplar(name: &'static str, label: &str, value: f64) -> Exemplar {
    Exemplar::new(vec![(name.into(), label.to_owned().into())], value)
}

/// A family, its unit, and the end of its name.
fn families() -> impl Strategy<Value = (Family, &'static str, &'static str)> {
    let kinds = prop_oneof![
        3 => Just((Kind::Counter, "_total")),
        1 => Just((Kind::Counter, "")),
        2 => Just((Kind::Gauge, "")),
        1 => Just((Kind::State, "")),
        1 => Just((Kind::Info, "_info")),
        1 => Just((Kind::Unknown, "")),
        2 => Just((Kind::Summary, "")),
        4 => Just((Kind::Histogram, "")),
    ];
    let help = prop_oneof![Just(String::new()), texts().prop_map(|text| format!("a{text}z"))];
    (kinds, help, prop_oneof![Just(""), Just("seconds")]).prop_flat_map(|((kind, suffix), help, unit)| {
        series(kind)
            .prop_map(move |series| (Family::new("", kind, series).with_help(help.clone()), unit, suffix))
    })
}

/// None, one, or many, whose label values differ.
fn series(kind: Kind) -> impl Strategy<Value = Vec<Series>> {
    let sets = (0..4usize)
        .prop_flat_map(|names| btree_set(vec(texts(), names), if names == 0 { 0..2 } else { 0..6 }));
    sets.prop_flat_map(move |sets| {
        let values = vec((values(kind), exemplars(), option::of(times())), sets.len());
        (Just(sets), values).prop_map(|(sets, values)| {
            let series = sets.into_iter().zip(values).map(|(texts, (value, exemplar, created))| {
                let names = ["a", "_b1", "C"].map(Into::into);
                let mut series =
                    Series::new(names.into_iter().zip(texts.into_iter().map(Into::into)).collect(), value);
                series.exemplar = exemplar.map(Box::new);
                series.created = created;
                series
            });
            series.collect()
        })
    })
}

fn values(kind: Kind) -> BoxedStrategy<Value> {
    match kind {
        Kind::Counter => prop_oneof![wholes().prop_map(Value::Whole), totals().prop_map(Value::Real)].boxed(),
        Kind::Info => Just(Value::Whole(1)).boxed(),
        Kind::State => (0..2u64).prop_map(Value::Whole).boxed(),
        Kind::Histogram => histograms().prop_map(Value::Histogram).boxed(),
        Kind::Summary => summaries().prop_map(Value::Summary).boxed(),
        _ => prop_oneof![wholes().prop_map(Value::Whole), reals().prop_map(Value::Real)].boxed(),
    }
}

fn summaries() -> impl Strategy<Value = Summary> {
    let quantiles = btree_set(0..=1_000u32, 0..4);
    (quantiles, vec(totals(), 4), wholes(), totals()).prop_map(|(quantiles, values, count, sum)| {
        let quantiles = quantiles.into_iter().map(|quantile| f64::from(quantile) / 1e3).zip(values);
        Summary::new(quantiles.collect(), count, sum)
    })
}

/// Classic, native, or both; with nothing in them too.
fn histograms() -> impl Strategy<Value = Histogram> {
    let bounds = vec(totals().prop_filter("bounds are finite", |bound| bound.is_finite()), 0..6);
    let exemplars = vec(exemplars(), 0..5);
    let counts = vec(0..1u64 << 60, 8);
    (bounds, counts, totals(), option::of(natives()), exemplars).prop_map(
        |(mut bounds, mut counts, sum, native, exemplars)| {
            bounds.sort_by(f64::total_cmp);
            bounds.dedup_by(|a, b| a.partial_cmp(&b).is_some_and(Ordering::is_eq));
            counts.sort_unstable();
            let count = native.as_ref().map_or(counts[7], NativeHistogram::count);
            let cumulative = bounds.into_iter().zip(counts.into_iter().map(|below| below.min(count)));
            let mut histogram = Histogram::new(cumulative.collect(), count, sum);
            histogram.native = native.map(Box::new);
            histogram.with_exemplars(exemplars.into_iter().flatten().collect())
        },
    )
}

fn natives() -> impl Strategy<Value = NativeHistogram> {
    let index = || prop_oneof![-20..20, -9_000..9_000];
    let side = || btree_map(index(), prop_oneof![1..10u64, 1..1u64 << 50], 0..12);
    (-4..=8, prop_oneof![Just(0.0), Just(2.938_735_877_055_719e-39)], 0..5u64, side(), side()).prop_map(
        |(schema, zero_threshold, zero_count, positive, negative)| {
            let mut native = NativeHistogram::new(schema, zero_threshold);
            native.zero_count = zero_count;
            native.positive = positive.into_iter().collect();
            native.negative = negative.into_iter().collect();
            native
        },
    )
}

/// Sound ones, and some that no format can show: too long, or with names that are none or stand twice.
fn exemplars() -> impl Strategy<Value = Option<Exemplar>> {
    let names = prop_oneof![8 => "[a-z_][a-z0-9_]{0,8}", 1 => Just("not a name".to_owned()), 1 => Just("x".to_owned())];
    let labels = vec((names, prop_oneof![texts(), "[é]{0,130}"]), 0..3);
    option::of((labels, reals(), option::of(times())).prop_map(|(labels, value, timestamp)| {
        let labels: Labels = labels.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        let mut exemplar = Exemplar::new(labels, value);
        exemplar.timestamp = timestamp;
        exemplar
    }))
}

pub(crate) fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[\"\\\\\n,}{=# a]{0,12}",
        "[\u{0}-\u{1f}\u{7f}-\u{a0}\u{2028}\u{feff}]{0,6}",
        "\\PC{0,40}",
        Just(String::new()),
    ]
}

pub(crate) fn wholes() -> impl Strategy<Value = u64> {
    prop_oneof![any::<u64>(), 0..3u64, (1u64 << 53) - 2..(1 << 53) + 3, Just(u64::MAX)]
}

pub(crate) fn reals() -> impl Strategy<Value = f64> {
    let special = [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        0.0,
        -0.0,
        5e-324,
        f64::MIN_POSITIVE,
        f64::MAX,
        f64::MIN,
        1e15,
        1e16,
        1e21,
        1e-5,
        0.1,
    ];
    prop_oneof![proptest::num::f64::ANY, proptest::sample::select(special.to_vec()), -1e3..1e3]
}

/// What only grows.
pub(crate) fn totals() -> impl Strategy<Value = f64> {
    reals().prop_map(|number| if number.is_nan() { 1.5 } else { number.abs() })
}

/// Seconds since the epoch that are doubles in every format: in steps of a 64th.
fn times() -> impl Strategy<Value = f64> {
    (0..u32::MAX, 0..64u32).prop_map(|(seconds, parts)| f64::from(seconds) + f64::from(parts) / 64.0)
}
