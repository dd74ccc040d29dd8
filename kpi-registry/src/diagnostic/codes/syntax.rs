//! `KPI00xx`: files and YAML.

codes! {
    /// A file or directory of the registry could not be read, or is not there.
    ///
    /// Nothing is known about what it would have said, so references into it are not judged.
    ///
    /// ```text
    /// kpi check --registry kpi_registri.yaml   # no such file
    /// kpi check --registry kpi_registry.yaml
    /// ```
    UNREADABLE = "KPI0001", "file can't be read";

    /// A registry is UTF-8. The caret stands at the first byte that is not.
    ///
    /// Usually an editor saved the file in a code page or in UTF-16.
    ///
    /// ```text
    /// iconv -f latin1 -t utf-8 old.yaml > kpi_registry.yaml
    /// ```
    NOT_UTF8 = "KPI0002", "file is not UTF-8";

    /// YAML allows no control characters but tab and line breaks. A NUL byte would even end the file for some readers,
    /// so that the rest of the registry would silently be missing.
    ///
    /// ```yaml
    /// description: "a bell: \u0007"   # written as an escape, in double quotes
    /// ```
    CONTROL_CHARACTER = "KPI0003", "control character in a file";

    /// One file may have 16 MiB, which is room for more than 30,000 KPIs. Larger files are most likely no registry
    /// (a dump, a log), and a build that reads them would hang.
    ///
    /// ```text
    /// registry/         # a directory is read as one registry
    ///   cardio.yaml
    ///   sleep.yaml
    /// ```
    TOO_LARGE = "KPI0004", "file is too large";

    /// The text is not YAML. The caret stands where reading stopped; the slip is there or on the line above.
    ///
    /// The other files of the registry are still read, and references into the broken one are not judged.
    ///
    /// ```yaml
    /// description: Latency: how long it takes     # wrong: a second `: `
    /// description: "Latency: how long it takes"   # right
    /// ```
    SYNTAX = "KPI0005", "not YAML";

    /// YAML indents with spaces alone, because a tab is as wide as each editor likes.
    ///
    /// ```yaml
    /// kpis:
    ///   - name: hrv_rmssd   # two spaces, not a tab
    /// ```
    TAB = "KPI0006", "tab used as indentation";

    /// Lists and mappings may nest 64 levels deep. A registry needs fewer than ten.
    ///
    /// ```yaml
    /// values: [[[[ok]]]]   # wrong, if only by three
    /// values: [ok]         # right
    /// ```
    TOO_DEEP = "KPI0007", "nested too deeply";

    /// One file may hold four million values, counting what aliases copy.
    ///
    /// ```text
    /// registry/         # a directory is read as one registry
    ///   cardio.yaml
    ///   sleep.yaml
    /// ```
    TOO_MANY_NODES = "KPI0008", "too many values in one file";

    /// Aliases may copy a million values in one file. Aliases of aliases grow exponentially: nine short lines can stand
    /// for billions of values.
    ///
    /// ```yaml
    /// a: &a [x, x, x, x, x, x, x, x, x]
    /// b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]   # and so on: wrong
    /// labels: *common_labels                       # one level: right
    /// ```
    ALIAS_BOMB = "KPI0009", "aliases copy too much";

    /// An alias `*name` stands for what an anchor `&name` marks further up in the same file.
    ///
    /// ```yaml
    /// labels: *common              # wrong: nothing above is marked &common
    /// x-common: &common [route]    # right: marked first,
    /// labels: *common              # then used
    /// ```
    UNKNOWN_ANCHOR = "KPI0010", "alias without an anchor";

    /// An alias inside the value it refers to would make that value endless.
    ///
    /// ```yaml
    /// labels: &all [route, *all]   # wrong
    /// labels: &all [route]         # right
    /// ```
    RECURSIVE_ALIAS = "KPI0011", "alias inside its own anchor";

    /// A mapping says the same key twice. Most YAML readers silently keep the last one, so half of what was meant is lost.
    ///
    /// ```yaml
    /// - name: hrv_rmssd
    ///   unit: ms
    ///   unit: seconds   # wrong: which one?
    /// ```
    DUPLICATE_KEY = "KPI0012", "key written twice";

    /// A key is a single text. Lists and mappings as keys are YAML, but mean nothing in a registry.
    ///
    /// ```yaml
    /// {route: x}: closed   # wrong
    /// route: closed        # right
    /// ```
    UNUSABLE_KEY = "KPI0013", "key is not a text";

    /// `<<` takes over the keys of another mapping, given by an alias or a list of aliases. Keys the mapping writes
    /// itself win, and of several sources the first one.
    ///
    /// ```yaml
    /// x-slow: &slow {unit: seconds, type: histogram}
    /// kpis:
    ///   - {<<: slow, name: a}     # wrong: a text
    ///   - {<<: *slow, name: b}    # right
    /// ```
    BAD_MERGE = "KPI0014", "`<<` without a mapping";

    /// Tags such as `!secret` or `!include` are private to other programs. Only the tags of YAML itself, such as
    /// `!!str`, are read.
    ///
    /// ```yaml
    /// include: !glob agents/*.yaml     # wrong
    /// include: ["agents/*.yaml"]       # right
    /// ```
    UNKNOWN_TAG = "KPI0015", "unknown YAML tag";

    /// One file holds one document: a place in a registry is a file and a line, and two documents in one file could
    /// contradict each other in their `version`. Empty documents are passed over.
    ///
    /// ```yaml
    /// kpis: []
    /// ---          # wrong: a second document begins
    /// labels: {}
    /// ```
    SECOND_DOCUMENT = "KPI0016", "second document in one file";

    /// YAML 1.2 reads this scalar as text; YAML 1.1, which Python, Ruby and Go programs mostly speak, as something else.
    /// A label value `no` would be `no` in Rust and `false` in a dashboard made elsewhere.
    ///
    /// ```yaml
    /// values: [yes, no]       # wrong: booleans in YAML 1.1
    /// values: ["yes", "no"]   # right
    /// ```
    YAML_1_1 = "KPI0017", "text that YAML 1.1 reads differently";

    /// The directory has no file that is a registry or a binding: none has any of their keys.
    ///
    /// ```yaml
    /// version: 2
    /// platform: auren
    /// kpis: []
    /// ```
    NO_REGISTRY = "KPI0018", "no registry found";

    /// In a directory, only YAML files that have keys of a registry or of a binding are read. This one has none; it is
    /// left alone. Move it elsewhere if the note disturbs.
    ///
    /// ```text
    /// registry/kpis.yaml           # read
    /// registry/docker-compose.yml  # noted and left alone
    /// ```
    IGNORED_FILE = "KPI0019", "file is not part of the registry";

    /// A registry without a single KPI has nothing to generate, and is more likely a mistake than a wish.
    ///
    /// ```yaml
    /// kpis:
    ///   - name: requests
    ///     description: Requests answered.
    ///     unit: requests
    ///     type: counter
    /// ```
    NO_KPIS = "KPI0020", "registry without KPIs";

    /// `version:` says which form a file is written in. This build reads 1 (also left out, "1.0" and "1.1") and 2.
    ///
    /// ```yaml
    /// version: 3   # wrong
    /// version: 2   # right
    /// ```
    UNKNOWN_VERSION = "KPI0021", "unknown version";

    /// A pattern under `include:` names no file. Patterns are relative to the file they stand in; `*` and `?` stay
    /// inside one directory, `**` crosses directories.
    ///
    /// ```yaml
    /// include: ["agent/*/kpi_bindings.yaml"]    # wrong: the directory is called agents
    /// include: ["agents/*/kpi_bindings.yaml"]   # right
    /// ```
    INCLUDE_NOTHING = "KPI0022", "include finds no file";

    /// A file includes a file that, directly or through others, includes it again. Each file is read once, so nothing
    /// is lost; but one of the two directions is not meant.
    ///
    /// ```yaml
    /// # a.yaml: include: [b.yaml]
    /// # b.yaml: include: [a.yaml]   # remove this one
    /// ```
    INCLUDE_CYCLE = "KPI0023", "files include each other";

    /// Two files of one registry say different things about the whole of it.
    ///
    /// ```yaml
    /// # a.yaml: platform: auren
    /// # b.yaml: platform: aurem   # wrong: keep it in one file
    /// ```
    SAID_TWICE = "KPI0024", "two files set the same thing";
}
