//! "Did you mean".

use strsim::damerau_levenshtein;

/// Spellings that are too far from what was meant for an edit distance to see it.
const KNOWN: &[(&str, &str)] = &[
    ("msec", "ms"),
    ("millis", "ms"),
    ("secs", "seconds"),
    ("mins", "minutes"),
    ("hrs", "hours"),
    ("pct", "percentage"),
    ("kb", "bytes"),
    ("mb", "bytes"),
    ("$", "usd"),
    ("€", "eur"),
    ("boolean", "state"),
    ("summary", "histogram"),
    ("avg", "mean"),
    ("average", "mean"),
    ("median", "p50"),
    ("graph", "timeseries"),
    ("metric", "prometheus_metric"),
    ("metric_name", "prometheus_metric"),
    ("help", "description"),
    ("desc", "description"),
    ("kind", "type"),
    ("alert_thresholds", "thresholds"),
    ("risk_thresholds", "thresholds"),
    ("team", "owner"),
    ("runbook_url", "runbook"),
    ("interval", "window"),
    ("target", "objective"),
    ("statsd", "static"),
];

/// The candidate that was probably meant; `None` when nothing is near.
///
/// Near is: a known other spelling, the same but for case and `-`, a distance of a third of the length, or one
/// being the other with further words (`sleep_debt`, `sleep_debt_hours`).
pub(crate) fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    /// Longer words are not typed by people.
    const LONGEST: usize = 64;
    if word.is_empty() || word.len() > LONGEST {
        return None;
    }
    let folded = word.to_ascii_lowercase().replace(['-', ' '], "_");
    let known = KNOWN.iter().find(|(other, _)| *other == folded).map(|(_, meant)| *meant);
    let mut best: Option<(usize, &'c str)> = None;
    for candidate in candidates {
        if candidate == folded || Some(candidate) == known {
            return Some(candidate);
        }
        let far = folded.len().min(candidate.len()) / 3;
        let continued = continues(candidate, &folded) || continues(&folded, candidate);
        let distance = if continued {
            far
        } else if candidate.len().abs_diff(folded.len()) > far {
            continue;
        } else {
            damerau_levenshtein(&folded, candidate)
        };
        if distance <= far && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Whether `long` is `short` and further words.
fn continues(long: &str, short: &str) -> bool {
    short.len() > 2 && long.strip_prefix(short).is_some_and(|rest| rest.starts_with('_'))
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn near_and_far() {
        let kpis = ["hrv_rmssd", "sleep_debt_hours", "recovery_score"];
        assert_eq!(nearest("hrv_rmsd", kpis), Some("hrv_rmssd"));
        assert_eq!(nearest("HRV-RMSSD", kpis), Some("hrv_rmssd"));
        assert_eq!(nearest("sleep_debt", kpis), Some("sleep_debt_hours"));
        assert_eq!(nearest("ln_rmssd", kpis), None);
        assert_eq!(nearest("cns_fatigue_index", kpis), None);
        assert_eq!(nearest("msec", ["ms", "seconds"]), Some("ms"));
        assert_eq!(nearest("x", ["y"]), None);
        assert_eq!(nearest("", kpis), None);
    }
}
