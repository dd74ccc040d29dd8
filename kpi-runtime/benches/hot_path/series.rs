//! Counters of more and more series, of which each write takes another one, in no order.

use super::common::{Work, random};

macro_rules! registry {
    ($module:ident, $path:literal) => {
        mod $module {
            kpi_runtime::kpis!($path);
        }
    };
}
registry!(thousand, "../scrape/1k.yaml");
registry!(ten_thousand, "../scrape/10k.yaml");
registry!(hundred_thousand, "../scrape/100k.yaml");

/// How many series a write chooses from.
pub const SERIES: [usize; 5] = [1, 25, 1_000, 10_000, 100_000];

/// Choices, made beforehand. A power of two.
const CHOICES: usize = 1 << 16;

/// A write to one of so many series.
pub fn works() -> [Work; SERIES.len()] {
    macro_rules! three {
        ($module:ident) => {{
            use $module::{Host, KPIS, Region, Zone};
            let choose = |x: u64| {
                let (region, zone, host) = (x as usize >> 40, x as usize >> 20, x as usize);
                (
                    Region::ALL[region % Region::ALL.len()],
                    Zone::ALL[zone % Zone::ALL.len()],
                    Host::ALL[host % Host::ALL.len()],
                )
            };
            let choices: Vec<_> = random(11).take(CHOICES).map(choose).collect();
            Box::new(move |operations: usize| {
                for i in 0..operations {
                    let (region, zone, host) = choices[i % CHOICES];
                    KPIS.hits.with(region, zone, host).inc();
                }
            })
        }};
    }
    use super::kpis::{KPIS, Route, Status};
    let choose = |x: u64| (Route::ALL[(x >> 32) as usize % 5], Status::ALL[x as usize % 5]);
    let choices: Vec<_> = random(11).take(CHOICES).map(choose).collect();
    let few = move |operations: usize| {
        for i in 0..operations {
            let (route, status) = choices[i % CHOICES];
            KPIS.requests.with(route, status).inc();
        }
    };
    let one = |operations: usize| (0..operations).for_each(|_| KPIS.events.inc());
    [Box::new(one), Box::new(few), three!(thousand), three!(ten_thousand), three!(hundred_thousand)]
}
