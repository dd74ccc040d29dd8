//! `assert_kpi!`: one series is what it should be, or the failure says what is instead.

use std::cmp::Reverse;
use std::fmt;

use super::shown;
use crate::descriptor::{Family, Kind, Values as LabelValues};
use crate::exposition::{number, series};
use crate::gather;
use crate::handle::{
    Buckets, Counter, CounterSeries, FloatCounter, FloatCounterSeries, Gauge, GaugeSeries, Histogram,
    HistogramSeries, State, StateSeries,
};
use crate::label_set::{Label, Unlabelled};
use crate::snapshot::{self, Labels, Series, Value};
use crate::store::{Core, Place, Registry, Values};
use crate::unit::Unit;

/// Asserts what a KPI's series has: the number of a counter, the value of a gauge or of a counter in a continuous unit with
/// its unit, the number of a histogram's observations, the state that is on. With `absent` it asserts that the series is
/// not exposed. Further arguments are a message, as of `assert_eq!`.
///
/// ```text
/// assert_kpi!(kpis.requests.with(Route::Analyze, Status::Ok), 2);
/// assert_kpi!(kpis.hrv_rmssd, Milliseconds(47.2));
/// assert_kpi!(kpis.analyze_duration.with(Route::Analyze), 2);
/// assert_kpi!(kpis.breaker, BreakerState::Open, "after {failures} failures");
/// assert_kpi!(kpis.queue_length.with(Route::Health), absent);
/// ```
///
/// The failure names the series, and those nearest to it that have a value:
///
/// ```text
/// a KPI is not what was expected: kpis.requests.with(Route::Analyze, Status::Ok)
///     series: auren_requests_total{route="analyze",status="ok"}
///   expected: 2
///     actual: 0
/// with values:
///   auren_requests_total{route="analyze",status="server_error"} 2
/// ```
///
/// It works on the process' own instance too, where tests that run at the same time see each other's values.
#[macro_export]
macro_rules! assert_kpi {
    ($series:expr, absent $(,)?) => {
        $crate::assert_kpi!($series, absent, "")
    };
    ($series:expr, absent, $($message:tt)+) => {
        $crate::__assert_kpi!($crate::testing::presence(
            &$series,
            ::core::stringify!($series),
            ::core::format_args!($($message)+),
        ))
    };
    ($series:expr, $expected:expr $(,)?) => {
        $crate::assert_kpi!($series, $expected, "")
    };
    ($series:expr, $expected:expr, $($message:tt)+) => {
        $crate::__assert_kpi!($crate::testing::difference(
            &$series,
            $expected,
            ::core::stringify!($series),
            ::core::format_args!($($message)+),
        ))
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __assert_kpi {
    ($failure:expr) => {
        if let $crate::private::Option::Some(failure) = $failure {
            ::core::panic!("{failure}");
        }
    };
}

/// What `assert_kpi!` looks at: a series, or a KPI without labels.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no series that has a value of its own",
    label = "expected a series of a counter, gauge, histogram or state",
    note = "of an info, compare a snapshot: `testing::value(&kpis, \"name\", &[(\"label\", \"value\")])`"
)]
pub trait Subject {
    /// What it is compared with.
    type Value;
    #[doc(hidden)]
    fn target(&self) -> Target;
    #[doc(hidden)]
    fn actual(&self) -> Option<Actual>;
    #[doc(hidden)]
    fn expected(value: Self::Value) -> Actual;
}

/// Where a series is.
#[doc(hidden)]
pub struct Target {
    core: &'static Core,
    values: Values<'static>,
    at: usize,
}

/// What a series has, or should have.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub enum Actual {
    Number(u64),
    Amount(f64),
    Observations(u64),
    /// The number of the state that is on.
    State(usize),
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target").field("at", &self.at).finish_non_exhaustive()
    }
}

fn target<R: Registry>(place: Place<R>) -> Target {
    Target { core: R::core(), values: place.values(), at: place.at() }
}

/// The number of the state that is on.
fn on<R: Registry>(place: Place<R>) -> Option<usize> {
    usize::try_from(*place.read(&Kind::State).first()?).ok()?.checked_sub(1)
}

macro_rules! subject {
    (
        $handle:ident, $series:ident, <$unit:ident: [$($bound:tt)+] $(, $extra:ident: $extra_bound:path)?>,
        $value:ty, |$one:ident| $actual:expr, |$expected:ident| $wanted:expr
    ) => {
        impl<R: Registry, $unit: $($bound)+ $(, $extra: $extra_bound)?> Subject for $series<'_, R, $unit $(, $extra)?> {
            type Value = $value;

            fn target(&self) -> Target {
                target(self.place)
            }

            fn actual(&self) -> Option<Actual> {
                let $one = *self;
                $actual
            }

            fn expected($expected: $value) -> Actual {
                $wanted
            }
        }

        impl<R: Registry, const K: usize, $unit: $($bound)+ $(, $extra: $extra_bound)?, L: Unlabelled> Subject
            for $handle<R, K, $unit $(, $extra)?, L>
        {
            type Value = $value;

            fn target(&self) -> Target {
                self.only().target()
            }

            fn actual(&self) -> Option<Actual> {
                self.only().actual()
            }

            fn expected(value: $value) -> Actual {
                $series::<'_, R, $unit $(, $extra)?>::expected(value)
            }
        }
    };
}

subject!(Counter, CounterSeries, <U: [Unit]>, u64,
    |series| Some(Actual::Number(series.get())), |number| Actual::Number(number));
subject!(FloatCounter, FloatCounterSeries, <U: [Unit]>, U,
    |series| Some(Actual::Amount(series.get().value())), |amount| Actual::Amount(amount.value()));
subject!(Gauge, GaugeSeries, <U: [Unit]>, U,
    |series| series.get().map(|value| Actual::Amount(value.value())), |amount| Actual::Amount(amount.value()));
subject!(Histogram, HistogramSeries, <U: [Unit], B: Buckets>, u64,
    |series| Some(Actual::Observations(series.count())), |count| Actual::Observations(count));
subject!(State, StateSeries, <S: [for<'v> Label<Value<'v> = S>]>, S,
    |series| on(series.place).map(Actual::State), |state| Actual::State(S::row(state, &[])));

impl Actual {
    fn is(self, other: Self) -> bool {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) | (Self::Observations(a), Self::Observations(b)) => a == b,
            #[expect(clippy::float_cmp, reason = "an assertion is exact")]
            (Self::Amount(a), Self::Amount(b)) => a == b || (a.is_nan() && b.is_nan()),
            (Self::State(a), Self::State(b)) => a == b,
            _ => false,
        }
    }

    fn text(self, target: &Target) -> String {
        match self {
            Self::Number(whole) => whole.to_string(),
            Self::Amount(real) => number(real),
            Self::Observations(count) => shown::observations(count),
            Self::State(row) => target.state(row).to_owned(),
        }
    }
}

/// Series beside the one in question that a failure shows.
const MOST_SHOWN: usize = 5;

/// What is wrong if a series is not what was expected.
#[doc(hidden)]
pub fn difference<S: Subject>(
    subject: &S,
    expected: S::Value,
    written: &str,
    message: fmt::Arguments<'_>,
) -> Option<String> {
    let expected = S::expected(expected);
    let is_right = subject.actual().is_some_and(|actual| actual.is(expected));
    (!is_right).then(|| failure(subject, Some(expected), written, message))
}

/// What is wrong if a series is exposed.
#[doc(hidden)]
pub fn presence<S: Subject>(subject: &S, written: &str, message: fmt::Arguments<'_>) -> Option<String> {
    subject.target().is_exposed().then(|| failure(subject, None, written, message))
}

fn failure<S: Subject>(
    subject: &S,
    expected: Option<Actual>,
    written: &str,
    message: fmt::Arguments<'_>,
) -> String {
    let target = subject.target();
    let text = |value: Option<Actual>| value.map_or_else(|| "absent".to_owned(), |value| value.text(&target));
    let (name, expected, actual) = (target.name(), text(expected), text(subject.actual()));
    let mut lines = vec![
        format!("a KPI is not what was expected: {written}"),
        format!("    series: {name}"),
        format!("  expected: {expected}"),
        format!("    actual: {actual}"),
    ];
    lines.extend(target.nearest());
    lines.extend(Some(message.to_string()).filter(|message| !message.is_empty()));
    lines.join("\n")
}

impl Target {
    fn family(&self) -> Option<&'static Family> {
        self.core.family_at(self.at).map(|(_, family)| family)
    }

    fn labels(&self) -> Labels {
        gather::labels_at(self.core, self.values, self.at).unwrap_or_default()
    }

    fn name(&self) -> String {
        match self.family() {
            Some(family) => series(family.name, &self.labels()),
            None => "not recorded in this build".to_owned(),
        }
    }

    fn state(&self, row: usize) -> &'static str {
        let label = self.family().and_then(|family| self.core.labels(family).last());
        match label.map(|label| label.values) {
            Some(LabelValues::Closed(values)) => values.get(row).copied().unwrap_or_default(),
            _ => "",
        }
    }

    fn is_exposed(&self) -> bool {
        let (snapshot, labels) = (gather::store(self.core, self.values), self.labels());
        let family = self.family().and_then(|family| snapshot.family(family.name));
        family.is_some_and(|family| family.series.iter().any(|one| shared(&labels, one) == labels.len()))
    }

    /// The series of the KPI that have a value, those with the most labels in common first; if there are none, those of
    /// other KPIs.
    fn nearest(&self) -> Vec<String> {
        let (snapshot, labels) = (gather::store(self.core, self.values), self.labels());
        let own_name = self.family().map_or("", |family| family.name);
        let (own, others): (Vec<_>, Vec<_>) =
            snapshot.families.iter().partition(|family| family.name == own_name);
        let lines = |families: Vec<&snapshot::Family>, near: &dyn Fn(&Series) -> usize| {
            let all =
                families.into_iter().flat_map(|family| family.series.iter().map(move |one| (family, one)));
            let mut all: Vec<_> = all.filter(|(family, one)| has_value(family, one)).collect();
            all.sort_by_key(|(_, one)| Reverse(near(one)));
            let line = |(family, one): &(&snapshot::Family, &Series)| {
                format!("  {} {}", series(&family.name, &one.labels), shown::value(&one.value))
            };
            let more = all.len().saturating_sub(MOST_SHOWN);
            let more = (more > 0).then(|| format!("  and {more} more"));
            all.iter().take(MOST_SHOWN).map(line).chain(more).collect::<Vec<_>>()
        };
        let is_itself = |one: &Series| shared(&labels, one) == labels.len();
        let mut own = lines(own, &|one| if is_itself(one) { 0 } else { 1 + shared(&labels, one) });
        if !own.is_empty() {
            own.insert(0, "with values:".to_owned());
            return own;
        }
        let mut others = lines(others, &|_| 0);
        others.insert(
            0,
            if others.is_empty() { "no KPI has a value" } else { "only others have values:" }.to_owned(),
        );
        others
    }
}

/// How many of these labels a series has.
fn shared(labels: &Labels, one: &Series) -> usize {
    labels.iter().filter(|label| one.labels.contains(label)).count()
}

/// Whether something has happened to a series.
fn has_value(family: &snapshot::Family, one: &Series) -> bool {
    match (&one.value, family.kind) {
        (Value::Whole(number), _) => *number != 0,
        (Value::Real(number), snapshot::Kind::Counter) => *number != 0.0,
        (Value::Real(_), _) => true,
        (Value::Histogram(histogram), _) => histogram.count != 0,
        (Value::Summary(summary), _) => summary.count != 0,
    }
}
