//! Random expression trees, judged by Prometheus' own parser and engine.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at whatever goes wrong")]

#[allow(dead_code, reason = "shared with the tests of rules")]
mod support;

use kpi_registry::promql::{
    Aggregate, AggregateOp, Argument, At, Binary, BinaryOp, Dialect, Expr, Function, Grouping, MatchOn,
    Matcher, Matching, Number, Offset, Selector, Subquery, Window,
};
use kpi_registry::value::{Decimal, PromDuration, PrometheusVersion};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::json;
use support::promtool_passes;

/// The same trees in every run.
fn sample(strategy: impl Strategy<Value = Expr>, count: usize) -> Vec<Expr> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

fn number() -> impl Strategy<Value = Expr> {
    prop_oneof![
        8 => (-2000_i64..2000, 0_u32..4).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale).into()),
        1 => Just(Expr::Number(Number::Infinity)),
        1 => Just(Expr::Number(Number::NaN)),
        1 => any::<f64>().prop_filter_map("a finite number", |number| {
            Expr::parse(&format!("{number:e}"), Dialect::rules(PrometheusVersion::DEFAULT)).ok()
        }),
    ]
}

fn duration() -> impl Strategy<Value = PromDuration> {
    (1_u64..200_000_000).prop_map(PromDuration::from_millis)
}

/// Names that are also words of the language are names all the same.
const METRICS: &[&str] = &[
    "a",
    "b_total",
    "level:m:op",
    "sum",
    "rate",
    "offset",
    "by",
    "start",
    "and",
    "on",
    "bool",
    "inf",
    "NaN",
    "group_left",
    "atan2",
];
/// How many of them are read as names where they stand alone; the others are written as matchers.
const BARE: usize = 9;

fn label() -> impl Strategy<Value = String> {
    prop::sample::select(&["job", "le", "by", "on", "_x", "sum"][..]).prop_map(str::to_owned)
}

fn labels() -> impl Strategy<Value = Vec<String>> {
    prop::collection::btree_set(label(), 0..3).prop_map(|labels| labels.into_iter().collect())
}

fn matcher() -> impl Strategy<Value = Matcher> {
    let text = prop_oneof![".{0,6}", Just("\"} or vector(1) #\\\n\t\u{0}`'".to_owned())];
    (label(), prop::collection::vec(text, 1..3), 0..3).prop_map(|(label, texts, kind)| match kind {
        0 => Matcher::eq(label, &*texts[0]),
        1 => Matcher::ne(label, &*texts[0]),
        _ => Matcher::any_of(label, texts),
    })
}

fn offset() -> impl Strategy<Value = Option<Offset>> {
    prop_oneof![
        4 => Just(None),
        1 => duration().prop_map(|by| Some(Offset::Back(by))),
        1 => duration().prop_map(|by| Some(Offset::Forward(by))),
    ]
}

fn at() -> impl Strategy<Value = Option<At>> {
    prop_oneof![
        4 => Just(None),
        1 => Just(Some(At::Start)),
        1 => Just(Some(At::End)),
        1 => (0_i64..1_000_000, 0_u32..3).prop_map(|(m, s)| Some(At::Timestamp(Decimal::new(m, s)))),
    ]
}

fn selector(metrics: &'static [&'static str]) -> impl Strategy<Value = Selector> {
    (prop::sample::select(metrics), prop::collection::vec(matcher(), 0..3), offset(), at())
        .prop_map(|(metric, matchers, offset, at)| Selector { matchers, offset, at, ..Selector::new(metric) })
}

fn grouping() -> impl Strategy<Value = Grouping> {
    prop_oneof![Just(Grouping::All), labels().prop_map(Grouping::By), labels().prop_map(Grouping::Without),]
}

fn matching() -> impl Strategy<Value = Option<Matching>> {
    let on = prop_oneof![labels().prop_map(MatchOn::On), labels().prop_map(MatchOn::Ignoring)];
    prop_oneof![
        2 => Just(None),
        1 => on.clone().prop_map(|on| Some(Matching { on, group: None })),
        // What is taken over must not be a label of `on`.
        1 => (on, any::<bool>()).prop_map(|(on, left)| {
            let matching = Matching { on, group: None };
            Some(if left { matching.group_left(["version"]) } else { matching.group_right(["version"]) })
        }),
    ]
}

fn binary(op: BinaryOp, returns_bool: bool, matching: Option<Matching>, left: Expr, right: Expr) -> Expr {
    Expr::Binary(Box::new(Binary {
        op,
        returns_bool: returns_bool && op.is_comparison(),
        matching,
        left,
        right,
    }))
}

fn op(sets: bool) -> impl Strategy<Value = BinaryOp> {
    let ops: Vec<BinaryOp> = BinaryOp::ALL.iter().copied().filter(|op| sets || !op.is_set()).collect();
    prop::sample::select(ops)
}

/// A number, computed in any way.
fn scalar() -> impl Strategy<Value = Expr> {
    number().prop_recursive(4, 16, 2, |inner| {
        prop_oneof![
            2 => (op(false), inner.clone(), inner.clone()).prop_map(|(op, l, r)| binary(op, true, None, l, r)),
            1 => inner.prop_map(Expr::negated),
        ]
    })
}

/// A vector, computed in any way that the grammar and the types allow.
fn vector(metrics: &'static [&'static str]) -> impl Strategy<Value = Expr> {
    let leaf = selector(metrics).prop_map(Expr::from);
    leaf.prop_recursive(5, 40, 3, move |inner| {
        let functions: Vec<_> =
            Function::ALL.iter().copied().filter(|function| function.since().is_none()).collect();
        prop_oneof![
            4 => (op(true), any::<bool>(), matching(), inner.clone(), inner.clone()).prop_map(|(op, b, mut m, l, r)| {
                if op.is_set() && let Some(matching) = &mut m {
                    matching.group = None;
                }
                binary(op, b, m, l, r)
            }),
            2 => (op(false), any::<bool>(), inner.clone(), scalar()).prop_map(|(op, b, l, r)| binary(op, b, None, l, r)),
            2 => (op(false), any::<bool>(), scalar(), inner.clone()).prop_map(|(op, b, l, r)| binary(op, b, None, l, r)),
            2 => inner.clone().prop_map(Expr::negated),
            2 => (prop::sample::select(AggregateOp::ALL), grouping(), inner.clone()).prop_map(|(op, grouping, expr)| {
                let parameter = op.has_parameter().then(|| match op {
                    AggregateOp::CountValues => Expr::Text("value".into()),
                    _ => Decimal::ONE.into(),
                });
                Expr::Aggregate(Box::new(Aggregate { op, parameter, grouping, expr }))
            }),
            4 => (prop::sample::select(functions), inner.clone(), selector(metrics), duration(), any::<bool>(), offset(), at())
                .prop_map(|(function, expr, selector, window, sub, offset, at)| {
                    let arguments = function.signature().arguments.iter().map(|argument| match argument {
                        Argument::Scalar => Decimal::new(5, 1).into(),
                        Argument::Vector => expr.clone(),
                        Argument::Text => Expr::Text("target".into()),
                        Argument::Range if sub => {
                            let subquery = Subquery { expr: expr.clone(), window: window.into(), step: None, offset, at };
                            Expr::Range(subquery.into())
                        }
                        Argument::Range => selector.clone().over(Window::Fixed(window)).into(),
                    });
                    let call = Expr::call(function, arguments);
                    match function.signature().result {
                        Argument::Scalar => Expr::call(Function::Vector, [call]),
                        _ => call,
                    }
                }),
        ]
    })
}

#[test]
fn prometheus_parses_every_tree() {
    let rules: Vec<_> = sample(vector(METRICS), 3000)
        .iter()
        .enumerate()
        .map(|(index, expr)| json!({"record": format!("r{index}"), "expr": expr.to_string()}))
        .collect();
    let file = tempfile::NamedTempFile::with_suffix(".yml").unwrap();
    serde_json::to_writer(&file, &json!({"groups": [{"name": "all", "rules": rules}]})).unwrap();
    promtool_passes(&["check", "rules"], &[file.path().to_owned()]);
}

#[test]
fn every_tree_is_read_back() {
    let read = |text: &str| {
        let read = Expr::parse(text, Dialect::rules(PrometheusVersion::DEFAULT));
        read.unwrap_or_else(|errors| panic!("{text}: {errors:?}"))
    };
    for expr in sample(vector(&METRICS[..BARE]), 3000) {
        let text = expr.to_string();
        assert_eq!(read(&text), expr, "{text}");
    }
    for expr in sample(vector(METRICS), 3000) {
        let text = expr.to_string();
        assert_eq!(read(&text).to_string(), text);
    }
}

/// Only what can be evaluated over four series of no labels.
fn arithmetic() -> impl Strategy<Value = Expr> {
    let leaf =
        prop::sample::select(&["a", "b", "c", "d"][..]).prop_map(|name| Expr::from(Selector::new(name)));
    leaf.prop_recursive(5, 24, 2, |inner| {
        prop_oneof![
            6 => (op(true), any::<bool>(), inner.clone(), inner.clone()).prop_map(|(op, b, l, r)| binary(op, b, None, l, r)),
            2 => (op(false), any::<bool>(), inner.clone(), scalar()).prop_map(|(op, b, l, r)| binary(op, b, None, l, r)),
            2 => (op(false), any::<bool>(), scalar(), inner.clone()).prop_map(|(op, b, l, r)| binary(op, b, None, l, r)),
            2 => inner.prop_map(Expr::negated),
        ]
    })
}

/// The same tree with every parenthesis that is possible.
fn parenthesised(expr: &Expr) -> String {
    match expr {
        Expr::Binary(binary) => {
            let Binary { op, returns_bool, matching: _, left, right } = &**binary;
            let word = if *returns_bool { " bool" } else { "" };
            format!("({} {}{word} {})", parenthesised(left), op.as_str(), parenthesised(right))
        }
        Expr::Negative(inner) => format!("(-{})", parenthesised(inner)),
        leaf => format!("({leaf})"),
    }
}

#[test]
fn fewer_parentheses_mean_the_same() {
    let tests: Vec<_> = sample(arithmetic(), 600)
        .iter()
        .map(|expr| {
            let (full, short) = (parenthesised(expr), format!("({expr})"));
            // What one has and the other has not; NaN equals nothing.
            let differs =
                |one: &str, other: &str| format!("({one} unless ({one} == {other}) unless ({one} != {one}))");
            let expr = format!("{} or {}", differs(&full, &short), differs(&short, &full));
            json!({"expr": expr, "eval_time": "1m", "exp_samples": []})
        })
        .collect();
    let series = [("a", "2x5"), ("b", "3x5"), ("c", "-0.5x5"), ("d", "7x5")];
    let series = series.map(|(series, values)| json!({"series": series, "values": values}));
    let file = tempfile::NamedTempFile::with_suffix(".yml").unwrap();
    let content = json!({"tests": [{"interval": "1m", "input_series": series, "promql_expr_test": tests}]});
    serde_json::to_writer(&file, &content).unwrap();
    promtool_passes(&["test", "rules"], &[file.path().to_owned()]);
}

/// Whether promtool takes an expression as that of a rule.
fn taken_by_promtool(expr: &str) -> bool {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("rules.yml");
    let rule = serde_json::json!({"groups": [{"name": "g", "rules": [{"record": "r", "expr": expr}]}]});
    std::fs::write(&path, rule.to_string()).unwrap();
    let output = std::process::Command::new("promtool").arg("check").arg("rules").arg(&path).output();
    output.expect("promtool must be installed: bash tests/install.sh").status.success()
}

/// An expression a line. Ranges and texts alone are not among them: promtool lets them pass, and the evaluation does not.
#[test]
fn promtool_agrees_on_what_is_read() {
    let dialect = Dialect::rules(PrometheusVersion::DEFAULT);
    let agrees = |text: &&str| Expr::parse(text, dialect).is_ok() == taken_by_promtool(text);
    let disputed: Vec<&str> = include_str!("cases/promql.txt").lines().filter(|text| !agrees(text)).collect();
    assert_eq!(disputed, [""; 0]);
}

/// A regular expression a line.
const PATTERNS: &str = r"a|b.
[^:]+:8\d+
(?i)abc
(?i:abc)
(?P<x>a)
\Qa.b\E+
\pL\p{Greek}
a{2,3}
a{1000}
[[:alpha:]]
[a&&b]
\x41\x{1F600}
(
)
*a
[z-a]
a{3,2}
a{1001}
(?x)a
(?u)a
(?=a)
\8
\y
a**
a{2}{3}
a*?+
a{,2}
[]a]+
[*+{9999}]
[a";

/// What promtool refuses, `kpi check` refuses as well.
#[test]
fn promtool_agrees_on_regular_expressions() {
    let registry = support::registry("rules.yaml");
    let refuses = |pattern: &str| {
        let (found, _) = support::judged(&registry, &format!("up{{a=~{}}} > 1", json!(pattern)));
        found.iter().any(|finding| finding.code == "KPI1053")
    };
    let taken = |pattern: &str| taken_by_promtool(&format!("up{{a=~{}}} > 1", json!(pattern)));
    let disputed: Vec<&str> = PATTERNS.lines().filter(|pattern| refuses(pattern) == taken(pattern)).collect();
    assert_eq!(disputed, [""; 0]);
}

#[test]
fn what_is_generated_is_read_back() {
    let dialect = Dialect::rules(PrometheusVersion::DEFAULT);
    let mut read = 0;
    for name in ["rules.yaml", "slos.yaml", "infrastructure.yaml", "kubernetes.yaml"] {
        for rule in support::generated_rules(&support::registry(name)) {
            let expr = Expr::parse(rule.expr(), dialect)
                .unwrap_or_else(|errors| panic!("{}: {errors:?}", rule.expr()));
            let again = expr.to_string();
            assert_eq!(Expr::parse(&again, dialect).as_ref(), Ok(&expr), "{again}");
            read += 1;
        }
    }
    assert!(read > 300, "{read}");
}
