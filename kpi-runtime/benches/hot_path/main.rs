//! What a write costs, beside the peers and beside what the machine can do at all.
//!
//! `cargo bench -p kpi-runtime --bench hot_path`; `-- --rounds 101` for quieter medians.
#![allow(missing_docs, unreachable_pub, reason = "nobody reads the documentation of a benchmark's parts")]
#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::panic,
    clippy::unnecessary_wraps,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "it prints, may fail loudly, and its numbers are small"
)]

#[path = "../common/mod.rs"]
mod common;
mod kpis;
mod peers;
mod series;

use common::{Work, in_turns, option, table};
use peers::Peer;

const OPERATIONS: usize = 200_000;

type Part = fn(&Peer) -> Option<&Work>;
const PARTS: [(&str, Part); 4] = [
    ("counter", |peer| peer.counter.as_ref()),
    ("2 labels", |peer| peer.labelled.as_ref()),
    ("histogram", |peer| peer.histogram.as_ref()),
    ("gauge", |peer| peer.gauge.as_ref()),
];

fn main() {
    let rounds = option("--rounds", 21);
    let peers = peers::all();
    let mut columns = Vec::new();
    let mut rows: Vec<(&str, Vec<f64>)> = peers.iter().map(|peer| (peer.name, Vec::new())).collect();
    for (title, part) in PARTS {
        for threads in [1, 2] {
            columns.push(format!("{title}, {threads}"));
            let (present, works): (Vec<usize>, Vec<&Work>) =
                peers.iter().enumerate().filter_map(|(i, peer)| Some((i, part(peer)?))).unzip();
            let times = in_turns(&works, OPERATIONS, threads, rounds);
            for (_, row) in &mut rows {
                row.push(f64::NAN);
            }
            for (i, time) in present.into_iter().zip(times) {
                if let Some(figure) = rows[i].1.last_mut() {
                    *figure = time;
                }
            }
        }
    }
    table::print(
        "Nanoseconds for a write, on 1 and on 2 threads that write to the same series",
        &columns,
        &rows,
    );

    let threads = [1, 2, 4, 8, 16];
    let own = &peers[0];
    let growth: Vec<(&str, Vec<f64>)> = PARTS
        .iter()
        .filter_map(|(title, part)| {
            let work = part(own)?;
            let time = |threads: &usize| in_turns(&[work], OPERATIONS, *threads, rounds.div_ceil(4))[0];
            Some((*title, threads.iter().map(time).collect()))
        })
        .collect();
    table::growth("Nanoseconds for a write, as threads grow beyond the cores", "threads", &threads, &growth);

    let works = series::works();
    let works: Vec<&Work> = works.iter().collect();
    let time = |threads: usize| in_turns(&works, OPERATIONS, threads, rounds);
    table::growth(
        "Nanoseconds for a write to one of many series, in no order",
        "series",
        &series::SERIES,
        &[("counter, 1 thread", time(1)), ("counter, 2 threads", time(2))],
    );
}
