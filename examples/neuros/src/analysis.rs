//! What follows from a night, and the formulas behind it.

use crate::kpis::Kpis;
use crate::night::Night;
use kpi_runtime::unit::{Hours, Milliseconds, Score};
use serde::Serialize;

/// Sleep debt at which nothing is left of the sleep part of the recovery score: the registry's critical threshold.
const EXHAUSTING_DEBT_HOURS: f64 = 8.0;
/// How much of the recovery score HRV makes; sleep makes the rest.
const HRV_WEIGHT: f64 = 0.6;
/// Fall of the logarithmic HRV below its baseline that counts as full fatigue.
const FULL_FATIGUE_FALL: f64 = 0.2;

/// The state of an athlete this morning.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Analysis {
    /// Heart rate variability, in milliseconds.
    pub hrv_rmssd_ms: f64,
    /// Fatigue of the central nervous system, 0 to 100.
    pub cns_fatigue_index: f64,
    /// Sleep missed over the last seven nights, in hours.
    pub sleep_debt_hours: f64,
    /// Readiness for training, 0 to 100.
    pub recovery_score: f64,
}

impl Analysis {
    /// Analyses a night that was [checked](Night::checked).
    pub fn of(night: &Night) -> Self {
        let rmssd = rmssd(&night.rr_intervals_ms);
        let debt = sleep_debt(&night.sleep_hours, night.sleep_need_hours);
        Self {
            hrv_rmssd_ms: rmssd,
            cns_fatigue_index: fatigue(rmssd, night.baseline_rmssd_ms),
            sleep_debt_hours: debt,
            recovery_score: recovery(rmssd, night.baseline_rmssd_ms, debt),
        }
    }

    /// Reports the analysis through its KPIs.
    pub fn report(&self, kpis: &Kpis) {
        kpis.hrv_rmssd.set(Milliseconds(self.hrv_rmssd_ms));
        kpis.cns_fatigue_index.set(Score(self.cns_fatigue_index));
        kpis.sleep_debt_hours.set(Hours(self.sleep_debt_hours));
        kpis.recovery_score.set(Score(self.recovery_score));
    }
}

/// Root mean square of successive differences (Task Force of the ESC and NASPE, *Heart rate variability: standards of
/// measurement*, 1996).
fn rmssd(intervals: &[f64]) -> f64 {
    let squares = intervals.windows(2).map(|pair| (pair[1] - pair[0]).powi(2));
    let (sum, count) = squares.fold((0.0, 0.0), |(sum, count), square| (sum + square, count + 1.0));
    f64::sqrt(sum / count)
}

/// Need minus sleep, summed over the week: long nights pay back short ones, but nothing is saved up beyond that.
fn sleep_debt(nights: &[f64; 7], need: f64) -> f64 {
    nights.iter().map(|slept| need - slept).sum::<f64>().max(0.0)
}

/// How far ln RMSSD lies below its baseline, as a share of [`FULL_FATIGUE_FALL`].
fn fatigue(rmssd: f64, baseline: f64) -> f64 {
    let fall = 1.0 - rmssd.ln() / baseline.ln();
    100.0 * (fall / FULL_FATIGUE_FALL).clamp(0.0, 1.0)
}

/// HRV against its baseline and sleep against [`EXHAUSTING_DEBT_HOURS`], weighted by [`HRV_WEIGHT`].
fn recovery(rmssd: f64, baseline: f64, debt: f64) -> f64 {
    let hrv = (rmssd / baseline).clamp(0.0, 1.0);
    let sleep = (1.0 - debt / EXHAUSTING_DEBT_HOURS).clamp(0.0, 1.0);
    100.0 * (HRV_WEIGHT * hrv + (1.0 - HRV_WEIGHT) * sleep)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::night::Source;

    fn close(left: f64, right: f64) {
        assert!((left - right).abs() < 1e-9, "{left} is not {right}");
    }

    #[test]
    fn rmssd_is_the_root_mean_square_of_differences() {
        close(rmssd(&[800.0, 850.0, 800.0, 850.0]), 50.0);
        close(rmssd(&[800.0, 803.0, 799.0]), (12.5_f64).sqrt());
        close(rmssd(&[800.0; 30]), 0.0);
    }

    #[test]
    fn long_nights_pay_debt_back_and_no_further() {
        close(sleep_debt(&[8.0, 7.0, 6.0, 8.0, 8.0, 9.0, 8.0], 8.0), 2.0);
        close(sleep_debt(&[9.0; 7], 8.0), 0.0);
    }

    #[test]
    fn fatigue_runs_from_baseline_to_a_fifth_below_it() {
        close(fatigue(50.0, 50.0), 0.0);
        close(fatigue(80.0, 50.0), 0.0);
        close(fatigue(50_f64.powf(0.9), 50.0), 50.0);
        close(fatigue(0.0, 50.0), 100.0);
    }

    #[test]
    fn recovery_weighs_hrv_and_sleep() {
        close(recovery(50.0, 50.0, 0.0), 100.0);
        close(recovery(25.0, 50.0, 4.0), 50.0);
        close(recovery(0.0, 50.0, 20.0), 0.0);
    }

    #[test]
    fn an_analysis_reports_every_value_in_its_unit() {
        let night = Night {
            rr_intervals_ms: [800.0, 840.0].repeat(20),
            baseline_rmssd_ms: 50.0,
            sleep_hours: [7.5; 7],
            sleep_need_hours: 8.0,
            source: Source::ChestStrap,
        };
        let kpis = Kpis::new();
        let analysis = Analysis::of(&night);
        analysis.report(&kpis);
        close(analysis.hrv_rmssd_ms, 40.0);
        assert_eq!(kpis.hrv_rmssd.get(), Some(Milliseconds(analysis.hrv_rmssd_ms)));
        assert_eq!(kpis.sleep_debt_hours.get(), Some(Hours(3.5)));
        assert_eq!(kpis.recovery_score.get(), Some(Score(analysis.recovery_score)));
        assert_eq!(kpis.cns_fatigue_index.get(), Some(Score(analysis.cns_fatigue_index)));
    }
}
