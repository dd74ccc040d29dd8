//! `KPI01xx`: keys, types, names and references.

codes! {
    /// The mapping has a key that means nothing here. It is an error, not a warning, because a misspelt key is a
    /// setting that silently does not hold. At the top of a file, keys that begin with `x-` are free: they hold anchors.
    ///
    /// ```yaml
    /// units: ms   # wrong
    /// unit: ms    # right
    /// ```
    UNKNOWN_KEY = "KPI0101", "unknown key";

    /// A key that has no default is missing.
    ///
    /// ```yaml
    /// - name: hrv_rmssd      # wrong: no description, no unit
    /// - name: hrv_rmssd      # right
    ///   description: Heart rate variability.
    ///   unit: ms
    /// ```
    MISSING_KEY = "KPI0102", "missing key";

    /// The value has another type than the key wants. Numbers are decimal: what YAML 1.1 reads as octal, with
    /// separators or in base 60 is refused, since tools disagree about it.
    ///
    /// ```yaml
    /// buckets: "1, 5, 10"   # wrong: a text
    /// buckets: [1, 5, 10]   # right
    /// limit: 1_000          # wrong: a number for some, a text for others
    /// limit: 1000           # right
    /// ```
    WRONG_TYPE = "KPI0103", "value of the wrong type";

    /// A text that must say something is empty.
    ///
    /// ```yaml
    /// description: ""                        # wrong
    /// description: Heart rate variability.   # right
    /// ```
    EMPTY_TEXT = "KPI0104", "empty text";

    /// A number lies outside what the key can mean.
    ///
    /// ```yaml
    /// port: 80000   # wrong: ports end at 65535
    /// port: 8000    # right
    /// ```
    OUT_OF_RANGE = "KPI0105", "number out of range";

    /// Durations are written as Prometheus writes them: whole numbers with `ms`, `s`, `m`, `h`, `d`, `w` or `y`, larger
    /// units first, and more than nothing.
    ///
    /// ```yaml
    /// for: 5           # wrong: five what?
    /// for: 5 minutes   # wrong
    /// for: 5m          # right
    /// ```
    BAD_DURATION = "KPI0106", "not a duration";

    /// Releases have two or three numbers.
    ///
    /// ```yaml
    /// since: next     # wrong
    /// since: "1.10"   # right; the quotes keep YAML readers from making it 1.1
    /// ```
    BAD_VERSION = "KPI0107", "not a version";

    /// Names of KPIs, labels, agents and the platform become Rust identifiers, metric names and file names, so they keep
    /// to `[a-z][a-z0-9_]*`.
    ///
    /// ```yaml
    /// name: HRV-rmssd   # wrong
    /// name: hrv_rmssd   # right
    /// ```
    BAD_NAME = "KPI0108", "not a name";

    /// The key takes one of a few words.
    ///
    /// ```yaml
    /// type: gage    # wrong
    /// type: gauge   # right
    /// ```
    UNKNOWN_WORD = "KPI0109", "unknown word";

    /// Two entries of one kind have one name. The second one is not used.
    ///
    /// ```yaml
    /// kpis:
    ///   - {name: requests, description: Requests answered., unit: requests}
    ///   - {name: requests, description: Requests refused., unit: requests}   # wrong
    /// ```
    DUPLICATE_NAME = "KPI0110", "name used twice";

    /// A list names the same thing twice.
    ///
    /// ```yaml
    /// agents: [neuros, nutros, neuros]   # wrong
    /// agents: [neuros, nutros]           # right
    /// ```
    REPEATED_ITEM = "KPI0111", "listed twice";

    /// A KPI is named that no file of the registry defines. An agent that relies on it would emit or read nothing.
    ///
    /// ```yaml
    /// kpis:
    ///   - {name: sleep_debt_hours, description: Sleep debt., unit: hours}
    ///   - {name: recovery, description: Recovery., unit: score, depends_on: [sleep_debt]}   # wrong: sleep_debt_hours
    /// ```
    UNKNOWN_KPI = "KPI0112", "KPI is not defined";
}
