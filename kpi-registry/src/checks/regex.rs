//! Regular expressions in expressions.

use super::expressions::{Expressions, Place, Written};
use super::prelude::*;
use crate::meaning::Node;
use crate::promql::{Expr, Function, MatchOp, MatchValue, Matcher, Pattern};

/// A matcher with a regular expression.
struct Regex<'n> {
    matcher: &'n Matcher,
    text: &'n str,
    /// Where the text stands.
    at: &'n Place,
    /// Where the matcher stands.
    whole: Place,
}

/// The regular expressions of a selector, those left out that variables make something else of.
fn regexes<'n>(written: &'n Written<'_>, node: &'n Node<'_>) -> impl Iterator<Item = Regex<'n>> {
    let matchers = node.selector.into_iter().flat_map(|selector| &selector.matchers);
    let places = node.places.labels.iter().zip(&node.places.values);
    matchers.zip(places).filter_map(|(matcher, (label, at))| match (matcher.op, &matcher.value) {
        (MatchOp::Regex | MatchOp::NotRegex, MatchValue::Text(text)) if !written.has_variables(text) => {
            Some(Regex { matcher, text, at, whole: label.start..at.end })
        }
        _ => None,
    })
}

check! {
    ExpressionCheck:
    /// What stands behind `=~` and `!~`, or in `label_replace`, is no regular expression. Prometheus would refuse the whole file
    /// of rules.
    ///
    /// ```yaml
    /// expr: rate(auren_requests_total{route=~"plan)"}[5m]) > 5   # wrong
    /// expr: rate(auren_requests_total{route=~"plan"}[5m]) > 5    # right
    /// ```
    NoRegex = "KPI1053", "text that is no regular expression", no_regex
}

fn no_regex(expressions: &Expressions<'_>, out: &mut Diagnostics) {
    for (written, node) in expressions.nodes() {
        for regex in regexes(written, node) {
            judge(written, regex.text, regex.at, out);
        }
        if let Expr::Call(Function::LabelReplace, arguments) = node.expr
            && let (Some(Expr::Text(text)), Some(argument)) = (arguments.get(4), node.operands.get(4))
            && !written.has_variables(text)
        {
            judge(written, text, &argument.places.at, out);
        }
    }
}

fn judge(written: &Written<'_>, text: &str, at: &Place, out: &mut Diagnostics) {
    let Err(why) = Pattern::parse(text) else { return };
    let message = format!("this is no regular expression: {why}");
    let help = "write one as RE2 has it; `\\\\` stands for one backslash";
    out.push(written.error(NoRegex::CODE, at, message).help(help));
}

check! {
    ExpressionCheck:
    /// A matcher has a regular expression that says no more than a text would, or than nothing would. Prometheus looks texts up,
    /// and tries regular expressions on every value; they are anchored at both ends anyway.
    ///
    /// ```yaml
    /// expr: rate(auren_requests_total{route=~"^plan$"}[5m]) > 5   # wrong
    /// expr: rate(auren_requests_total{route="plan"}[5m]) > 5      # right
    /// ```
    RegexForNothing = "KPI1054", "regular expression for nothing", regex_for_nothing
}

fn regex_for_nothing(expressions: &Expressions<'_>, out: &mut Diagnostics) {
    for (written, node) in expressions.nodes() {
        for regex in regexes(written, node) {
            let Some((message, right)) = simpler(regex.matcher, regex.text) else { continue };
            let finding = written.warning(RegexForNothing::CODE, regex.at, message);
            out.push(match right {
                Some(right) => written.replace(finding, &regex.whole, &right),
                None => finding.help("leave the matcher out"),
            });
        }
    }
}

/// What is wrong with a matcher, and a simpler one; no simpler one where every series meets it.
fn simpler(matcher: &Matcher, text: &str) -> Option<(&'static str, Option<String>)> {
    let is_equal = matcher.op == MatchOp::Regex;
    let (is, is_not) =
        if is_equal { (MatchOp::Equal, MatchOp::NotEqual) } else { (MatchOp::NotEqual, MatchOp::Equal) };
    let with = |op: MatchOp, text: &str| {
        let value = MatchValue::Text(text.to_owned());
        Some(Matcher { label: matcher.label.clone(), op, value }.to_string())
    };
    match text {
        ".*" => return is_equal.then_some(("every series meets this", None)),
        ".+" => return Some(("this asks whether there is a value", with(is_not, ""))),
        _ => {}
    }
    let inner = text.strip_prefix('^').unwrap_or(text);
    let inner = inner.strip_suffix('$').unwrap_or(inner);
    if let Some([one]) = Pattern::parse(inner).ok()?.texts() {
        return Some(("this is one text", with(is, one)));
    }
    // Anchors belong to one side of a choice alone, and what is escaped is no anchor.
    if inner.len() == text.len() || inner.contains(['|', '\\']) {
        return None;
    }
    Some(("regular expressions are anchored at both ends anyway", with(matcher.op, inner)))
}
