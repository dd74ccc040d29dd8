//! What a request says: a morning measurement and the sleep before it.

use crate::kpis::MeasurementSource;
use serde::Deserialize;
use std::fmt;
use std::ops::RangeInclusive;

/// Heartbeats below this number say too little: half a minute is the shortest recording that RMSSD is read from.
pub const MIN_BEATS: usize = 30;

const BEAT_MS: RangeInclusive<f64> = 300.0..=2000.0;
const BASELINE_MS: RangeInclusive<f64> = 5.0..=300.0;
const SLEEP_HOURS: RangeInclusive<f64> = 0.0..=24.0;
const SLEEP_NEED_HOURS: RangeInclusive<f64> = 4.0..=12.0;

/// A morning measurement and the sleep before it, as the request's JSON spells them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Night {
    /// Times between heartbeats, in milliseconds, oldest first.
    pub rr_intervals_ms: Vec<f64>,
    /// The athlete's usual RMSSD, in milliseconds.
    pub baseline_rmssd_ms: f64,
    /// Hours slept in each of the last seven nights.
    pub sleep_hours: [f64; 7],
    /// Hours of sleep the athlete needs; 8 when left out.
    #[serde(default = "eight_hours")]
    pub sleep_need_hours: f64,
    /// Which device measured the heartbeats.
    pub source: Source,
}

/// The device that measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// An electrode belt.
    ChestStrap,
    /// A watch, ring or band.
    Wearable,
    /// Typed in.
    Manual,
}

impl From<Source> for MeasurementSource {
    fn from(source: Source) -> Self {
        match source {
            Source::ChestStrap => Self::ChestStrap,
            Source::Wearable => Self::Wearable,
            Source::Manual => Self::Manual,
        }
    }
}

impl Night {
    /// The night itself, when every number in it is one a body can have.
    ///
    /// # Errors
    /// The first number that is not.
    pub fn checked(self) -> Result<Self, Implausible> {
        if self.rr_intervals_ms.len() < MIN_BEATS {
            return Err(Implausible::TooFewBeats(self.rr_intervals_ms.len()));
        }
        for &beat in &self.rr_intervals_ms {
            within("rr_intervals_ms", beat, BEAT_MS)?;
        }
        within("baseline_rmssd_ms", self.baseline_rmssd_ms, BASELINE_MS)?;
        for hours in self.sleep_hours {
            within("sleep_hours", hours, SLEEP_HOURS)?;
        }
        within("sleep_need_hours", self.sleep_need_hours, SLEEP_NEED_HOURS)?;
        Ok(self)
    }
}

/// Why a night cannot be analysed.
#[derive(Clone, Debug, PartialEq)]
pub enum Implausible {
    /// Fewer than [`MIN_BEATS`] heartbeats.
    TooFewBeats(usize),
    /// A number outside what a body can have.
    OutOfRange {
        /// The field it stands in.
        field: &'static str,
        /// The number.
        value: f64,
        /// What would have been accepted.
        accepted: RangeInclusive<f64>,
    },
}

impl fmt::Display for Implausible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFewBeats(beats) => {
                write!(f, "rr_intervals_ms: {beats} heartbeats, at least {MIN_BEATS} are needed")
            }
            Self::OutOfRange { field, value, accepted } => {
                write!(f, "{field}: {value} is not between {} and {}", accepted.start(), accepted.end())
            }
        }
    }
}

impl std::error::Error for Implausible {}

fn within(field: &'static str, value: f64, accepted: RangeInclusive<f64>) -> Result<(), Implausible> {
    if accepted.contains(&value) { Ok(()) } else { Err(Implausible::OutOfRange { field, value, accepted }) }
}

const fn eight_hours() -> f64 {
    8.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn night() -> Night {
        Night {
            rr_intervals_ms: vec![800.0; MIN_BEATS],
            baseline_rmssd_ms: 50.0,
            sleep_hours: [8.0; 7],
            sleep_need_hours: 8.0,
            source: Source::Wearable,
        }
    }

    #[test]
    fn a_plausible_night_passes() {
        assert!(night().checked().is_ok());
    }

    #[test]
    fn too_few_beats_are_refused() {
        let short = Night { rr_intervals_ms: vec![800.0; MIN_BEATS - 1], ..night() };
        assert_eq!(short.checked().unwrap_err(), Implausible::TooFewBeats(MIN_BEATS - 1));
    }

    #[test]
    fn numbers_no_body_has_are_refused_by_name() {
        let mut nights = [night(), night(), night(), night()];
        nights[0].rr_intervals_ms[7] = f64::NAN;
        nights[1].baseline_rmssd_ms = 0.0;
        nights[2].sleep_hours[6] = 25.0;
        nights[3].sleep_need_hours = -1.0;
        let fields = nights.map(|night| match night.checked() {
            Err(Implausible::OutOfRange { field, .. }) => field,
            other => panic!("{other:?}"),
        });
        assert_eq!(fields, ["rr_intervals_ms", "baseline_rmssd_ms", "sleep_hours", "sleep_need_hours"]);
    }
}
