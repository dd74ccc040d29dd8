//! The program that `promql.sh` builds outside of this workspace, beside the crate `promql-parser`.
//!
//! usage: promql ROUNDS NAME TEXTS [REGISTRY]
//!
//! TEXTS are parted by NUL. REGISTRY has each of them as that of a panel; without one they are beyond all measure.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use kpi_registry::checks::check_expressions;
use kpi_registry::diagnostic::Diagnostics;
use kpi_registry::load::load;
use kpi_registry::promql::{Dialect, Expr};
use kpi_registry::value::PrometheusVersion;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let rounds: usize = arguments[0].parse().expect("a number of rounds");
    let texts = std::fs::read_to_string(&arguments[2]).expect("expressions");
    let texts: Vec<&str> = texts.split('\0').collect();
    let loaded = arguments.get(3).map(|registry| load(Path::new(registry)));
    let dialect = Dialect::rules(PrometheusVersion::DEFAULT);
    let parse = |text| black_box(Expr::parse(text, dialect));

    let peer = || {
        for text in &texts {
            black_box(promql_parser::parser::parse(text).expect("an expression"));
        }
    };
    let read = || texts.iter().for_each(|text| assert!(parse(text).is_ok()));
    let refuse = || texts.iter().for_each(|text| assert!(parse(text).is_err()));
    let check = || {
        let loaded = loaded.as_ref().expect("a registry");
        let registry = loaded.registry.as_ref().expect("a registry");
        let panels: usize = registry.dashboards.iter().map(|dashboard| dashboard.panels.len()).sum();
        assert_eq!(panels, texts.len(), "every expression is that of a panel");
        let mut found = Diagnostics::default();
        check_expressions(registry, &loaded.sources, &mut found);
        assert!(!black_box(found).has_errors());
    };
    let mut works: Vec<(&str, &dyn Fn(), Vec<f64>)> = vec![("promql-parser, parse", &peer, Vec::new())];
    if loaded.is_some() {
        works.push(("kpi-registry, parse", &read, Vec::new()));
        works.push(("kpi-registry, parse and check", &check, Vec::new()));
    } else {
        works.push(("kpi-registry, refuse", &refuse, Vec::new()));
    }
    // The first round warms the caches.
    for round in 0..=rounds {
        for (_, work, taken) in &mut works {
            let started = Instant::now();
            work();
            if round > 0 {
                taken.push(started.elapsed().as_secs_f64());
            }
        }
    }
    let bytes = texts.iter().map(|text| text.len()).sum::<usize>() as f64;
    let mut peer = None;
    for (work, _, mut taken) in works {
        taken.sort_by(f64::total_cmp);
        let median = taken[taken.len() / 2];
        let times = median / *peer.get_or_insert(median);
        let each = median * 1e9 / texts.len() as f64;
        // What is refused is not read.
        let speed =
            if work.ends_with("refuse") { "–".to_owned() } else { format!("{:.1}", bytes / 1e6 / median) };
        println!("| {} | {work} | {each:.0} | {speed} | {times:.2} |", arguments[1]);
    }
}
