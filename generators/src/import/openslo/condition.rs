//! Label conditions: which agent, and which values are bad.

use kpi_registry::diagnostic::{Diagnostic, codes};
use kpi_registry::entity::{Kpi, KpiId, Label, LabelValues};
use kpi_registry::promql::{MatchOp, MatchValue, Matcher, Pattern};
use kpi_registry::suggest::nearest;
use kpi_registry::syntax::shortened;

use super::Cx;
use super::goal::Scope;
use super::query::Query;
use kpi_registry::series::target_labels;

/// Labels and some of their values.
pub(super) type Values = Vec<(String, Vec<String>)>;

/// The labels under which Prometheus knows an agent.
const OF_AGENT: [&str; 2] = ["agent", "job"];

/// The finding that a condition can't be made.
fn refuse<T>(query: &Query, part: &str, message: String, help: String, cx: &mut Cx<'_>) -> Option<T> {
    let at = query.place(cx.sources, part);
    cx.out.push(Diagnostic::error(codes::OPENSLO_MATCHER, at, message).help(help));
    None
}

/// Whose events a total counts: those of one agent, if its conditions say so, and otherwise what is known without them.
pub(super) fn scope(
    conditions: &[Matcher],
    otherwise: Scope,
    kpi: KpiId,
    query: &Query,
    cx: &mut Cx<'_>,
) -> Option<Scope> {
    let mut scope = otherwise;
    for matcher in conditions {
        let (label, shown) = (matcher.label.as_str(), shown(matcher));
        let MatchValue::Text(name) = &matcher.value else {
            return refuse(query, label, variable(label), "write the value".to_owned(), cx);
        };
        if !OF_AGENT.contains(&label) || matcher.op != MatchOp::Equal {
            let message = format!("`{shown}` leaves events out of the total, and an SLO counts all of them");
            let help = "ask for all events; conditions on the other query say what is good or bad";
            return refuse(query, label, message, help.to_owned(), cx);
        }
        let agents = cx.registry.agents_of(kpi);
        let names = agents.iter().map(|agent| &*cx.registry.agent(*agent).name.value);
        let Some(agent) = agents.iter().find(|agent| cx.registry.agent(**agent).name.value == *name) else {
            let message = format!("no agent `{}` emits `{}`", shortened(name), cx.registry.kpi(kpi).name);
            let help = match nearest(name, names.clone()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("its agents are: {}", names.collect::<Vec<_>>().join(", ")),
            };
            return refuse(query, name, message, help, cx);
        };
        if matches!(scope, Scope::Agent(other) if other != *agent) {
            let message = format!("`{shown}` is about another agent than the condition before it");
            return refuse(query, name, message, "keep one of the two".to_owned(), cx);
        }
        scope = Scope::Agent(*agent);
    }
    Some(scope)
}

/// The labels that are kept apart, beside those of targets: an SLO of a KPI keeps these by itself.
pub(super) fn kept_apart(by: &[String], kpi: KpiId, query: &Query, cx: &mut Cx<'_>) -> Option<Vec<String>> {
    let targets = target_labels(cx.registry);
    let mut kept = Vec::new();
    for name in by.iter().filter(|name| !targets.contains(&name.as_str()) && *name != "job") {
        let label = label(cx.registry.kpi(kpi), name, query, cx)?;
        if label.values.closed().is_none() {
            let message = format!("the label `{name}` is open, and there would be an SLO for every value");
            return refuse(query, name, message, "leave it out of `by (…)`".to_owned(), cx);
        }
        kept.push(name.clone());
    }
    Some(kept)
}

/// A label of a KPI; a finding when it has none of that name.
fn label<'r>(kpi: &Kpi, name: &str, query: &Query, cx: &mut Cx<'r>) -> Option<&'r Label> {
    let registry = cx.registry;
    let mut labels = kpi.labels.iter().map(|label| registry.label(label.value));
    if let Some(label) = labels.clone().find(|label| label.name.value == name) {
        return Some(label);
    }
    let message = format!("`{}` has no label `{}`", kpi.name, shortened(name));
    let help = match nearest(name, labels.clone().map(|label| &*label.name.value)) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if labels.next().is_none() => "it has none at all; add one that tells good from bad".to_owned(),
        None => {
            let names = kpi.labels.iter().map(|label| &*registry.label(label.value).name.value);
            format!("its labels are: {}", names.collect::<Vec<_>>().join(", "))
        }
    };
    refuse(query, name, message, help, cx)
}

/// The bad values that conditions tell, of the good events or of the bad ones.
pub(super) fn bad_values(
    conditions: &[&Matcher],
    is_good: bool,
    kpi: KpiId,
    query: &Query,
    cx: &mut Cx<'_>,
) -> Option<Values> {
    let of = cx.registry.kpi(kpi);
    let mut names: Vec<&str> = Vec::new();
    for matcher in conditions {
        if !names.contains(&matcher.label.as_str()) {
            names.push(&matcher.label);
        }
    }
    if let (true, [_, second, ..]) = (is_good, names.as_slice()) {
        let message = "what is good by two labels is bad by either, and an SLO has no either".to_owned();
        let help = "write the query of the bad events, or have one label tell good from bad";
        return refuse(query, second, message, help.to_owned(), cx);
    }
    let mut bad = Vec::new();
    for name in names {
        let label = label(of, name, query, cx)?;
        let on_label: Vec<&Matcher> =
            conditions.iter().copied().filter(|matcher| matcher.label == name).collect();
        let passing = passing(label, &on_label, query, cx)?;
        let values = match (is_good, label.values.closed()) {
            (false, _) => passing,
            (true, Some(all)) => {
                let all = all.iter().map(|value| value.value.clone());
                all.filter(|value| !passing.contains(value)).collect()
            }
            (true, None) => {
                let message = format!("the label `{name}` is open: the good values don't tell the bad ones");
                let help = "write the query of the bad events, or close the label";
                return refuse(query, name, message, help.to_owned(), cx);
            }
        };
        if values.is_empty() {
            let message = format!("no value of `{name}` would be bad");
            let help = "leave out a value from the good ones".to_owned();
            return refuse(query, name, message, help, cx);
        }
        if label.values.closed().is_some_and(|all| all.len() == values.len()) {
            let message = format!("every value of `{name}` would be bad");
            let help = "see that the condition matches a value that is good".to_owned();
            return refuse(query, name, message, help, cx);
        }
        bad.push((name.to_owned(), values));
    }
    Some(bad)
}

/// The values of a label that pass all conditions.
fn passing(label: &Label, conditions: &[&Matcher], query: &Query, cx: &mut Cx<'_>) -> Option<Vec<String>> {
    let name = &label.name.value;
    let mut tests = Vec::new();
    for matcher in conditions {
        let MatchValue::Text(text) = &matcher.value else {
            return refuse(query, name, variable(name), "write the value".to_owned(), cx);
        };
        let is_pattern = matches!(matcher.op, MatchOp::Regex | MatchOp::NotRegex);
        let pattern = match is_pattern.then(|| Pattern::parse(text)).transpose() {
            Ok(pattern) => pattern,
            Err(why) => {
                let message = format!("`{}` is no regular expression: {why}", shortened(text));
                return refuse(query, text, message, "list the values: `a|b`".to_owned(), cx);
            }
        };
        let listed = match &pattern {
            Some(pattern) => pattern.texts().map(<[String]>::to_vec),
            None => Some(vec![text.clone()]),
        };
        for value in listed.iter().flatten() {
            known(label, value, text, query, cx)?;
        }
        tests.push((matcher.op, text, pattern, listed));
    }
    // As they were written, where they were.
    if let [(MatchOp::Equal | MatchOp::Regex, _, _, Some(listed))] = tests.as_slice() {
        return Some(listed.clone());
    }
    let LabelValues::Closed(all) = &label.values else {
        let message = format!("the label `{name}` is open, and this condition does not list values");
        return refuse(query, name, message, "list the values: `a|b`, or close the label".to_owned(), cx);
    };
    let is_passing = |value: &&String| {
        tests.iter().all(|(op, text, pattern, _)| {
            let is = pattern.as_ref().map_or_else(|| text == value, |pattern| pattern.matches(value));
            is == matches!(op, MatchOp::Equal | MatchOp::Regex)
        })
    };
    Some(all.iter().map(|value| &value.value).filter(is_passing).cloned().collect())
}

/// Complains about a value that a closed label does not have.
fn known(label: &Label, value: &str, written: &str, query: &Query, cx: &mut Cx<'_>) -> Option<()> {
    let Some(all) = label.values.closed() else { return Some(()) };
    if all.iter().any(|known| known.value == value) {
        return Some(());
    }
    let message = format!("the label `{}` has no value `{}`", label.name, shortened(value));
    let names = all.iter().map(|value| &*value.value);
    let help = match nearest(value, names.clone()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("its values are: {}", names.collect::<Vec<_>>().join(", ")),
    };
    refuse(query, written, message, help, cx)
}

fn variable(label: &str) -> String {
    format!("the value of `{label}` is a variable, which only dashboards have")
}

fn shown(matcher: &Matcher) -> String {
    match &matcher.value {
        MatchValue::Text(text) => format!("{}{}\"{}\"", matcher.label, matcher.op.as_str(), shortened(text)),
        MatchValue::Variable(_) => matcher.label.clone(),
    }
}
