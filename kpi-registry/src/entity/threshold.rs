//! When a value is bad.

use super::decode::Cx;
use crate::diagnostic::{Diagnostic, Diagnostics, codes};
use crate::source::{Span, Spanned};
use crate::syntax::{Fields, Kind, Node, shortened};
use crate::value::{Condition, Decimal, PromDuration};

/// The severity label of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Someone should know.
    Info,
    /// Someone should look soon.
    Warning,
    /// Someone must act now.
    Critical,
}

impl Severity {
    /// Every severity, in the order of the reference.
    pub const ALL: &'static [Self] = &[Self::Critical, Self::Warning, Self::Info];

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
#[derive(Clone, Copy, Debug, PartialEq)]
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
#[derive(Clone, Debug)]
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
#[derive(Debug, Default)]
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
        Level::ALL.iter().filter_map(|level| Some((*level, self.get(*level)?)))
    }

    /// Whether none is set.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

/// The band that is normal, in the KPI's unit.
#[derive(Debug)]
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

impl Thresholds {
    /// `thresholds:`: the four levels, or the short form `{critical: "< 10", warning: "< 25"}`.
    pub(crate) fn decode(node: &Node, cx: &mut Cx<'_>) -> Self {
        let mut all = Self { span: Some(node.span), ..Self::default() };
        let Some(mut fields) = Fields::of(node, "`thresholds`", cx.out) else { return all };
        for level in Level::ALL {
            if let Some(node) = fields.optional(level.as_str()) {
                let threshold = Threshold::decode(node, level, cx);
                all.set(level, threshold, cx.out);
            }
        }
        for (key, severity) in [("critical", Severity::Critical), ("warning", Severity::Warning)] {
            let short = fields.optional(key).and_then(|node| Threshold::decode_short(node, severity, cx));
            if let Some((level, threshold)) = short {
                all.set(level, Some(threshold), cx.out);
            }
        }
        fields.finish(cx.out);
        all
    }

    /// Sets a level that is still free; a finding when it is not.
    pub(crate) fn set(&mut self, level: Level, threshold: Option<Threshold>, out: &mut Diagnostics) {
        let Some(threshold) = threshold else { return };
        if let Some(first) = self.get(level) {
            out.push(
                Diagnostic::error(
                    codes::THRESHOLD_TWICE,
                    threshold.value.span,
                    format!("`{}` is set twice", level.as_str()),
                )
                .also(first.value.span, "first here")
                .help("keep one of them"),
            );
            return;
        }
        *self.get_mut(level) = Some(threshold);
    }
}

impl Level {
    /// The level of a severity on one side.
    pub(crate) const fn of(severity: Severity, below: bool) -> Self {
        match (severity, below) {
            (Severity::Critical, true) => Self::CriticalLow,
            (Severity::Critical, false) => Self::CriticalHigh,
            (Severity::Warning | Severity::Info, true) => Self::WarningLow,
            (Severity::Warning | Severity::Info, false) => Self::WarningHigh,
        }
    }
}

impl Threshold {
    /// A threshold with the defaults of its level.
    pub(crate) fn new(level: Level, value: Spanned<Decimal>) -> Self {
        Self {
            value,
            hold: level.default_for(),
            keep_firing_for: None,
            action: None,
            severity: level.default_severity(),
        }
    }

    /// A number, or `{value, for, keep_firing_for, action, severity}`.
    fn decode(node: &Node, level: Level, cx: &mut Cx<'_>) -> Option<Self> {
        let Kind::Map(_) = node.kind else {
            return Some(Self::new(level, node.number(cx.out)?));
        };
        let mut fields = Fields::of(node, "a threshold", cx.out)?;
        let value = fields.required("value").and_then(|value| value.number(cx.out));
        let mut threshold = Self::new(level, value.unwrap_or(Spanned::new(Decimal::ZERO, node.span)));
        threshold.rest(&mut fields, cx);
        fields.finish(cx.out);
        value.map(|_| threshold)
    }

    /// `"< 10"`, or `{value: "< 10", for, …}`.
    fn decode_short(node: &Node, severity: Severity, cx: &mut Cx<'_>) -> Option<(Level, Self)> {
        let Kind::Map(_) = node.kind else {
            let condition = condition(node, cx.out)?;
            let level = Level::of(severity, condition.value.below);
            return Some((level, Self::new(level, condition.map(|condition| condition.value))));
        };
        let mut fields = Fields::of(node, "a threshold", cx.out)?;
        let condition = fields.required("value").and_then(|value| condition(value, cx.out));
        let level = Level::of(severity, condition.as_ref().is_some_and(|condition| condition.below));
        let value = condition.as_ref().map_or(Decimal::ZERO, |condition| condition.value.value);
        let at = condition.as_ref().map_or(node.span, |condition| condition.span);
        let mut threshold = Self::new(level, Spanned::new(value, at));
        threshold.rest(&mut fields, cx);
        fields.finish(cx.out);
        condition.map(|_| (level, threshold))
    }

    fn rest(&mut self, fields: &mut Fields<'_>, cx: &mut Cx<'_>) {
        if let Some(hold) = fields.optional("for").and_then(|node| node.duration_or_zero(cx.out)) {
            self.hold = hold.value;
        }
        self.keep_firing_for =
            fields.optional("keep_firing_for").and_then(|node| node.duration(cx.out)).map(|keep| keep.value);
        self.action = cx.words(fields.optional("action"));
        if let Some(severity) =
            cx.word(fields.optional("severity"), "severity", Severity::ALL, Severity::as_str)
        {
            self.severity = severity.value;
        }
    }
}

/// A comparison that a threshold can carry; `<=` and `>=` lose their `=` with a warning.
pub(crate) fn condition(node: &Node, out: &mut Diagnostics) -> Option<Spanned<Condition>> {
    let text = node.filled_text(out)?;
    let Some(condition) = text.value.parse::<Condition>().ok().filter(|condition| condition.over.is_none())
    else {
        out.push(
            Diagnostic::error(
                codes::BAD_CONDITION,
                node.span,
                format!("`{}` is not a comparison with a number", shortened(&text.value)),
            )
            .help("write `\"< 20\"` or `\"> 100\"`, in the KPI's own unit"),
        );
        return None;
    };
    if condition.inclusive {
        out.push(not_strict(node, &condition));
    }
    Some(Spanned::new(condition, node.span))
}

/// The warning that an alert does not fire at the bound itself.
pub(crate) fn not_strict(node: &Node, condition: &Condition) -> Diagnostic {
    let (sign, side) = if condition.below { ("<", "below") } else { (">", "above") };
    let value = condition.value;
    Diagnostic::warning(
        codes::NOT_STRICT,
        node.span,
        format!("alerts fire {side} {value}, not at {value} itself"),
    )
    .replace(node.span, format!("\"{sign} {value}\""))
}

impl NormalRange {
    /// `{min, max, optimal}`, at least one of them.
    pub(crate) fn decode(node: &Node, cx: &mut Cx<'_>) -> Option<Self> {
        let mut fields = Fields::of(node, "`normal_range`", cx.out)?;
        let mut end = |key| fields.optional(key).and_then(|node| node.number(cx.out));
        let (min, max, optimal) = (end("min"), end("max"), end("optimal"));
        fields.finish(cx.out);
        Some(Self { min, max, optimal, span: node.span })
    }
}
