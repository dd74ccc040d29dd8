//! The functions of PromQL.

/// What an argument or a result is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// One number.
    Scalar,
    /// One value per series.
    Vector,
    /// A range of values per series.
    Range,
    /// A text.
    Text,
}

/// What a function takes and gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The arguments in order.
    pub arguments: &'static [Argument],
    /// How many of the last arguments may be left out.
    pub optional: usize,
    /// Whether the last argument may be repeated.
    pub variadic: bool,
    /// The result.
    pub result: Argument,
}

macro_rules! functions {
    ($($variant:ident $name:literal ($($argument:ident),*) $($optional:literal)? $($variadic:ident)? => $result:ident;)+) => {
        /// A function of Prometheus that needs no feature flag.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Function {
            $(#[doc = concat!("`", $name, "`")] $variant,)+
        }

        impl Function {
            /// Every function, by name.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Its spelling.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// What it takes and gives.
            pub const fn signature(self) -> Signature {
                match self { $(Self::$variant => Signature {
                    arguments: &[$(Argument::$argument),*],
                    optional: 0 $(+ $optional)?,
                    variadic: functions!(@variadic $($variadic)?),
                    result: Argument::$result,
                },)+ }
            }
        }
    };
    (@variadic) => { false };
    (@variadic variadic) => { true };
}

functions! {
    Abs "abs" (Vector) => Vector;
    Absent "absent" (Vector) => Vector;
    AbsentOverTime "absent_over_time" (Range) => Vector;
    Acos "acos" (Vector) => Vector;
    Acosh "acosh" (Vector) => Vector;
    Asin "asin" (Vector) => Vector;
    Asinh "asinh" (Vector) => Vector;
    Atan "atan" (Vector) => Vector;
    Atanh "atanh" (Vector) => Vector;
    AvgOverTime "avg_over_time" (Range) => Vector;
    Ceil "ceil" (Vector) => Vector;
    Changes "changes" (Range) => Vector;
    Clamp "clamp" (Vector, Scalar, Scalar) => Vector;
    ClampMax "clamp_max" (Vector, Scalar) => Vector;
    ClampMin "clamp_min" (Vector, Scalar) => Vector;
    Cos "cos" (Vector) => Vector;
    Cosh "cosh" (Vector) => Vector;
    CountOverTime "count_over_time" (Range) => Vector;
    DayOfMonth "day_of_month" (Vector) 1 => Vector;
    DayOfWeek "day_of_week" (Vector) 1 => Vector;
    DayOfYear "day_of_year" (Vector) 1 => Vector;
    DaysInMonth "days_in_month" (Vector) 1 => Vector;
    Deg "deg" (Vector) => Vector;
    Delta "delta" (Range) => Vector;
    Deriv "deriv" (Range) => Vector;
    Exp "exp" (Vector) => Vector;
    FirstOverTime "first_over_time" (Range) => Vector;
    Floor "floor" (Vector) => Vector;
    HistogramAvg "histogram_avg" (Vector) => Vector;
    HistogramCount "histogram_count" (Vector) => Vector;
    HistogramFraction "histogram_fraction" (Scalar, Scalar, Vector) => Vector;
    HistogramQuantile "histogram_quantile" (Scalar, Vector) => Vector;
    HistogramStddev "histogram_stddev" (Vector) => Vector;
    HistogramStdvar "histogram_stdvar" (Vector) => Vector;
    HistogramSum "histogram_sum" (Vector) => Vector;
    HoltWinters "holt_winters" (Range, Scalar, Scalar) => Vector;
    Hour "hour" (Vector) 1 => Vector;
    Idelta "idelta" (Range) => Vector;
    Increase "increase" (Range) => Vector;
    Irate "irate" (Range) => Vector;
    LabelJoin "label_join" (Vector, Text, Text, Text) 1 variadic => Vector;
    LabelReplace "label_replace" (Vector, Text, Text, Text, Text) => Vector;
    LastOverTime "last_over_time" (Range) => Vector;
    Ln "ln" (Vector) => Vector;
    Log10 "log10" (Vector) => Vector;
    Log2 "log2" (Vector) => Vector;
    MaxOverTime "max_over_time" (Range) => Vector;
    MinOverTime "min_over_time" (Range) => Vector;
    Minute "minute" (Vector) 1 => Vector;
    Month "month" (Vector) 1 => Vector;
    Pi "pi" () => Scalar;
    PredictLinear "predict_linear" (Range, Scalar) => Vector;
    PresentOverTime "present_over_time" (Range) => Vector;
    QuantileOverTime "quantile_over_time" (Scalar, Range) => Vector;
    Rad "rad" (Vector) => Vector;
    Rate "rate" (Range) => Vector;
    Resets "resets" (Range) => Vector;
    Round "round" (Vector, Scalar) 1 => Vector;
    Scalar "scalar" (Vector) => Scalar;
    Sgn "sgn" (Vector) => Vector;
    Sin "sin" (Vector) => Vector;
    Sinh "sinh" (Vector) => Vector;
    Sort "sort" (Vector) => Vector;
    SortDesc "sort_desc" (Vector) => Vector;
    Sqrt "sqrt" (Vector) => Vector;
    StddevOverTime "stddev_over_time" (Range) => Vector;
    StdvarOverTime "stdvar_over_time" (Range) => Vector;
    SumOverTime "sum_over_time" (Range) => Vector;
    Tan "tan" (Vector) => Vector;
    Tanh "tanh" (Vector) => Vector;
    Time "time" () => Scalar;
    Timestamp "timestamp" (Vector) => Vector;
    Vector "vector" (Scalar) => Vector;
    Year "year" (Vector) 1 => Vector;
}

impl Function {
    /// The function of a name.
    pub fn parse(name: &str) -> Option<Self> {
        let at = Self::ALL.binary_search_by(|function| function.as_str().cmp(name)).ok()?;
        Some(Self::ALL[at])
    }

    /// The release of Prometheus that it came with, where that is after 2.42.
    pub const fn since(self) -> Option<(u32, u32)> {
        match self {
            Self::HistogramStddev | Self::HistogramStdvar => Some((2, 47)),
            Self::HistogramAvg => Some((2, 51)),
            // From 3.7 on behind a flag.
            Self::FirstOverTime => Some((3, 14)),
            _ => None,
        }
    }

    /// The release of Prometheus that no longer has it.
    pub const fn until(self) -> Option<(u32, u32)> {
        match self {
            // Renamed, and behind a flag.
            Self::HoltWinters => Some((3, 0)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_is_found_by_its_name() {
        for function in Function::ALL {
            assert_eq!(Function::parse(function.as_str()), Some(*function));
        }
        assert_eq!(Function::parse("histogram_average"), None);
    }
}
