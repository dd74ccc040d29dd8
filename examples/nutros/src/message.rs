//! What a line of the stream says.

use serde::Deserialize;

/// One line of the stream.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Message {
    /// A day of continuous glucose readings.
    Glucose {
        /// Readings in mmol/L.
        mmol_per_l: Vec<f64>,
    },
    /// A day of meals.
    Protein {
        /// Protein of each meal, in grams.
        meals_g: Vec<f64>,
        /// Body weight.
        weight_kg: f64,
        /// What the athlete trains for.
        plan: Plan,
    },
}

/// What an athlete trains for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Plan {
    /// Muscle growth.
    Hypertrophy,
    /// Anything else.
    Maintenance,
}
