//! What follows from a message, and the formulas behind it.

use crate::kpis::Kpis;
use crate::message::{Message, Plan};
use kpi_runtime::unit::{GramsPerKilogram, Percent};
use serde::Serialize;
use std::fmt;

/// What follows from a message.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Finding {
    /// Of a day of glucose.
    Glucose {
        /// Coefficient of variation. From 36 on glucose counts as unstable (International Consensus on Use of
        /// Continuous Glucose Monitoring, *Diabetes Care* 40, 2017).
        cv_percent: f64,
    },
    /// Of a day of meals.
    Protein {
        /// Protein per kilogram of body weight.
        g_per_kg: f64,
        /// Whether the plan asks for enough of it.
        matters: bool,
    },
}

impl Finding {
    /// Judges a message.
    ///
    /// # Errors
    /// The message holds a number that no body has.
    pub fn of(message: &Message) -> Result<Self, Implausible> {
        match message {
            Message::Glucose { mmol_per_l } => Ok(Self::Glucose { cv_percent: variation(mmol_per_l)? }),
            Message::Protein { meals_g, weight_kg, plan } => Ok(Self::Protein {
                g_per_kg: per_kilogram(meals_g, *weight_kg)?,
                matters: *plan == Plan::Hypertrophy,
            }),
        }
    }

    /// Reports the finding through its KPI. Protein that the plan does not ask for is not reported: nobody should be
    /// alerted about it.
    pub fn report(&self, kpis: &Kpis) {
        match *self {
            Self::Glucose { cv_percent } => kpis.glucose_cv_percent.set(Percent(cv_percent)),
            Self::Protein { g_per_kg, matters: true } => {
                kpis.protein_adequacy_g_per_kg.set(GramsPerKilogram(g_per_kg));
            }
            Self::Protein { matters: false, .. } => {}
        }
    }
}

/// Why nothing follows from a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Implausible {
    /// Fewer than two readings, or one that is not above zero.
    Glucose,
    /// A meal below zero, or a body weight that is not above zero.
    Protein,
}

impl fmt::Display for Implausible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Glucose => "mmol_per_l needs at least two readings, all above 0",
            Self::Protein => "meals_g must not be below 0, and weight_kg must be above 0",
        })
    }
}

impl std::error::Error for Implausible {}

/// Sample standard deviation as a share of the mean, in percent.
fn variation(readings: &[f64]) -> Result<f64, Implausible> {
    if readings.len() < 2 || !readings.iter().all(|reading| reading.is_finite() && *reading > 0.0) {
        return Err(Implausible::Glucose);
    }
    let count = readings.iter().fold(0.0, |count, _| count + 1.0);
    let mean = readings.iter().sum::<f64>() / count;
    let squares: f64 = readings.iter().map(|reading| (reading - mean).powi(2)).sum();
    Ok(100.0 * (squares / (count - 1.0)).sqrt() / mean)
}

fn per_kilogram(meals: &[f64], weight: f64) -> Result<f64, Implausible> {
    let plausible =
        weight.is_finite() && weight > 0.0 && meals.iter().all(|meal| meal.is_finite() && *meal >= 0.0);
    if plausible { Ok(meals.iter().sum::<f64>() / weight) } else { Err(Implausible::Protein) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variation_is_deviation_over_mean() {
        let found = variation(&[4.0, 5.0, 6.0]).unwrap();
        assert!((found - 20.0).abs() < 1e-9, "{found}");
        assert!(variation(&[5.0, 5.0]).unwrap().abs() < 1e-9);
    }

    #[test]
    fn numbers_no_body_has_are_refused() {
        assert_eq!(variation(&[5.0]), Err(Implausible::Glucose));
        assert_eq!(variation(&[5.0, 0.0]), Err(Implausible::Glucose));
        assert_eq!(per_kilogram(&[30.0], 0.0), Err(Implausible::Protein));
        assert_eq!(per_kilogram(&[-1.0], 80.0), Err(Implausible::Protein));
    }

    #[test]
    fn protein_is_reported_only_while_the_plan_asks_for_it() {
        let kpis = Kpis::new();
        Finding::Protein { g_per_kg: 1.2, matters: false }.report(&kpis);
        assert_eq!(kpis.protein_adequacy_g_per_kg.get(), None);
        Finding::Protein { g_per_kg: 1.8, matters: true }.report(&kpis);
        assert_eq!(kpis.protein_adequacy_g_per_kg.get(), Some(GramsPerKilogram(1.8)));
    }
}
