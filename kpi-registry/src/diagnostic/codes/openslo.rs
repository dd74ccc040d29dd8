//! `KPI11xx`: objects of OpenSLO that become SLOs of a registry.

codes! {
    /// Every document is an object of OpenSLO v1 and says so. Older and newer versions differ in what their keys mean.
    ///
    /// ```yaml
    /// apiVersion: openslo/v1alpha   # wrong
    /// apiVersion: openslo/v1        # right
    /// ```
    OPENSLO_VERSION = "KPI1101", "not an object of OpenSLO v1";

    /// OpenSLO v1 has seven kinds of objects, and this is none of them.
    ///
    /// ```yaml
    /// kind: Slo   # wrong
    /// kind: SLO   # right; the others: SLI, Service, DataSource, AlertPolicy, AlertCondition, AlertNotificationTarget
    /// ```
    OPENSLO_KIND = "KPI1102", "unknown kind of object";

    /// An object refers to another one that is in none of the files. All that belong together are imported together.
    ///
    /// ```text
    /// kpi import openslo slo.yaml            # wrong when its indicator stands in sli.yaml
    /// kpi import openslo slo.yaml sli.yaml   # right
    /// ```
    OPENSLO_REFERENCE = "KPI1103", "reference to an object that is not there";

    /// Two objects of one kind have one name, or two SLOs would be called alike in the registry, where names are lower-case
    /// letters, digits and `_`.
    ///
    /// ```yaml
    /// metadata: {name: web-errors}   # both become `web_errors`
    /// metadata: {name: web.errors}
    /// ```
    OPENSLO_TWICE = "KPI1104", "two objects of one name";

    /// A name of OpenSLO that no name of a registry can be made of: those begin with a letter.
    ///
    /// ```yaml
    /// metadata: {name: 5xx}                               # wrong
    /// metadata: {name: 5xx, displayName: server_errors}   # right: the display name is taken when it can be a name
    /// ```
    OPENSLO_NAME = "KPI1105", "name that a registry can't have";

    /// An objective has `target`, from 0 to 1, or `targetPercent`, from 0 to 100, the ends excluded: 100 % leaves no error
    /// budget, and 0 % promises nothing.
    ///
    /// ```yaml
    /// objectives: [{target: 99.9}]          # wrong
    /// objectives: [{target: 0.999}]         # right
    /// objectives: [{targetPercent: 99.9}]   # right
    /// ```
    OPENSLO_TARGET = "KPI1106", "objective without a usable target";

    /// SLOs of a registry hold over a rolling period of at least an hour. A calendar's months differ in length, and with
    /// them how much a burn rate means; rules of Prometheus can't tell when one begins.
    ///
    /// ```yaml
    /// timeWindow: [{duration: 1M, calendar: {startTime: 2026-01-01 00:00:00, timeZone: UTC}}]   # wrong
    /// timeWindow: [{duration: 30d, isRolling: true}]                                            # right
    /// ```
    OPENSLO_WINDOW = "KPI1107", "time window that no SLO can have";

    /// In a registry every event weighs the same. `Timeslices` weighs minutes: one with a single bad event counts as much as
    /// one with a thousand.
    ///
    /// ```yaml
    /// budgetingMethod: Timeslices    # wrong
    /// budgetingMethod: Occurrences   # right
    /// ```
    ///
    /// What is meant to be a share of time, such as the minutes in which a quantile is low enough, is a gauge: make a
    /// derived KPI of it and promise its range with `in_range`.
    OPENSLO_BUDGETING = "KPI1108", "budgeting method that weighs time";

    /// An SLO has one or more objectives. Each of several becomes an SLO of its own, which a name tells apart; a value to
    /// compare with belongs to a `thresholdMetric`, which has one.
    ///
    /// ```yaml
    /// objectives: []                                       # wrong
    /// objectives: [{target: 0.99}, {target: 0.99}]         # wrong: twice the same
    /// objectives: [{displayName: most, target: 0.99}, {displayName: all, target: 0.9}]   # right
    /// ```
    OPENSLO_OBJECTIVES = "KPI1109", "objectives that make no SLO";

    /// An indicator is one of: good of total, bad of total, or a threshold on a metric. A ratio that somebody has computed
    /// already, `raw`, can't be weighed by events any more.
    ///
    /// ```yaml
    /// ratioMetric: {rawType: success, raw: {metricSource: {type: Prometheus, spec: {query: "…"}}}}   # wrong
    /// ratioMetric: {good: {metricSource: …}, total: {metricSource: …}}                               # right
    /// ```
    OPENSLO_INDICATOR = "KPI1110", "indicator that can't be read";

    /// The registry's KPIs are in Prometheus, and so are the SLOs on them.
    ///
    /// ```yaml
    /// metricSource: {type: Datadog, spec: {query: "sum:requests{*}.as_count()"}}              # wrong
    /// metricSource: {type: Prometheus, spec: {query: "sum(rate(web_requests_total[5m]))"}}   # right
    /// ```
    OPENSLO_SOURCE = "KPI1111", "metric source that is no Prometheus";

    /// The query is not PromQL as the registry's Prometheus reads it.
    ///
    /// ```yaml
    /// query: sum(rate(web_requests_total))       # wrong: a rate needs a range
    /// query: sum(rate(web_requests_total[5m]))   # right
    /// ```
    OPENSLO_PROMQL = "KPI1112", "query that is no PromQL";

    /// The query asks for a metric that no KPI of the registry exposes. An SLO is about KPIs, whose types, units and labels
    /// are known.
    ///
    /// ```text
    /// sum(rate(web_request_total[5m]))    # wrong when the registry has `web_requests_total`
    /// sum(rate(web_requests_total[5m]))   # right
    /// ```
    ///
    /// For a metric of somebody else, define a derived KPI with the query as its `expr`, and promise its range.
    OPENSLO_METRIC = "KPI1113", "query of a metric that is no KPI";

    /// The query is PromQL, and counts nothing that an SLO of a registry could count. These are what can be read:
    ///
    /// ```text
    /// sum(rate(requests_total{status="ok"}[5m]))             # of sum(rate(requests_total[5m]))
    /// sum(rate(duration_seconds_bucket{le="0.25"}[5m]))      # of sum(rate(duration_seconds_count[5m]))
    /// sum(queue_length <= bool 100)                          # of count(queue_length)
    /// queue_length                                           # as a threshold metric
    /// ```
    ///
    /// With `increase` or no function at all in place of `rate`, with `by (…)` on both sides, as `total - good` in place of
    /// bad, and as a sum over several KPIs. Anything else is a derived KPI with the query as its `expr`, whose range an
    /// SLO can promise.
    OPENSLO_SHAPE = "KPI1114", "query that counts what no SLO counts";

    /// A condition on a label that the registry does not know, or that an SLO can't make. What is good or bad is told by
    /// values of labels of the KPI; the total has all of them.
    ///
    /// ```text
    /// sum(rate(requests_total{status="sever_error"}[5m]))    # wrong: no such value
    /// sum(rate(requests_total{status="server_error"}[5m]))   # right
    /// ```
    OPENSLO_MATCHER = "KPI1115", "label condition that no SLO can make";

    /// The bound of a latency is one of the histogram's buckets and a duration; that of a range belongs to the good side:
    /// `lte` and `gte`. One that is excluded is taken as included, with a warning.
    ///
    /// ```text
    /// op: lt    # the value itself is bad: imported as if it were good
    /// op: lte   # right
    /// ```
    OPENSLO_THRESHOLD = "KPI1116", "bound that can't be kept";

    /// The SLO is about some of the agents that emit the KPI. In a registry the SLO of a KPI holds for each of them by
    /// itself, and one under `slos:` for all together.
    ///
    /// ```text
    /// kpi import openslo a-requests.yaml                   # wrong when agents `a` and `b` emit `requests`
    /// kpi import openslo a-requests.yaml b-requests.yaml   # right, when both promise the same
    /// ```
    OPENSLO_AGENTS = "KPI1117", "SLO about some of the agents";

    /// An alert policy that differs from the burn-rate alerts that will be there. Those have two windows each and come from
    /// `tiers:`, of the SLO or its profile, or from the SRE workbook.
    ///
    /// ```yaml
    /// condition: {kind: burnrate, op: gte, threshold: 2, lookbackWindow: 1h, alertAfter: 5m}   # not made
    /// tiers: [{share: 0.2778, long: 1h, for: 5m}]   # nearly the same, over a period of 30 days
    /// ```
    OPENSLO_ALERT = "KPI1118", "alert policy that is not taken over";

    /// The registry has such an SLO already, and two would be told apart by nothing.
    ///
    /// ```text
    /// slos: [{name: answers, …}]   # there; put the imported one in its place, or rename the object
    /// ```
    OPENSLO_TAKEN = "KPI1119", "SLO that the registry has already";

    /// An object, or a part of one, that a registry says elsewhere or that nothing refers to. The SLOs are imported without.
    ///
    /// ```yaml
    /// kind: AlertNotificationTarget                                             # not read
    /// receivers: {chat: {slack: {api_url_file: /etc/alertmanager/slack_url}}}   # in the registry, for all alerts
    /// ```
    OPENSLO_LEFT_OUT = "KPI1120", "object that is left out";

    /// None of the files has an SLO.
    ///
    /// ```text
    /// kpi import openslo services.yaml            # wrong
    /// kpi import openslo services.yaml slo.yaml   # right
    /// ```
    OPENSLO_NOTHING = "KPI1121", "no SLO to import";
}
