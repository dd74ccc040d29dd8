//! `KPI02xx` to `KPI07xx`: what single entities may say.

codes! {
    /// The unit is none of those a registry knows. Units decide the Rust type, the metric's suffix and how panels and
    /// alerts write the value, so they are not free text.
    ///
    /// ```yaml
    /// unit: msec                                                          # wrong
    /// unit: ms                                                            # right
    /// unit: {ucum: "mmol/L", grafana: none, suffix: mmol_per_liter}       # right: one's own
    /// ```
    UNKNOWN_UNIT = "KPI0201", "unknown unit";

    /// Metric names keep to `[a-zA-Z_:][a-zA-Z0-9_:]*`, which every Prometheus takes.
    ///
    /// ```yaml
    /// prometheus_metric: auren.hrv-rmssd   # wrong
    /// prometheus_metric: auren_hrv_rmssd   # right
    /// ```
    BAD_METRIC_NAME = "KPI0202", "not a metric name";

    /// The key belongs to another type of KPI and would have no effect on this one.
    ///
    /// ```yaml
    /// {name: hrv, description: HRV., unit: ms, type: gauge, buckets: [10, 20]}       # wrong
    /// {name: hrv, description: HRV., unit: ms, type: histogram, buckets: [10, 20]}   # right
    /// ```
    KEY_NOT_OF_KIND = "KPI0203", "key does not fit the type";

    /// The KPI names a label that the vocabulary under `labels:` does not have.
    ///
    /// ```yaml
    /// labels: {route: {values: [analyze, health]}}
    /// kpis:
    ///   - {name: requests, description: Requests., unit: requests, type: counter, labels: [rout]}   # wrong: route
    /// ```
    UNKNOWN_LABEL = "KPI0301", "label is not defined";

    /// A label either has its `values`, or is `open: true` with a `limit`. A label without a bound makes a new series
    /// for every value it meets, until Prometheus runs out of memory.
    ///
    /// ```yaml
    /// model: {open: true}                  # wrong
    /// model: {open: true, limit: 20}       # right: the rest is counted under `_other`
    /// route: {values: [analyze, health]}   # right
    /// ```
    UNBOUNDED_LABEL = "KPI0302", "label without a bound";

    /// A label says both that its values are fixed and that they are open, or has an empty list of values.
    ///
    /// ```yaml
    /// route: {values: [analyze], open: true}   # wrong
    /// route: {values: [analyze]}               # right
    /// ```
    LABEL_VALUES = "KPI0303", "label with contradicting values";

    /// Prometheus and the exposition formats keep some label names for themselves: `le` and `quantile` carry buckets
    /// and quantiles, `job`, `instance` and `agent` are set when scraping, and names beginning with `__` are internal.
    ///
    /// ```yaml
    /// labels: {instance: {values: [a, b]}}   # wrong: overwritten at every scrape
    /// labels: {shard: {values: [a, b]}}      # right
    /// ```
    RESERVED_LABEL = "KPI0304", "reserved label name";

    /// A threshold is a number, or a comparison with one: `< 20` or `> 100`.
    ///
    /// ```yaml
    /// thresholds: {critical: "below 20"}   # wrong
    /// thresholds: {critical: "< 20"}       # right
    /// thresholds: {critical_low: 20}       # right
    /// ```
    BAD_CONDITION = "KPI0401", "not a threshold";

    /// Two conditions set the same of the four thresholds. The first one holds.
    ///
    /// ```yaml
    /// thresholds: {critical: "< 20", critical_low: 15}   # wrong
    /// thresholds: {critical_low: 20}                     # right
    /// ```
    THRESHOLD_TWICE = "KPI0402", "threshold set twice";

    /// Threshold alerts compare strictly: at the threshold itself the value is still good. The `=` is dropped.
    ///
    /// ```yaml
    /// thresholds: {critical: ">= 36"}   # fires above 36, not at 36
    /// thresholds: {critical: "> 36"}    # the same, and says so
    /// ```
    NOT_STRICT = "KPI0403", "threshold includes its bound";

    /// Buckets are finite, strictly increasing upper bounds in the KPI's unit; `+Inf` is added by itself.
    /// A list, or `{exponential: {start, factor, count}}`, or `{linear: {start, width, count}}`.
    ///
    /// ```yaml
    /// buckets: [10, 5, .inf]                                     # wrong
    /// buckets: [5, 10]                                           # right
    /// buckets: {exponential: {start: 5, factor: 2, count: 6}}    # right
    /// ```
    BAD_BUCKETS = "KPI0404", "unusable buckets";

    /// A profile is named that `slo_profiles:` does not have.
    ///
    /// ```yaml
    /// slo_profiles: {standard: {objective: 99.9, window: 30d}}
    /// kpis:
    ///   - {name: requests, description: Requests., unit: requests, slo: {profile: standart}}   # wrong
    /// ```
    UNKNOWN_PROFILE = "KPI0501", "SLO profile is not defined";

    /// An SLO has one goal: `latency`, `bad` or `in_range`.
    ///
    /// ```yaml
    /// slo: {latency: 250ms, bad: {status: [server_error]}}   # wrong
    /// slo: {latency: 250ms}                                  # right
    /// ```
    SLO_GOALS = "KPI0502", "SLO with more than one goal";

    /// An agent is named that `agents:` does not have.
    ///
    /// ```yaml
    /// agents: {neuros: {port: 8000}}
    /// kpis:
    ///   - {name: hrv, description: HRV., unit: ms, agents: [neuro]}   # wrong: neuros
    /// ```
    UNKNOWN_AGENT = "KPI0601", "agent is not defined";

    /// An environment is named that `environments:` does not list.
    ///
    /// ```yaml
    /// environments: [dev, prod]
    /// agents: {neuros: {targets: {production: ["neuros:8000"]}}}   # wrong: prod
    /// ```
    UNKNOWN_ENVIRONMENT = "KPI0602", "environment is not declared";

    /// A scrape target is `host:port`, without scheme and path; the path stands under `path:`.
    ///
    /// ```yaml
    /// targets: ["http://neuros:8000/metrics"]   # wrong
    /// targets: ["neuros:8000"]                  # right
    /// ```
    BAD_TARGET = "KPI0603", "not a scrape target";

    /// Kubernetes and Mimir have rules of their own about names, and refuse what breaks them when it is applied.
    ///
    /// ```yaml
    /// targets: {prometheus_operator: {namespace: Monitoring Team}}   # wrong
    /// targets: {prometheus_operator: {namespace: monitoring}}        # right
    /// ```
    REFUSED_NAME = "KPI0604", "name that its system refuses";

    /// Prometheus doesn't start with two ways to prove who it is to one address, or with two addresses that it can't
    /// tell apart.
    ///
    /// ```yaml
    /// remote_write:                                                                  # wrong
    ///   - {url: "https://mimir.example/api/v1/push", bearer_token_file: /etc/token, username: auren, password_file: /etc/password}
    /// remote_write:                                                                  # right
    ///   - {url: "https://mimir.example/api/v1/push", bearer_token_file: /etc/token}
    /// ```
    REMOTE_WRITE = "KPI0605", "remote write that Prometheus refuses";

    /// A receiver is exactly one integration: `pagerduty`, `slack`, `opsgenie`, `webhook` or `email`.
    ///
    /// ```yaml
    /// receivers: {chat: {}}                                              # wrong
    /// receivers: {chat: {slack: {api_url_file: /etc/secrets/slack}}}     # right
    /// ```
    RECEIVER_KIND = "KPI0701", "receiver without an integration";

    /// Secrets do not belong into a registry, which is committed and printed. Name the file that holds the secret on
    /// the machine of the server that needs it.
    ///
    /// ```yaml
    /// slack: {api_url: "https://hooks.slack.example/T0/B0/x"}   # wrong
    /// slack: {api_url_file: /etc/secrets/slack}                 # right
    /// ```
    INLINE_SECRET = "KPI0702", "secret in the registry";

    /// A panel of one's own shows either a `kpi` or an `expr`.
    ///
    /// ```yaml
    /// panels: [{title: Load}]               # wrong
    /// panels: [{title: Load, kpi: load}]    # right
    /// ```
    PANEL_SOURCE = "KPI0703", "panel without a source";
}
