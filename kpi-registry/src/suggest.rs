//! "Did you mean".

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
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let mut search = Search::of(word)?;
    for candidate in candidates {
        search.consider(candidate);
    }
    search.best.map(|(_, candidate)| candidate)
}

/// The search for what was meant. Apart from the loop, so that it is compiled once and not for each kind of list.
struct Search<'c> {
    /// The word, in lower case with `_` between its parts.
    word: String,
    /// What is known to be meant by it.
    known: Option<&'static str>,
    /// The nearest so far, and how far it is.
    best: Option<(usize, &'c str)>,
}

impl<'c> Search<'c> {
    fn of(word: &str) -> Option<Self> {
        /// Longer words are not typed by people.
        const LONGEST: usize = 64;
        if word.is_empty() || word.len() > LONGEST {
            return None;
        }
        let word = word.to_ascii_lowercase().replace(['-', ' '], "_");
        let known = KNOWN.iter().find(|(other, _)| *other == word).map(|(_, meant)| *meant);
        Some(Self { word, known, best: None })
    }

    fn consider(&mut self, candidate: &'c str) {
        let word = self.word.as_str();
        let far = word.len().min(candidate.len()) / 3;
        let apart = if candidate == word || Some(candidate) == self.known {
            0
        } else if continues(candidate, word) || continues(word, candidate) {
            far
        } else if candidate.len().abs_diff(word.len()) > far {
            return;
        } else {
            distance(word, candidate)
        };
        if apart <= far && self.best.is_none_or(|(least, _)| apart < least) {
            self.best = Some((apart, candidate));
        }
    }
}

/// How many letters must be added, removed, replaced or exchanged with a neighbour to make one word of the other (the
/// Damerau-Levenshtein distance). Letters that were exchanged may also get others between them.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let width = to.len() + 1;
    // Each row: from the letters so far to the first 0, 1, 2… letters of `to`.
    let mut rows: Vec<usize> = (0..width).collect();
    // For each letter of `to`, the row after the last one that had it; 0 is none.
    let mut met_above = vec![0; to.len()];
    for (row, letter) in from.chars().enumerate() {
        rows.push(row + 1);
        let mut met_left = 0;
        for (column, other) in to.iter().enumerate() {
            let before = row * width + column;
            let replaced = rows[before] + usize::from(letter != *other);
            let removed = rows[before + 1] + 1;
            let added = rows[before + width] + 1;
            let mut least = replaced.min(removed).min(added);
            let above = met_above[column];
            if above > 0 && met_left > 0 {
                let between = (row - above) + (column - met_left);
                least = least.min(rows[(above - 1) * width + met_left - 1] + between + 1);
            }
            rows.push(least);
            if letter == *other {
                (met_above[column], met_left) = (row + 1, column + 1);
            }
        }
    }
    rows.last().copied().unwrap_or_default()
}

/// Whether `long` is `short` and further words.
fn continues(long: &str, short: &str) -> bool {
    short.len() > 2 && long.strip_prefix(short).is_some_and(|rest| rest.starts_with('_'))
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn every_distance_of_short_words_is_right() {
        let mut words = vec![String::new()];
        for at in 0..121 {
            words.extend(["a", "b", "ü"].map(|letter| format!("{}{letter}", words[at])));
        }
        for (from, to) in words.iter().flat_map(|from| words.iter().map(move |to| (from, to))) {
            assert_eq!(distance(from, to), strsim::damerau_levenshtein(from, to), "{from} {to}");
        }
    }

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
