//! Service level objectives: what they measure.

use super::prelude::*;
use crate::entity::{Slo, SloGoal};

check! {
    /// Each goal needs its type: `latency` counts observations of a histogram, `bad` compares series of a counter, `in_range`
    /// measures how long a gauge stays in a range.
    ///
    /// ```yaml
    /// {name: requests, type: counter, slo: {latency: 250ms}}                     # wrong
    /// {name: requests, type: counter, slo: {bad: {status: [server_error]}}}      # right
    /// {name: latency, type: histogram, buckets: [0.25, 1], unit: seconds, slo: {latency: 250ms}}   # right
    /// ```
    SloKind = "KPI0540", "SLO goal that does not fit the type", slo_kind
}

fn slo_kind(registry: &Registry, out: &mut Diagnostics) {
    for (kpi, slo) in slos(registry) {
        let (goal, wants) = match (&slo.goal, &kpi.kind.value) {
            (SloGoal::Bad(_), Kind::Counter)
            | (SloGoal::Latency(_), Kind::Histogram(_) | Kind::NativeHistogram)
            | (SloGoal::InRange { .. }, Kind::Gauge | Kind::Derived(_))
            | (SloGoal::Missing, _) => continue,
            (SloGoal::Bad(_), _) => ("bad", "counts events of a counter"),
            (SloGoal::Latency(_), _) => ("latency", "needs the buckets of a histogram"),
            (SloGoal::InRange { .. }, _) => ("in_range", "watches the level of a gauge"),
        };
        out.push(
            Diagnostic::error(
                SloKind::CODE,
                slo.span,
                format!("an SLO with `{goal}` {wants}, and `{}` is {}", kpi.name, a_kind(kpi)),
            )
            .label(format!("`{goal}` does not fit"))
            .also(kpi.kind.span, "its type")
            .help(match &kpi.kind.value {
                Kind::Counter => "write `bad: {label: [values]}`",
                Kind::Histogram(_) | Kind::NativeHistogram => "write `latency: 250ms`",
                Kind::Gauge | Kind::Derived(_) => "write `in_range: {min: …, max: …}`",
                Kind::State | Kind::Info => "put the SLO on a counter, a histogram or a gauge",
            }),
        );
    }
}

/// Every SLO with each KPI it covers.
pub(super) fn slos(registry: &Registry) -> Vec<(&Kpi, &Slo)> {
    let mut all = Vec::new();
    for kpi in &registry.kpis {
        if let Some(slo) = &kpi.slo {
            all.push((kpi, slo));
        }
    }
    for own in &registry.slos {
        let mut kind = None;
        for kpi in &own.kpis {
            let kpi = registry.kpi(kpi.value);
            // Those of another type than the first are a finding of their own.
            if *kind.get_or_insert(kpi.kind.name()) == kpi.kind.name() {
                all.push((kpi, &own.slo));
            }
        }
    }
    all
}

check! {
    /// The threshold of a latency SLO is a bucket: Prometheus counts what stayed below a bucket and knows nothing between
    /// two of them.
    ///
    /// ```yaml
    /// {name: latency, type: histogram, unit: seconds, buckets: [0.1, 0.5], slo: {latency: 250ms}}         # wrong
    /// {name: latency, type: histogram, unit: seconds, buckets: [0.1, 0.25, 0.5], slo: {latency: 250ms}}   # right
    /// ```
    SloBucket = "KPI0541", "latency SLO whose threshold is no bucket", slo_bucket
}

fn slo_bucket(registry: &Registry, out: &mut Diagnostics) {
    for (kpi, slo) in slos(registry) {
        let (SloGoal::Latency(limit), Kind::Histogram(buckets)) = (&slo.goal, &kpi.kind.value) else {
            continue;
        };
        let Some(value) = kpi.unit.of_duration(limit.value) else { continue };
        out.extend(super::bucket::no_bucket(SloBucket::CODE, kpi, buckets, limit, value));
    }
}

check! {
    /// A latency SLO is a duration, so its KPI measures time, and the duration is a whole number of the unit's smallest
    /// decimals.
    ///
    /// ```yaml
    /// {name: size, type: histogram, unit: bytes, buckets: [1000], slo: {latency: 250ms}}        # wrong
    /// {name: latency, type: histogram, unit: seconds, buckets: [0.25], slo: {latency: 250ms}}   # right
    /// ```
    SloTime = "KPI0542", "latency SLO on something that is no time", slo_time
}

fn slo_time(registry: &Registry, out: &mut Diagnostics) {
    for (kpi, slo) in slos(registry) {
        let SloGoal::Latency(limit) = &slo.goal else { continue };
        if !matches!(kpi.kind.value, Kind::Histogram(_) | Kind::NativeHistogram)
            || kpi.unit.of_duration(limit.value).is_some()
        {
            continue;
        }
        let finding = if kpi.unit.time().is_none() {
            Diagnostic::error(
                SloTime::CODE,
                limit.span,
                format!(
                    "a latency of {limit} can't be compared with `{}`, which is in {}",
                    kpi.name, kpi.unit.value
                ),
            )
            .label("a duration")
            .help("put the SLO on a histogram of a unit of time")
        } else {
            Diagnostic::error(
                SloTime::CODE,
                limit.span,
                format!("{limit} has no exact value in {}", kpi.unit.value),
            )
            .label("not exact in the KPI's unit")
            .help("choose a duration that is exact in the unit, or measure in seconds")
        };
        out.push(finding.also(kpi.unit.span, "the unit"));
    }
}

check! {
    /// The bad events of an SLO are picked by closed labels of the counter. A label it does not have, or a value that never
    /// comes, would make an SLO that is always met; all values of a label, one that never is.
    ///
    /// ```yaml
    /// labels: {status: {values: [ok, client_error, server_error]}}
    /// slo: {bad: {status: [error]}}          # wrong: no such value
    /// slo: {bad: {status: [server_error]}}   # right
    /// ```
    SloBad = "KPI0545", "SLO that can't tell bad from good", slo_bad
}

fn slo_bad(registry: &Registry, out: &mut Diagnostics) {
    for (kpi, slo) in slos(registry) {
        let SloGoal::Bad(selectors) = &slo.goal else { continue };
        if selectors.is_empty() {
            out.push(
                Diagnostic::error(
                    SloBad::CODE,
                    slo.span,
                    format!("the SLO of `{}` calls nothing bad", kpi.name),
                )
                .label("`bad` is empty")
                .help("name a label and its bad values: `bad: {status: [server_error]}`"),
            );
        }
        for (id, bad) in selectors {
            let label = registry.label(id.value);
            if !kpi.labels.iter().any(|own| own.value == id.value) {
                let own: Vec<&str> =
                    kpi.labels.iter().map(|own| registry.label(own.value).name.as_str()).collect();
                out.push(
                    Diagnostic::error(
                        SloBad::CODE,
                        id.span,
                        format!("`{}` has no label `{}`", kpi.name, label.name),
                    )
                    .label("no series has it")
                    .help(if own.is_empty() {
                        "add the label to the KPI: without labels nothing tells bad from good".into()
                    } else {
                        format!("its labels: {}", own.join(", "))
                    }),
                );
                continue;
            }
            let Some(values) = label.values.closed() else { continue };
            for value in bad {
                if values.iter().any(|known| known.value == value.value) {
                    continue;
                }
                let finding = |end: &str| {
                    let message = format!("`{}` has no value `{value}`{end}", label.name);
                    Diagnostic::error(SloBad::CODE, value.span, message)
                        .label("never comes")
                        .also(label.name.span, "the label")
                };
                out.push(match nearest(value, values.iter().map(|known| known.as_str())) {
                    Some(meant) => finding(&format!(", did you mean `{meant}`?")).replace(value.span, meant),
                    None => finding("").help(format!("its values: {}", join(values))),
                });
            }
            if !values.is_empty() && values.iter().all(|known| bad.iter().any(|bad| bad.value == known.value))
            {
                out.push(
                    Diagnostic::error(
                        SloBad::CODE,
                        id.span,
                        format!("the SLO of `{}` calls every `{}` bad", kpi.name, label.name),
                    )
                    .label("no good value is left")
                    .help("list the bad values alone"),
                );
            }
        }
    }
}

fn join(values: &[Spanned<String>]) -> String {
    values.iter().map(|value| value.as_str()).collect::<Vec<_>>().join(", ")
}

check! {
    /// An SLO says what is good or bad: `latency`, `bad` or `in_range`.
    ///
    /// ```yaml
    /// slo: {objective: 99.9, window: 30d}                   # wrong: 99.9 % of what?
    /// slo: {objective: 99.9, window: 30d, latency: 250ms}   # right
    /// ```
    SloMissing = "KPI0546", "SLO without a goal", slo_missing
}

fn slo_missing(registry: &Registry, out: &mut Diagnostics) {
    for (kpi, slo) in slos(registry) {
        if !matches!(slo.goal, SloGoal::Missing) {
            continue;
        }
        out.push(
            Diagnostic::error(
                SloMissing::CODE,
                slo.span,
                format!("the SLO of `{}` does not say what is good", kpi.name),
            )
            .label("no goal")
            .help(match &kpi.kind.value {
                Kind::Counter => "add `bad: {label: [values]}`",
                Kind::Histogram(_) | Kind::NativeHistogram => "add `latency: 250ms`",
                Kind::Gauge | Kind::Derived(_) => "add `in_range: {min: …, max: …}`",
                Kind::State | Kind::Info => "put the SLO on a counter, a histogram or a gauge",
            }),
        );
    }
}

check! {
    /// The range of an SLO begins below its end.
    ///
    /// ```yaml
    /// slo: {in_range: {min: 100, max: 30}}   # wrong
    /// slo: {in_range: {min: 30, max: 100}}   # right
    /// ```
    SloRange = "KPI0547", "SLO range that nothing is in", slo_range
}

fn slo_range(registry: &Registry, out: &mut Diagnostics) {
    for (kpi, slo) in slos(registry) {
        let SloGoal::InRange { min: Some(min), max: Some(max) } = &slo.goal else { continue };
        if min.value >= max.value {
            out.push(
                Diagnostic::error(
                    SloRange::CODE,
                    min.span,
                    format!("the SLO of `{}` has a range from {min} to {max}", kpi.name),
                )
                .label("not below the end")
                .also(max.span, "the end")
                .help("exchange the two"),
            );
        }
    }
}

check! {
    /// `low_traffic` counts bad events. The SLO of a gauge measures time, which passes as much by night as by day.
    ///
    /// ```yaml
    /// {name: load, type: gauge, slo: {in_range: {max: 0.9}, low_traffic: 10}}                        # wrong
    /// {name: requests, type: counter, slo: {bad: {status: [server_error]}, low_traffic: 10}}         # right
    /// ```
    SloLowTraffic = "KPI0553", "`low_traffic` for something that has no events", slo_low_traffic
}

fn slo_low_traffic(registry: &Registry, out: &mut Diagnostics) {
    for (kpi, slo) in slos(registry) {
        let (Some(guard), SloGoal::InRange { .. }) = (&slo.terms.low_traffic, &slo.goal) else { continue };
        out.push(
            Diagnostic::error(
                SloLowTraffic::CODE,
                guard.span,
                format!("the SLO of `{}` measures time, and `low_traffic` counts events", kpi.name),
            )
            .label("no events here")
            .also(slo.span, "the SLO")
            .help("remove it, or use a profile without it"),
        );
    }
}

check! {
    /// `by` keeps the values of a label apart, each with the whole objective and a set of records and alerts of its own.
    /// An open label would make such a set for every text that comes; a label that tells bad from good, or one that not
    /// every KPI of the SLO has, tells nothing apart.
    ///
    /// ```yaml
    /// slo: {bad: {status: [server_error]}, by: [status]}   # wrong
    /// slo: {bad: {status: [server_error]}, by: [route]}    # right
    /// ```
    SloBy = "KPI0554", "SLO kept apart by a label that can't", slo_by
}

fn slo_by(registry: &Registry, out: &mut Diagnostics) {
    for (kpi, slo) in slos(registry) {
        for id in &slo.by {
            let label = registry.label(id.value);
            let bad = match &slo.goal {
                SloGoal::Bad(bad) => bad.iter().find(|(bad, _)| bad.value == id.value),
                _ => None,
            };
            let (message, label_text, help) = if !kpi.labels.iter().any(|own| own.value == id.value) {
                (
                    format!("`{}` has no label `{}`", kpi.name, label.name),
                    "not on every series",
                    "leave it out",
                )
            } else if super::kind::is_open(registry, id) {
                let message = format!("the SLO of `{}` keeps the open label `{}`", kpi.name, label.name);
                (message, "an SLO for every value", "leave it out, or close the label")
            } else if bad.is_some() {
                let message =
                    format!("the SLO of `{}` keeps `{}`, whose values are bad or good", kpi.name, label.name);
                (message, "tells bad from good", "leave it out")
            } else {
                continue;
            };
            out.push(
                Diagnostic::error(SloBy::CODE, id.span, message)
                    .label(label_text)
                    .also(label.name.span, "the label")
                    .help(help),
            );
        }
    }
}
