//! What a scrape costs, and what series cost in memory, beside the peers.
//!
//! `cargo bench -p kpi-runtime --bench scrape`; `-- --rounds 9` for quieter medians. Each library and size is a process of
//! its own, because a page shows all there is. They take turns.
#![allow(
    missing_docs,
    unreachable_pub,
    dead_code,
    reason = "nobody reads the documentation of a benchmark's parts"
)]
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
mod memory;
mod own;
mod peers;

use std::process::Command;
use std::time::Instant;

use common::{median, option, table};

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

/// Makes a page, and tells its length.
pub type Page = Box<dyn FnMut() -> usize>;

const COUNTS: [usize; 3] = [1_000, 10_000, 100_000];

/// A library's pages of counters and of histograms.
type Library = (&'static str, fn(usize) -> Page, fn() -> Page);

const LIBRARIES: [Library; 7] = [
    ("**kpi-runtime**", own::counters, own::histograms),
    ("prometheus", peers::prometheus::counters, peers::prometheus::histograms),
    ("prometheus-client", peers::client::counters, peers::client::histograms),
    ("metrics + exporter", peers::metrics::counters, peers::metrics::histograms),
    ("measured", peers::measured::counters, peers::measured::histograms),
    ("vise", peers::vise::counters, peers::vise::histograms),
    ("opentelemetry", peers::opentelemetry::counters, peers::opentelemetry::histograms),
];

/// What a process of one case found out.
#[derive(Debug, Clone, Copy)]
struct Figures {
    nanoseconds: f64,
    bytes: f64,
    heap: f64,
    resident: f64,
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(case) = arguments.iter().skip_while(|argument| *argument != "--case").nth(1) {
        return child(case);
    }
    let rounds = option("--rounds", 5);
    let cases = |name: &str| -> Vec<String> {
        COUNTS.iter().map(|count| format!("{name}/{count}")).chain([format!("{name}/histograms")]).collect()
    };
    let columns =
        ["1,000 counters", "10,000 counters", "100,000 counters", "1,000 histograms"].map(str::to_owned);
    let names: Vec<&str> = LIBRARIES.iter().map(|(name, ..)| *name).collect();
    let all: Vec<String> = names.iter().flat_map(|name| cases(name)).collect();
    let found = in_turns(&all, rounds);
    let rows = |figure: fn(&Figures) -> f64| -> Vec<(&str, Vec<f64>)> {
        names
            .iter()
            .zip(found.chunks(columns.len()))
            .map(|(name, row)| (*name, row.iter().map(figure).collect()))
            .collect()
    };
    table::print("Nanoseconds for a series, in a page of text", &columns, &rows(|found| found.nanoseconds));
    table::plain(
        "Megabytes of text in a second",
        &columns,
        &rows(|found| 1e3 * found.bytes / found.nanoseconds),
    );
    table::plain("Bytes of heap for a series, beside what is static", &columns, &rows(|found| found.heap));
    table::print("Bytes of resident memory for a series", &columns, &rows(|found| found.resident));

    let threads = [1, 2, 8, 32];
    let blocks: Vec<String> = threads.iter().map(|threads| format!("blocks/{threads}")).collect();
    let found = in_turns(&blocks, rounds);
    let row = |figure: fn(&Figures) -> f64| found.iter().map(figure).collect::<Vec<f64>>();
    let rows = [
        ("ns for a series", row(|found| found.nanoseconds)),
        ("resident bytes for a series", row(|found| found.resident)),
    ];
    table::growth("10,000 counters that each of several threads has cells for", "threads", &threads, &rows);
    let codings: &[&str] = if cfg!(feature = "zstd") { &["none", "gzip", "zstd"] } else { &["none", "gzip"] };
    let cases: Vec<String> = codings.iter().map(|coding| format!("packed/{coding}")).collect();
    let found = in_turns(&cases, rounds);
    let columns = ["ns for a series", "bytes for a series"].map(str::to_owned);
    let rows: Vec<(&str, Vec<f64>)> =
        codings.iter().zip(found).map(|(coding, it)| (*coding, vec![it.nanoseconds, it.bytes])).collect();
    table::plain("10,000 counters, compressed", &columns, &rows);
}

/// Runs every case in every round; the figures are medians.
fn in_turns(cases: &[String], rounds: usize) -> Vec<Figures> {
    let mut found = vec![Vec::new(); cases.len()];
    for _ in 0..rounds {
        for (case, found) in cases.iter().zip(&mut found) {
            found.push(run(case));
        }
    }
    let middle = |found: Vec<Figures>| {
        let of = |figure: fn(&Figures) -> f64| median(found.iter().map(figure).collect());
        Figures {
            nanoseconds: of(|found| found.nanoseconds),
            bytes: of(|found| found.bytes),
            heap: of(|found| found.heap),
            resident: of(|found| found.resident),
        }
    };
    found.into_iter().map(middle).collect()
}

fn run(case: &str) -> Figures {
    let own = std::env::current_exe().expect("is a file");
    let output = Command::new(own).args(["--case", case]).output().expect("starts");
    let text = String::from_utf8_lossy(&output.stdout);
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    let [nanoseconds, bytes, heap, resident] = numbers[..] else {
        panic!("{case}: {text}{}", String::from_utf8_lossy(&output.stderr))
    };
    Figures { nanoseconds, bytes, heap, resident }
}

/// One case: fills the library, and makes its page until the median is steady.
fn child(case: &str) {
    let (name, what) = case.rsplit_once('/').unwrap_or((case, ""));
    let library = LIBRARIES.iter().find(|(library, ..)| *library == name);
    let (heap, resident) = (memory::heap(), memory::resident());
    let (series, mut page): (usize, Page) = match (library, what) {
        (Some((_, _, histograms)), "histograms") => (1_000, histograms()),
        (Some((_, counters, _)), count) => {
            let count = count.parse().expect("is a number");
            (count, counters(count))
        }
        (None, threads) if name == "blocks" => (10_000, own::blocks(threads.parse().expect("is a number"))),
        (None, coding) => (10_000, own::packed(coding)),
    };
    let each = |bytes: usize| bytes as f64 / series as f64;
    let (heap, resident) =
        (each(memory::heap().saturating_sub(heap)), each(memory::resident().saturating_sub(resident)));
    let mut bytes = 0;
    let mut time = || {
        let start = Instant::now();
        bytes = page();
        start.elapsed().as_nanos() as f64 / series as f64
    };
    time();
    let times = (0..(2_000_000 / series).clamp(15, 300)).map(|_| time()).collect();
    println!("{} {} {heap} {resident}", median(times), each(bytes));
}
