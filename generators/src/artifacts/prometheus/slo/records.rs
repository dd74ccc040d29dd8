//! Recording rules of an SLO.

use kpi_registry::promql::{BinaryOp, Expr, Function};
use kpi_registry::value::{Decimal, PromDuration, Rational};

use super::plan::SloPlan;
use crate::wire::rules::{Record, Rule};
use kpi_registry::series::slo::{self, Recorded};

impl SloPlan<'_> {
    /// Everything that is recorded, each after what it reads.
    pub(super) fn records(&self) -> Vec<Rule<'static>> {
        self.series.records.iter().map(|record| Rule::Record(self.rule(record))).collect()
    }

    fn rule(&self, record: &slo::Record) -> Record<'static> {
        let labels = self.series.labels_of(record);
        Record {
            record: record.name.clone(),
            expr: self.expr(record.what).to_string(),
            labels: labels.map(|(name, value)| (name.into(), value.to_owned().into())).collect(),
        }
    }

    fn expr(&self, what: Recorded) -> Expr {
        let (base, period) = (self.series.base, self.series.setting.period);
        let per_budget = |window| Expr::from(self.record(Recorded::Ratio(window))).divided_by(self.budget);
        match what {
            Recorded::Bad => self.sli.bad(base),
            Recorded::Total => self.sli.total(base),
            Recorded::Ratio(window) if window == period || self.sli.is_time() => self.by_events(window),
            Recorded::Ratio(window) => self.sli.ratio(window),
            Recorded::BadIncrease(window) => self.sli.bad_increase(window),
            Recorded::Objective => constant(self.objective()),
            Recorded::Budget => constant(self.budget),
            Recorded::Period => days(period),
            Recorded::BurnRate => per_budget(base),
            Recorded::PeriodBurnRate => per_budget(period),
            Recorded::Remaining => {
                let spent = self.record(Recorded::PeriodBurnRate);
                Expr::from(Decimal::ONE).binary(BinaryOp::Subtract, spent)
            }
            Recorded::Info => constant(Decimal::ONE),
        }
    }

    /// The share of bad events over a window, from the recorded events: every event counts the same, be it in a busy hour or in an idle one.
    fn by_events(&self, window: PromDuration) -> Expr {
        let over = |what| self.record(what).over(window).apply(Function::SumOverTime);
        let total = over(Recorded::Total);
        // A series of a gauge that exists counts, so there is nothing to divide by zero.
        over(Recorded::Bad).divided_by(if self.sli.is_time() { total } else { total.above_zero() })
    }
}

fn constant(value: Decimal) -> Expr {
    Expr::call(Function::Vector, [value.into()])
}

/// A period in days, exactly: as a fraction where it is no finite decimal.
fn days(period: PromDuration) -> Expr {
    let day = PromDuration::from_minutes(24 * 60);
    let days = Rational::of_durations(period, day);
    let number = days.map_or(Expr::from(Decimal::ZERO), super::number);
    Expr::call(Function::Vector, [number])
}
