//! Samples and expectations of a test, one phase after the other.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use kpi_registry::value::{Decimal, PromDuration};

/// How often tests evaluate rules.
pub(super) const STEP: PromDuration = PromDuration::from_minutes(1);

/// How far expectations stay off the moment at which something changes.
pub(super) const MARGIN: PromDuration = PromDuration::from_minutes(2);

/// A few series over time, sampled together.
pub(super) struct Timeline {
    interval: PromDuration,
    samples: u64,
    series: Vec<Track>,
}

struct Track {
    name: String,
    values: String,
    last: Decimal,
}

/// What a series does in one phase.
#[derive(Clone, Copy)]
pub(super) enum Motion {
    /// Has this value.
    Stays(Decimal),
    /// Grows by this much with every sample.
    Grows(Decimal),
    /// Is not there.
    Absent,
}

impl Timeline {
    /// Series that are sampled so often.
    pub(super) fn new(interval: PromDuration, series: impl IntoIterator<Item = String>) -> Self {
        let track = |name| Track { name, values: String::new(), last: Decimal::ZERO };
        Self { interval, samples: 0, series: series.into_iter().map(track).collect() }
    }

    /// The time of the next sample.
    pub(super) fn now(&self) -> PromDuration {
        self.interval.times(self.samples)
    }

    /// Lets some time pass, with a motion for each series in order, over and over when there are more series. Without
    /// any motion the series are absent.
    pub(super) fn pass(&mut self, time: PromDuration, motions: &[Motion]) {
        let samples = time.as_millis().div_ceil(self.interval.as_millis().max(1)).max(1);
        self.samples += samples;
        for (index, track) in self.series.iter_mut().enumerate() {
            track.add(motions.iter().cycle().nth(index).copied().unwrap_or(Motion::Absent), samples);
        }
    }

    /// Lets time pass until a moment.
    pub(super) fn pass_until(&mut self, moment: PromDuration, motions: &[Motion]) {
        let rest = moment.as_millis().saturating_sub(self.now().as_millis());
        if rest > 0 {
            self.pass(PromDuration::from_millis(rest), motions);
        }
    }

    /// Name and samples of every series.
    pub(super) fn into_series(self) -> impl Iterator<Item = (String, String)> {
        self.series.into_iter().map(|track| (track.name, track.values))
    }
}

impl Track {
    fn add(&mut self, motion: Motion, samples: u64) {
        if !self.values.is_empty() {
            self.values.push(' ');
        }
        let more = samples - 1;
        // Writing to a String can't fail.
        let _ = match motion {
            Motion::Stays(value) => {
                self.last = value;
                write!(self.values, "{value}x{more}")
            }
            Motion::Grows(by) => {
                let first = self.last.checked_add(by).unwrap_or(self.last);
                let grown = by.checked_mul(Decimal::new(i64::try_from(more).unwrap_or(0), 0));
                self.last = grown.and_then(|grown| first.checked_add(grown)).unwrap_or(first);
                if by.is_zero() {
                    write!(self.values, "{first}x{more}")
                } else {
                    let sign = if by.is_negative() { "" } else { "+" };
                    write!(self.values, "{first}{sign}{by}x{more}")
                }
            }
            Motion::Absent if more == 0 => write!(self.values, "stale"),
            Motion::Absent => write!(self.values, "stale _x{more}"),
        };
    }
}

/// The last evaluation at or before a moment.
pub(super) fn evaluation_before(moment: PromDuration) -> PromDuration {
    STEP.times(moment.as_millis() / STEP.as_millis())
}

/// The first evaluation at or after a moment.
pub(super) fn evaluation_after(moment: PromDuration) -> PromDuration {
    STEP.times(moment.as_millis().div_ceil(STEP.as_millis()))
}

/// The sum of times.
pub(super) fn sum<const N: usize>(times: [PromDuration; N]) -> PromDuration {
    PromDuration::from_millis(times.iter().fold(0, |sum, time| sum.saturating_add(time.as_millis())))
}

/// The difference of times, at least zero.
pub(super) fn minus(time: PromDuration, less: PromDuration) -> PromDuration {
    PromDuration::from_millis(time.as_millis().saturating_sub(less.as_millis()))
}

/// Labels of a series, by name.
pub(super) type Labels<'a> = BTreeMap<&'a str, &'a str>;
