//! Units of OpenTelemetry: codes of UCUM, the Unified Code for Units of Measure.

use std::borrow::Cow;

/// The UCUM code of a unit that is written as a metric's suffix. The words that OpenTelemetry's specification translates, and
/// those of this project's registry, have the codes they have there; any other word becomes an annotation, `{word}`, which
/// UCUM reads as a unit without dimension. Without a suffix there is no code.
pub fn ucum(suffix: &str) -> Cow<'static, str> {
    Cow::Borrowed(match suffix {
        "" => "",
        "days" => "d",
        "hours" => "h",
        "minutes" => "min",
        "seconds" => "s",
        "milliseconds" | "ms" => "ms",
        "microseconds" => "us",
        "nanoseconds" => "ns",
        "bytes" => "By",
        "kibibytes" => "KiBy",
        "mebibytes" => "MiBy",
        "gibibytes" => "GiBy",
        "tebibytes" => "TiBy",
        "kilobytes" => "kBy",
        "megabytes" => "MBy",
        "gigabytes" => "GBy",
        "terabytes" => "TBy",
        "meters" => "m",
        "volts" => "V",
        "amperes" => "A",
        "joules" => "J",
        "watts" => "W",
        "grams" => "g",
        "celsius" => "Cel",
        "hertz" => "Hz",
        "percent" => "%",
        "ratio" => "1",
        "bpm" => "{beat}/min",
        "rpm" => "{revolution}/min",
        "usd" => "[USD]",
        "eur" => "[EUR]",
        "g_per_kg" => "g/kg",
        "tokens" => "{token}",
        "requests" => "{request}",
        "messages" => "{message}",
        other => return Cow::Owned(format!("{{{other}}}")),
    })
}
