//! The band that is normal.

use super::prelude::*;

check! {
    /// The normal range begins at or below its end, and its best value lies inside.
    ///
    /// ```yaml
    /// normal_range: {min: 100, max: 30, optimal: 50}   # wrong
    /// normal_range: {min: 30, max: 100, optimal: 50}   # right
    /// ```
    RangeOrder = "KPI0444", "normal range out of order", range_order
}

fn range_order(registry: &Registry, out: &mut Diagnostics) {
    for kpi in &registry.kpis {
        let Some(range) = &kpi.normal_range else { continue };
        if let (Some(min), Some(max)) = (&range.min, &range.max)
            && min.value > max.value
        {
            out.push(
                Diagnostic::error(
                    RangeOrder::CODE,
                    min.span,
                    format!("the normal range of `{}` begins at {min} and ends at {max}", kpi.name),
                )
                .label("above the end")
                .also(max.span, "the end")
                .help("exchange the two")
                .patch("exchange them", exchange(min, max)),
            );
            continue;
        }
        let Some(optimal) = &range.optimal else { continue };
        let outside = [
            range.min.as_ref().filter(|min| optimal.value < min.value).map(|min| (min, "below")),
            range.max.as_ref().filter(|max| optimal.value > max.value).map(|max| (max, "above")),
        ];
        for (end, side) in outside.into_iter().flatten() {
            out.push(
                Diagnostic::warning(
                    RangeOrder::CODE,
                    optimal.span,
                    format!("the best value of `{}`, {optimal}, lies {side} its normal range", kpi.name),
                )
                .label(format!("{side} {end}"))
                .also(end.span, "the end of the range")
                .help("move the best value into the range, or widen the range"),
            );
        }
    }
}

fn exchange(min: &Spanned<Decimal>, max: &Spanned<Decimal>) -> Vec<(Span, String)> {
    let (at_min, at_max) = ((min.span, max.to_string()), (max.span, min.to_string()));
    if min.span < max.span { vec![at_min, at_max] } else { vec![at_max, at_min] }
}

check! {
    /// A threshold inside the normal range alerts on values that the registry calls normal.
    ///
    /// ```yaml
    /// normal_range: {min: 30, max: 100}
    /// thresholds: {warning: "< 40"}     # wrong: 35 is normal and a warning
    /// thresholds: {warning: "< 30"}     # right
    /// ```
    RangeContradicts = "KPI0445", "threshold inside the normal range", range_contradicts
}

fn range_contradicts(registry: &Registry, out: &mut Diagnostics) {
    for kpi in &registry.kpis {
        let Some(range) = &kpi.normal_range else { continue };
        if matches!((&range.min, &range.max), (Some(min), Some(max)) if min.value > max.value) {
            continue;
        }
        for (level, threshold) in kpi.thresholds.iter() {
            let value = threshold.value.value;
            let (end, name) = if level.is_low() { (&range.min, "min") } else { (&range.max, "max") };
            let Some(end) = end.as_ref() else { continue };
            let inside = if level.is_low() { value > end.value } else { value < end.value };
            if inside {
                out.push(
                    Diagnostic::warning(
                        RangeContradicts::CODE,
                        threshold.value.span,
                        format!(
                            "{} {value} of `{}` alerts on values of its normal range",
                            level.as_str(),
                            kpi.name
                        ),
                    )
                    .label(format!("inside the range, whose {name} is {end}"))
                    .also(end.span, format!("the range's {name}"))
                    .help("move the threshold out of the range, or narrow the range"),
                );
            }
        }
    }
}
