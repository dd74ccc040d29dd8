//! When a value is bad.

use crate::source::{Span, Spanned};
use crate::value::{Decimal, PromDuration};

/// The severity label of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Someone should know.
    Info,
    /// Someone should look soon.
    Warning,
    /// Someone must act now.
    Critical,
}

impl Severity {
    /// The value of the label.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// One of the four levels of a threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// `critical_low`: at or below it someone must act. The alert fires strictly below.
    CriticalLow,
    /// `warning_low`
    WarningLow,
    /// `warning_high`
    WarningHigh,
    /// `critical_high`
    CriticalHigh,
}

impl Level {
    /// In ascending order of value.
    pub const ALL: [Self; 4] = [Self::CriticalLow, Self::WarningLow, Self::WarningHigh, Self::CriticalHigh];

    /// As written in a registry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CriticalLow => "critical_low",
            Self::WarningLow => "warning_low",
            Self::WarningHigh => "warning_high",
            Self::CriticalHigh => "critical_high",
        }
    }

    /// Whether the bad side is below the value.
    pub const fn is_low(self) -> bool {
        matches!(self, Self::CriticalLow | Self::WarningLow)
    }

    /// The severity when the registry does not say.
    pub const fn default_severity(self) -> Severity {
        match self {
            Self::CriticalLow | Self::CriticalHigh => Severity::Critical,
            Self::WarningLow | Self::WarningHigh => Severity::Warning,
        }
    }

    /// How long the value must be bad when the registry does not say: 5m critical, 10m warning.
    pub const fn default_for(self) -> PromDuration {
        match self {
            Self::CriticalLow | Self::CriticalHigh => PromDuration::from_minutes(5),
            Self::WarningLow | Self::WarningHigh => PromDuration::from_minutes(10),
        }
    }
}

/// One threshold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// The value, in the KPI's unit; its place is the number itself.
    pub value: Spanned<Decimal>,
    /// How long the value must be bad; the level's default is filled in.
    pub hold: PromDuration,
    /// How long the alert stays after the value recovered.
    pub keep_firing_for: Option<PromDuration>,
    /// What to do, when it differs from the KPI's.
    pub action: Option<String>,
    /// The severity; the level's default is filled in.
    pub severity: Severity,
}

/// The thresholds of a KPI.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thresholds {
    /// Below it is critical.
    pub critical_low: Option<Threshold>,
    /// Below it is a warning.
    pub warning_low: Option<Threshold>,
    /// Above it is a warning.
    pub warning_high: Option<Threshold>,
    /// Above it is critical.
    pub critical_high: Option<Threshold>,
    /// The whole value of `thresholds:`; `None` when there is none.
    pub span: Option<Span>,
}

impl Thresholds {
    /// The threshold of a level.
    pub const fn get(&self, level: Level) -> Option<&Threshold> {
        match level {
            Level::CriticalLow => self.critical_low.as_ref(),
            Level::WarningLow => self.warning_low.as_ref(),
            Level::WarningHigh => self.warning_high.as_ref(),
            Level::CriticalHigh => self.critical_high.as_ref(),
        }
    }

    /// The place of a level's threshold, to fill it.
    pub const fn get_mut(&mut self, level: Level) -> &mut Option<Threshold> {
        match level {
            Level::CriticalLow => &mut self.critical_low,
            Level::WarningLow => &mut self.warning_low,
            Level::WarningHigh => &mut self.warning_high,
            Level::CriticalHigh => &mut self.critical_high,
        }
    }

    /// Those that are set, in ascending order of level.
    pub fn iter(&self) -> impl Iterator<Item = (Level, &Threshold)> {
        Level::ALL.into_iter().filter_map(|level| Some((level, self.get(level)?)))
    }

    /// Whether none is set.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

/// The band that is normal, in the KPI's unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NormalRange {
    /// Lower end.
    pub min: Option<Spanned<Decimal>>,
    /// Upper end.
    pub max: Option<Spanned<Decimal>>,
    /// The best value.
    pub optimal: Option<Spanned<Decimal>>,
    /// The whole value of `normal_range:`.
    pub span: Span,
}
