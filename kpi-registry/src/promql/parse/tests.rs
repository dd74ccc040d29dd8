//! What is read, and what is refused where.

use super::{Dialect, Expr};
use crate::value::PrometheusVersion;

const OLD: Dialect = Dialect::rules(PrometheusVersion { major: 2, minor: 42 });
const NEW: Dialect = Dialect::rules(PrometheusVersion { major: 3, minor: 5 });

fn read(text: &str, dialect: Dialect) -> String {
    Expr::parse(text, dialect).unwrap_or_else(|errors| panic!("{text}: {errors:?}")).to_string()
}

/// The part of the text that the first error is about, and the error.
fn refused(text: &str, dialect: Dialect) -> (&str, String) {
    let errors = Expr::parse(text, dialect).expect_err(text);
    (&text[errors[0].at.clone()], errors[0].message.clone())
}

#[test]
fn what_is_written_otherwise_means_the_same() {
    for (text, same) in [
        ("SUM(a) BY (b,)", "sum by (b) (a)"),
        ("sum by () (a)", "sum by () (a)"),
        ("- a ^ -b * c", "-a ^ -b * c"),
        ("(a - b) - (c - d)", "a - b - (c - d)"),
        ("2 ^ 3 ^ 2", "2 ^ 3 ^ 2"),
        ("0x1F + 010 + 1e3 + .5 + +2", "31 + 8 + 1000 + 0.5 + 2"),
        ("a{b='c\\'\\x41',} offset -1h @ end()", "a{b=\"c'A\"} @ end() offset -1h"),
        ("sum", "sum"),
        ("sum{by=\"on\"} AND ON(on) (group)", "sum{by=\"on\"} and on (on) group"),
        ("inf > Bool NaN", "Inf > bool NaN"),
        ("a > 1e15 + -1e300", "a > 1e15 + -1e300"),
        ("a > 0.30000000000000004 + 0.10000000000000001", "a > 3.0000000000000004e-1 + 0.1"),
        ("a / -0 + -1e-400", "a / -0 + -0"),
        ("-0.12345678901234567 ^ 2", "-1.2345678901234566e-1 ^ 2"),
        ("(-1e15) ^ 0x7fffffffffffffff", "(-1e15) ^ 9.223372036854776e18"),
    ] {
        assert_eq!(read(text, OLD), same);
    }
    assert_eq!(
        read("max_over_time((a > 5)[1h:1m] @ 1.5 offset 5m)", OLD),
        "max_over_time((a > 5)[1h:1m] @ 1.5 offset 5m)"
    );
    assert_eq!(read("max_over_time(a[5m:]) # why", OLD), "max_over_time(a[5m:])");
    assert_eq!(read("rate({\"a\", b=\"c\"}[300]) > 5m + 1_000", NEW), "rate(a{b=\"c\"}[5m]) > 300 + 1000");
}

#[test]
fn errors_stand_where_they_are() {
    for (text, part, message) in [
        ("", "", "there is no expression here"),
        ("a +", "", "a value is expected here, not the end"),
        ("rate(a)", "a", "`rate` takes a range of samples, and this is a value per series"),
        ("rate(a[5m]", "", "`)` is expected here, not the end"),
        ("ratee(a[5m])", "ratee", "Prometheus 2.42 has no function `ratee`, did you mean `rate`?"),
        (
            "histogram_avg(a)",
            "histogram_avg",
            "`histogram_avg` came with Prometheus 2.51, and the registry declares 2.42",
        ),
        ("a and 1", "and", "`and` works on sets of series, and one side is a single number"),
        ("1 > 2", ">", "two numbers are compared, which must be said with `bool`"),
        ("a + bool b", "+", "only comparisons take `bool`, and `+` is none"),
        ("a[5m]", "a[5m]", "a rule or a panel shows a value per series, and this is a range of samples"),
        ("{a=\"\"}", "{a=\"\"}", "this selects every series there is"),
        ("a{__name__=\"b\"}", "__name__", "the metric is named twice"),
        ("a offset 0s", "0s", "`0s` is no duration above zero"),
        ("a[1.5h]", "1.5h", "`1.5h` is no number"),
        ("(a) offset 5m", "offset", "`offset` follows a selector, a range or a subquery, and nothing else"),
        ("a offset 5m [5m]", "[", "a range stands before `offset` and `@`"),
        ("a{b=c}", "c", "a value in quotes is expected here, not `c`"),
        ("a{b=\"c}", "\"", "this text is never closed"),
        ("a $ b", "$", "`$` needs the name of a variable"),
        ("a > $b", "$b", "`$b` is a variable of Grafana, which Prometheus does not know"),
        (
            "a * on (b) group_left (b) c",
            "*",
            "the label `b` is matched on, so it can't be taken over as well",
        ),
        ("a > 1e400", "1e400", "`1e400` is larger than any number of Prometheus"),
        ("a @ 1e30", "1e30", "`1e30` seconds are beyond all time"),
        ("topk(a)", "topk", "`topk` takes 2 arguments, not 1"),
        ("a ; b", ";", "`;` has no meaning in PromQL"),
    ] {
        assert_eq!(refused(text, OLD), (part, message.to_owned()), "{text}");
    }
    let all = Expr::parse("rate(a) + sum(1) + (b and 5)", OLD).unwrap_err();
    assert_eq!(all.len(), 3, "{all:?}");
}

#[test]
fn hostile_texts_are_refused_and_nothing_overflows() {
    for text in [
        "(".repeat(20_000),
        "-".repeat(20_000),
        "a^".repeat(20_000),
        format!("a{}", "+a".repeat(20_000)),
        format!("a{}", "[1m:]".repeat(10_000)),
        "abs(".repeat(10_000),
        "a".repeat(10 << 20),
        "\"\\".to_owned(),
        "\u{feff}a".to_owned(),
    ] {
        assert!(Expr::parse(&text, OLD).is_err(), "{}", &text[..text.len().min(9)]);
    }
}
