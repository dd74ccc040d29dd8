//! A conflict is told once, by whoever finds it: nobody's conflict is swallowed by the `init` of another.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may fail loudly")]

use std::env;
use std::process::Command;

/// A registry with two gauges.
macro_rules! registry {
    ($module:ident, $texts:literal) => {
        #[allow(dead_code, unreachable_pub, reason = "generated code is written for any place and any use")]
        mod $module {
            use kpi_runtime::private as p;

            pub struct Kpis {
                pub first: p::Gauge<Kpis, 0, p::unit::Count>,
                pub second: p::Gauge<Kpis, 1, p::unit::Count>,
                __link: p::Link,
            }

            p::registry! {
                Kpis, KPIS;
                about: p::About { platform: "", agent: "", registry: "", version: "" };
                labels: [];
                shapes: [p::Shape { kind: p::Kind::Gauge, unit: "", labels: &[], lazy: true, debug: false }];
                count: 2;
                shape_of: [0, 0];
                texts: $texts;
                fields: { first: Gauge, second: Gauge, }
            }
        }
    };
}

registry!(a, "first\u{1f}x\u{1f}\u{1f}a:1\u{1e}second\u{1f}y\u{1f}\u{1f}a:2");
registry!(b, "first\u{1f}x\u{1f}\u{1f}b:1\u{1e}second\u{1f}b\u{1f}\u{1f}b:2");
registry!(c, "first\u{1f}x\u{1f}\u{1f}c:1\u{1e}second\u{1f}y\u{1f}\u{1f}c:2");

const CHILD: &str = "KPI_RUNTIME_TEST_TELLING";

#[test]
fn every_conflict_is_told_once() {
    if env::var_os(CHILD).is_some() {
        a::KPIS.first.inc();
        b::KPIS.first.inc();
        assert_eq!(c::KPIS.init().expect_err("has two").left_out(), "c:1");
        for _ in 0..2 {
            kpi_runtime::snapshot();
        }
        return;
    }
    let child = Command::new(env::current_exe().expect("is a program"))
        .args(["--exact", "every_conflict_is_told_once", "--nocapture"])
        .env(CHILD, "1")
        .output()
        .expect("runs");
    assert!(child.status.success(), "{child:?}");
    let told = String::from_utf8(child.stderr).expect("is text");
    let told: Vec<&str> = told.lines().filter(|line| line.starts_with("kpi-runtime: ")).collect();
    assert_eq!(told.len(), 2, "{told:#?}");
    assert!(told[0].contains("(b:1)") && told[1].contains("(c:2)"), "{told:#?}");
}
